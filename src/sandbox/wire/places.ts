/** Where in a JSON text something stands: a mistake of writing, or the place that the service complains about. */
import { findNodeAtLocation, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';

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

/** The first place where a text is no JSON; undefined when it is, and when it is nested too deep to tell: the service refuses that. */
export function mistakeIn(text: string): Mistake | undefined {
  const errors: ParseError[] = [];
  treeOf(text, errors);
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
  const tree = treeOf(text, []);
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

/** Undefined for a text that is empty, or nested so deep that the parser has no room left. */
function treeOf(text: string, errors: ParseError[]): Node | undefined {
  try {
    return parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
