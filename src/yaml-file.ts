/**
 * One YAML file of the knowledge, read so that every complaint about it can name file and line.
 * Enters: path and text. Leaves: the plain value and a way from a path in it to its line. Used at start-up only.
 */
import { YAMLException, load } from 'js-yaml';
import { LineCounter, isNode, parseDocument, type Document } from 'yaml';

export interface YamlFile {
  readonly name: string;
  readonly value: unknown;
  /** `file:line` of a path in the value, of its nearest parent when it does not exist. */
  readonly at: (path: readonly (string | number)[]) => string;
}

/** A mistake in the knowledge files: where it is and what to do about it. */
export class KnowledgeError extends Error {
  override readonly name = 'KnowledgeError';
  readonly place: string;

  constructor(place: string, sentence: string) {
    super(`${place}: ${sentence}`);
    this.place = place;
  }
}

/**
 * Parses YAML; throws KnowledgeError with the line of the first syntax error or double key.
 * Hundreds of files are read at every start, so a fast parser gives the value; the one that knows lines reads a file only when something is wrong with it.
 */
export function parseYaml(name: string, text: string): YamlFile {
  try {
    return { name, value: load(text), at: (path) => `${name}:${lineIn(text, path)}` };
  } catch (cause) {
    throw syntaxError(name, text, cause);
  }
}

function syntaxError(name: string, text: string, cause: unknown): KnowledgeError {
  const lines = new LineCounter();
  const [error] = parseDocument(text, { lineCounter: lines, uniqueKeys: true }).errors;
  if (error)
    return new KnowledgeError(`${name}:${lines.linePos(error.pos[0]).line}`, error.message.split('\n')[0] ?? '');
  const line = cause instanceof YAMLException ? cause.mark.line + 1 : 1;
  return new KnowledgeError(
    `${name}:${line}`,
    cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : 'not YAML',
  );
}

function lineIn(text: string, path: readonly (string | number)[]): number {
  const lines = new LineCounter();
  return lineOf(parseDocument(text, { lineCounter: lines }), lines, path);
}

function lineOf(document: Document, lines: LineCounter, path: readonly (string | number)[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

/** What ajv says of a value that does not fit its schema; the first error is told. */
export interface SchemaFault {
  readonly instancePath: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Turns a schema's complaint into a KnowledgeError at the line of the faulty value; `guide` is the page that explains the keys. */
export function schemaError(
  file: YamlFile,
  faults: readonly SchemaFault[] | null | undefined,
  guide = 'rules/README.md',
): KnowledgeError {
  const fault = faults?.[0];
  const path = (fault?.instancePath ?? '')
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/')));
  const extra = fault?.params['additionalProperty'];
  if (typeof extra === 'string') {
    return new KnowledgeError(file.at([...path, extra]), `unknown key "${extra}"; see ${guide} for the keys`);
  }
  const allowed = fault?.params['allowedValues'];
  const sentence = Array.isArray(allowed) ? `must be one of ${allowed.join(', ')}` : (fault?.message ?? 'is not valid');
  return new KnowledgeError(file.at(path), `${path.join('.') || 'the file'} ${sentence}`);
}
