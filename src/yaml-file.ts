/**
 * One YAML file of the knowledge, read so that every complaint about it can name file and line.
 * Enters: path and text. Leaves: the plain value and a way from a path in it to its line. Used at start-up only.
 */
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

/** Parses YAML; throws KnowledgeError with the line of the first syntax error or double key. */
export function parseYaml(name: string, text: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const [error] = document.errors;
  if (error)
    throw new KnowledgeError(`${name}:${lines.linePos(error.pos[0]).line}`, error.message.split('\n')[0] ?? 'not YAML');
  return { name, value: document.toJS() as unknown, at: (path) => `${name}:${lineOf(document, lines, path)}` };
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

/** Turns a schema's complaint into a KnowledgeError at the line of the faulty value. */
export function schemaError(file: YamlFile, faults: readonly SchemaFault[] | null | undefined): KnowledgeError {
  const fault = faults?.[0];
  const path = (fault?.instancePath ?? '')
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/')));
  const extra = fault?.params['additionalProperty'];
  if (typeof extra === 'string') {
    return new KnowledgeError(file.at([...path, extra]), `unknown key "${extra}"; see rules/README.md for the keys`);
  }
  const allowed = fault?.params['allowedValues'];
  const sentence = Array.isArray(allowed) ? `must be one of ${allowed.join(', ')}` : (fault?.message ?? 'is not valid');
  return new KnowledgeError(file.at(path), `${path.join('.') || 'the file'} ${sentence}`);
}
