/** Where things with a name lie on rows, so that none runs into another. Places are pixels. */

/** A shape from left to right, and how wide its name is. */
export interface Named {
  readonly left: number;
  readonly right: number;
  readonly nameWidth: number;
}

export interface Placed {
  readonly row: number;
  /** Where the name begins. */
  readonly nameLeft: number;
}

/** Between a shape and its name, and after it. */
const BESIDE = 5;
const AFTER = 12;

/**
 * Gives each thing the first row with room for its shape and name, in the order in which they come.
 * The name stands right of the shape, or left of it where the line ends; in the shape when that is wide enough.
 */
export function inRows(
  things: readonly Named[],
  line: { readonly left: number; readonly right: number },
): readonly Placed[] {
  const rows: { from: number; to: number }[][] = [];
  return things.map(({ left, right, nameWidth }) => {
    const inside = right - left >= nameWidth + 2 * BESIDE;
    const fitsRight = right + BESIDE + nameWidth <= line.right;
    const nameLeft = inside
      ? left + BESIDE
      : fitsRight
        ? right + BESIDE
        : Math.max(line.left, left - BESIDE - nameWidth);
    const from = Math.min(left, nameLeft);
    const to = Math.max(right, nameLeft + nameWidth) + AFTER;
    const free = rows.findIndex((row) => row.every((taken) => to <= taken.from || from >= taken.to));
    const row = free < 0 ? rows.length : free;
    rows[row] = [...(rows[row] ?? []), { from, to }];
    return { row, nameLeft };
  });
}

/** Width of a letter of a running text, as a share of its size. */
const LETTER = 0.54;

/** About how wide a text is, in pixels: enough to keep texts apart without measuring each. */
export function widthOf(text: string, fontSize: number): number {
  return text.length * fontSize * LETTER;
}

/** As much of a text as fits; an empty text where not even a word or two do. */
export function cut(text: string, width: number, fontSize: number): string {
  if (widthOf(text, fontSize) <= width) return text;
  const letters = Math.floor(width / (fontSize * LETTER)) - 1;
  return letters < 9 ? '' : `${text.slice(0, letters).trimEnd()}…`;
}

/** A text on at most two lines, broken between words; what is left over is cut off. */
export function onTwoLines(text: string, width: number, fontSize: number): readonly string[] {
  const words = text.split(' ');
  let first = '';
  while (words.length > 0 && widthOf(`${first} ${words[0] ?? ''}`, fontSize) <= width)
    first += ` ${words.shift() ?? ''}`;
  const lines = [first.trim() || cut(words.shift() ?? '', width, fontSize), cut(words.join(' '), width, fontSize)];
  return lines.filter((line) => line !== '');
}
