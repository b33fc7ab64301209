/**
 * Strings of a record on a card: what they say is shown, and nothing in them can do anything.
 * Enters: any string. Leaves: a line to be shown as text (`readable`, `bounded`, `withoutTags`), and the same as Markdown (`inert`).
 */

/** Marks on one letter beyond which it they would cover the lines around them. Ours. */
const MOST_MARKS = 3;
const FLOOD = new RegExp(`(\\p{M}{${MOST_MARKS}})\\p{M}+`, 'gu');

/** Controls, marks of direction, halves of characters, what has no shape or no meaning: none can be read. */
const UNREADABLE =
  /(?!\p{Variation_Selector})[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * These make an address of what stands around them: renderers turn it into a link, whatever is escaped. Some take any sign for a part of a name
 * (linkify-it), some any `www.` for a beginning (mdast-util-gfm-autolink-literal); a number or a time has none of them.
 */
const JOINTS = /(?<=www)\.|(?<=mailto):|(?<=\S)[.:](?=[\p{L}/])|(?<=\S)@(?=\S)|(?<=\/)\//giu;
/** Has no width and allows no break: what is no longer an address reads as before. */
const WORD_JOINER = '\u2060';

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
/** A piece that takes its direction from its own letters and turns no word beside it round. */
const ISOLATE = ['\u2068', '\u2069'] as const;

/** A string of the record as a line of text. */
export function readable(text: string): string {
  const line = text.replace(UNREADABLE, ' ').replace(FLOOD, '$1').replace(/\s+/g, ' ').trim();
  // After a point as well: an ending is one only where it follows at once.
  return line.replace(JOINTS, (joint) => WORD_JOINER + joint + (joint === '.' ? WORD_JOINER : ''));
}

/** Where HTML would read a tag, a comment or an instruction. */
const OPENS_TAG = /<(?=[a-z/!?])/gi;
/** Reads as the sign in whose place it stands. */
const ANGLE_QUOTE = '\u2039';

/** A plain text as an EHR that shows it as HTML cannot take it for tags either; the `<` of "<5" stays. */
export function withoutTags(text: string): string {
  return text.replace(OPENS_TAG, ANGLE_QUOTE);
}

/** A readable line of at most `limit` UTF-16 units, which keeps its direction to itself. */
export function bounded(line: string, limit: number): string {
  if (!RIGHT_TO_LEFT.test(line)) return shorten(line, limit);
  return ISOLATE.join(shorten(line, limit - ISOLATE.length));
}

const SPECIAL = /[\\`*_{}[\]()#+\-.!|~=<>&"']/g;

/** A readable line as Markdown: every character with a meaning in Markdown or HTML neutralised. */
export function inert(line: string): string {
  return line.replace(SPECIAL, (character) => ENTITIES[character] ?? `\\${character}`);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  "'": '&#39;',
};

const MARKDOWN = /\\(.)|&(?:lt|gt|amp|quot|#39);|\*{1,2}|^> /gm;

/** The Markdown of our cards, and no other, as plain text for an EHR that shows it as it is. */
export function asPlainText(markdown: string): string {
  return markdown.replace(
    MARKDOWN,
    (mark, escaped?: string) =>
      escaped ?? Object.keys(ENTITIES).find((character) => ENTITIES[character] === mark) ?? '',
  );
}

/** At most `limit` UTF-16 units, an ellipsis included; cut between characters, never inside one. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let short = '';
  for (const character of text) {
    if (short.length + character.length > limit - 1) break;
    short += character;
  }
  return `${short.trimEnd()}…`;
}
