/**
 * Weakness that examination shows now, wherever it was recorded: findings and muscle strengths -> half of the body and side.
 * Asked only where no complaint of that half is listed.
 */
import type { Day } from '../fhir/dates.js';
import { halfOf } from './body.js';
import type { Finding, Half, Side, Strength } from './case.js';

export interface PresentWeakness {
  readonly half: Half;
  readonly side?: Side;
}

const FINDINGS = ['weakness', 'foot-drop'];
const NORMAL_GRADE = 5;

interface Seen {
  readonly what: string;
  readonly half: Half;
  readonly side: Side | undefined;
  readonly day: Day;
  readonly weak: boolean;
}

/** Of each muscle and each finding the newest word counts, and only when it was said at most `recentDays` before `today`. */
export function presentWeaknesses(
  findings: ReadonlyMap<string, readonly Finding[]>,
  strengths: readonly Strength[],
  today: Day,
  recentDays: number,
): readonly PresentWeakness[] {
  const found = FINDINGS.flatMap((concept) => findings.get(concept) ?? []).flatMap(ofFinding);
  const newest = new Map<string, Seen>();
  for (const seen of [...found, ...strengths.flatMap(ofStrength)].sort(newestFirst)) {
    const key = `${seen.what}|${seen.half}|${seen.side ?? ''}`;
    if (seen.day <= today && !newest.has(key)) newest.set(key, seen);
  }
  const present = [...newest.values()].filter(({ weak, day }) => weak && today - day <= recentDays);
  return present.map(({ half, side }) => ({ half, ...(side && { side }) }));
}

/** Of one day, the weakness before its absence. */
const newestFirst = (one: Seen, other: Seen): number => other.day - one.day || Number(other.weak) - Number(one.weak);

/** A foot drop is of the leg, recorded place or not. */
function ofFinding({ entry, present, date, sites, side }: Finding): readonly Seen[] {
  const places = sites.length === 0 && entry.concepts.includes('foot-drop') ? ['site-foot'] : sites;
  const half = places.map(halfOf).find((found) => found !== undefined);
  return half === undefined || date === undefined
    ? []
    : [{ what: 'finding', half, side, day: date.first, weak: present }];
}

function ofStrength({ muscle, side, grade, date }: Strength): readonly Seen[] {
  const half = halfOf(muscle);
  return half === undefined ? [] : [{ what: muscle, half, side, day: date.first, weak: grade < NORMAL_GRADE }];
}
