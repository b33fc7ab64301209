/** The real requests that the fuzzer starts from, on a fixed day so that a seed always means the same, and the values that they hold. */
import { resolveTokens } from '../src/demo/date-tokens.js';
import { readStories } from '../tests/support/stories.js';

export const NOW = '2026-11-21T10:00:00+01:00';

export type Json = Readonly<Record<string, unknown>>;

export interface RealRequest {
  readonly service: string;
  readonly hook: string;
  readonly request: Json & { readonly context: Json; readonly prefetch: Json };
}

/** Every story with its clock set. */
export const REAL_REQUESTS: readonly RealRequest[] = readStories().map(({ service, request, jurisdiction }) => {
  const dated = resolveTokens(request, { now: Date.parse(NOW), zone: 'Europe/Amsterdam' }) as RealRequest['request'];
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
