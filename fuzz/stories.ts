/** The real requests that the fuzzer starts from, on a fixed day so that a seed always means the same, and the values that they hold. */
import { resolveTokens } from '../src/demo/date-tokens.js';
import { readStories } from '../tests/support/stories.js';
import { MARKER } from './attempt.js';

export const NOW = '2026-11-21T10:00:00+01:00';

export type Json = Readonly<Record<string, unknown>>;

export interface RealRequest {
  readonly service: string;
  readonly hook: string;
  readonly request: Json & { readonly context: Json; readonly prefetch: Json };
}

/** What people write, which no rule reads: in the place of it what is logged or repeated of a record is known. */
const WRITTEN = new Set([
  'text',
  'display',
  'family',
  'given',
  'description',
  'conclusion',
  'comment',
  'title',
  'line',
]);

/** The value with the marker at the beginning of each text that was written. */
function marked(value: unknown, name = ''): unknown {
  if (typeof value === 'string') return WRITTEN.has(name) ? `${MARKER} ${value}` : value;
  if (Array.isArray(value)) return value.map((one) => marked(one, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, marked(member, key)]));
}

/** Every story with its clock set, and the marker in its texts. */
export const REAL_REQUESTS: readonly RealRequest[] = readStories().map(({ service, request, jurisdiction }) => {
  const days = { now: Date.parse(NOW), zone: 'Europe/Amsterdam' };
  const dated = marked(resolveTokens(request, days)) as RealRequest['request'];
  const wishes = { now: NOW, language: 'en', ...(jurisdiction !== undefined && { jurisdiction }) };
  return {
    service,
    hook: String(dated['hook']),
    request: { ...dated, extension: { 'example.plexus-cds.request': wishes } },
  };
});

const resources: Json[] = [];
const values = new Map<string, Map<string, unknown>>();

function collect(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value) && 'resourceType' in value && value.resourceType !== 'Bundle') resources.push(value);
  for (const [name, member] of Object.entries(value)) {
    if (!Array.isArray(value)) {
      const known = values.get(name) ?? new Map<string, unknown>();
      values.set(name, known.set(JSON.stringify(member), member));
    }
    collect(member);
  }
}
for (const { request } of REAL_REQUESTS) collect([request.context, request.prefetch]);

/** Every resource of a type in any of them. */
export const realResources = (type: string): readonly Json[] =>
  resources.filter(({ resourceType }) => resourceType === type);

/** Every value that an element of this name has anywhere: another resource's, often, and all the better. */
export const realValues = (name: string): readonly unknown[] => [...(values.get(name)?.values() ?? [])];
