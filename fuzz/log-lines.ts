/** Which lines the service may write: our own words and ids under known names, and never what a client sent. */
import { HOOKS } from '../src/cds-hooks/request.js';
import { SERVICES } from '../src/cds-hooks/services.js';
import { MARKER } from './attempt.js';
import type { Fault } from './judge.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const isNumber = (value: unknown): boolean => typeof value === 'number';
const isWord = (value: unknown): boolean => typeof value === 'string' && /^[A-Za-z0-9 -]{1,60}$/.test(value);

/** By name, what the value may be. A new member of a log line is a new line here. */
const KNOWN: Readonly<Record<string, (value: unknown) => boolean>> = {
  level: isNumber,
  status: isNumber,
  ms: isNumber,
  cards: isNumber,
  time: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  method: (value) => typeof value === 'string' && /^[A-Z-]{3,12}$/.test(value),
  route: (value) => typeof value === 'string' && /^(?:none|\*|\/[A-Za-z0-9:/_*.-]*)$/.test(value),
  service: (value) => SERVICES.some(({ id }) => id === value),
  hook: (value) => HOOKS.some((hook) => hook === value),
  hookInstance: (value) => typeof value === 'string' && UUID.test(value),
  reqId: (value) => typeof value === 'string' && UUID.test(value),
  client: isWord,
  // Of the audit: where a file of it ended, and what it is called.
  head: (value) => typeof value === 'string' && /^\d{1,16}:[0-9a-f]{64}$/.test(value),
  file: (value) => typeof value === 'string' && /^audit-\d{12}-\d{8}T\d{9}Z\.ndjson$/.test(value),
  refusal: isWord,
  msg: (value) => typeof value === 'string' && /^[A-Za-z0-9 :/.(),-]{1,200}$/.test(value),
  // Kind and places of what was thrown, all of them ours.
  error: (value) =>
    typeof value === 'object' && value !== null && Object.keys(value).every((name) => /^(?:name|at)$/.test(name)),
};

/** Every fault of one line. */
export function judgeLine(line: string): readonly Fault[] {
  if (line.includes(MARKER)) return [{ fault: 'a log line with input in it', detail: line.slice(0, 400) }];
  let members: Readonly<Record<string, unknown>>;
  try {
    members = JSON.parse(line) as typeof members;
  } catch {
    return [{ fault: 'a log line that is not JSON', detail: line.slice(0, 400) }];
  }
  return Object.entries(members)
    .filter(([name, value]) => !KNOWN[name]?.(value))
    .map(([name]) => ({ fault: `a log line with an unknown or odd ${name.slice(0, 40)}`, detail: line.slice(0, 400) }));
}

/** The places in our code that an unexpected error came from, the innermost first; empty when the line is about something else. */
export function placesIn(line: string, requestId: string): readonly string[] {
  if (!line.includes(requestId)) return [];
  const { error } = JSON.parse(line) as { readonly error?: { readonly name: string; readonly at: readonly string[] } };
  return error ? [error.name, ...error.at] : [];
}
