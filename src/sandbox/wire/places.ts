/** Where in a JSON text something stands: a mistake of writing, or the place that the service complains about. */
import { findNodeAtLocation, parseTree, printParseErrorCode, type ParseError } from 'jsonc-parser';

export interface Span {
  /** Characters from the start. */
  readonly offset: number;
  readonly length: number;
}

export interface Mistake extends Span {
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  /** The parser's name of the mistake, such as `CommaExpected`. */
  readonly kind: string;
}

/** The first place where a text is no JSON; undefined when it is. */
export function mistakeIn(text: string): Mistake | undefined {
  const errors: ParseError[] = [];
  parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [first] = errors;
  if (!first) return undefined;
  const before = text.slice(0, first.offset).split('\n');
  return {
    offset: first.offset,
    length: Math.max(first.length, 1),
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    kind: printParseErrorCode(first.error),
  };
}

/** Where the element at `context.selections[0]` stands, or the nearest one above it that is there. */
export function placeOf(text: string, place: string): Span | undefined {
  const tree = parseTree(text);
  if (!tree) return undefined;
  const path = place
    .split(/[.[\]]+/)
    .filter((part) => part !== '')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = findNodeAtLocation(tree, path.slice(0, depth));
    if (node) return { offset: node.offset, length: node.length };
  }
  return undefined;
}
