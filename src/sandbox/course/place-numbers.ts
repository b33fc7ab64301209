/** Numbers beside the points of the pain scores, so that none covers another. */
import type { Score } from './score-series.js';

/** The middle of a number from left to right, and its baseline; pixels. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** How far a point reaches. */
const POINT = 6;

/** A place for the number of each score near its point: above, right, below or left; none where all of these are taken. */
export function placeNumbers(
  points: readonly (Spot & { readonly score: Score })[],
  fontSize: number,
): ReadonlyMap<Score, Spot> {
  const letter = fontSize / 2;
  const beside = fontSize + 2;
  const taken = points.map(({ x, y }) => ({ x, y, reach: POINT }));
  const spots = new Map<Score, Spot>();
  for (const { score, x, y } of points) {
    const around = [
      { x, y: y - beside },
      { x: x + beside, y },
      { x, y: y + beside },
      { x: x - beside, y },
    ];
    const free = around.find((spot) =>
      taken.every((other) => Math.hypot(spot.x - other.x, spot.y - other.y) > other.reach + letter),
    );
    if (!free) continue;
    taken.push({ ...free, reach: letter });
    spots.set(score, { x: free.x, y: free.y + fontSize * 0.35 });
  }
  return spots;
}
