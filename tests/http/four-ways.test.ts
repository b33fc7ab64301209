/**
 * The same patient gives the same cards, whether everything was prefetched, nothing, or half of it: every story, the rest read from an EHR.
 * (The fourth way, prefetch in the wrong shapes that clients send, is `tests/stories/deformations.test.ts`.)
 */
import type { FhirResource } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KEY_OF_TYPE } from '../../src/cds-hooks/prefetch.js';
import { SERVICES } from '../../src/cds-hooks/services.js';
import { resolveTokens } from '../../src/demo/date-tokens.js';
import type { SeedResource } from '../../src/demo/fhir-store.js';
import { startEhr, type RunningEhr } from '../support/ehr.js';
import { searchsetOf, type HookRequest } from '../support/requests.js';
import { post, startService, type RunningService } from '../support/service.js';
import { readStories, type Story } from '../support/stories.js';

const NOW = '2026-11-21T10:00:00+01:00';

interface Told {
  readonly story: Story;
  readonly request: HookRequest;
  readonly resources: readonly FhirResource[];
}

/** The resources of a prefetch; undefined where one of its values says that something was not had, which no EHR can repeat. */
function resourcesIn(prefetch: Readonly<Record<string, unknown>>): readonly FhirResource[] | undefined {
  const values = Object.values(prefetch).filter((value) => value !== null) as {
    resourceType: string;
    link?: unknown;
    entry?: { resource: FhirResource }[];
  }[];
  if (values.some(({ resourceType, link }) => resourceType === 'OperationOutcome' || link !== undefined))
    return undefined;
  return values.flatMap((value) =>
    value.resourceType === 'Bundle' ? (value.entry ?? []).map(({ resource }) => resource) : [value as FhirResource],
  );
}

const TOLD: readonly Told[] = readStories().flatMap((story) => {
  const request = resolveTokens(story.request, { now: Date.parse(NOW), zone: 'Europe/Amsterdam' }) as HookRequest;
  const resources = resourcesIn(request.prefetch);
  return resources === undefined ? [] : [{ story, request, resources }];
});

/** An EHR for each story: stories tell different things of one patient. */
const ehrs = new Map<string, RunningEhr>();
let service: RunningService;
beforeAll(async () => {
  for (const { story, resources } of TOLD)
    ehrs.set(story.id, await startEhr(resources as unknown as readonly SeedResource[]));
  const fhirServers = [...ehrs.values()].map(({ url }) => url);
  service = await startService({
    clients: [{ id: 'ehrs', fhirServers, open: true, privateNetwork: true, deadlineMs: 5000 }],
  });
});
afterAll(async () => {
  await service.close();
  await Promise.all([...ehrs.values()].map((ehr) => ehr.close()));
});

/** Everything under its key, and an empty searchset where there is nothing. */
function wholePrefetch({ story, resources }: Told): Readonly<Record<string, unknown>> {
  const keys = Object.keys(SERVICES.find(({ id }) => id === story.service)!.prefetch);
  const ofKey = (key: string) => resources.filter(({ resourceType }) => KEY_OF_TYPE.get(resourceType) === key);
  const besides = resources.filter(({ resourceType }) => resourceType === 'Medication');
  return Object.fromEntries(
    keys.map((key): readonly [string, unknown] => {
      const [patient] = ofKey('patient');
      if (key === 'patient') return [key, patient];
      const found = ofKey(key);
      const included = key === 'medications' ? besides : [];
      const bundle = searchsetOf(...found, ...included);
      return [key, { ...bundle, total: found.length }];
    }),
  );
}

async function cardsOf(
  { story, request }: Told,
  prefetch: Readonly<Record<string, unknown>>,
): Promise<readonly unknown[]> {
  const wishes = { now: NOW, language: 'en', ...(story.jurisdiction && { jurisdiction: story.jurisdiction }) };
  const body = {
    ...request,
    prefetch,
    fhirServer: ehrs.get(story.id)!.url,
    extension: { 'example.plexus-cds.request': wishes },
  };
  delete (body as Record<string, unknown>)['fhirAuthorization'];
  const answer = await post(`${service.url}/cds-services/${story.service}`, body);
  expect(answer.status).toBe(200);
  const said: unknown = JSON.parse(answer.text, (name, value: unknown) => (name === 'uuid' ? undefined : value));
  return (said as { cards: readonly unknown[] }).cards;
}

describe('the same cards', () => {
  test('most stories can be told to an EHR', () => {
    expect(TOLD.length).toBeGreaterThan(100);
  });

  test.each(TOLD.map((told) => [told.story.id, told] as const))('%s', async (_, told) => {
    const whole = wholePrefetch(told);
    const prefetched = await cardsOf(told, whole);
    expect(await cardsOf(told, {})).toEqual(prefetched);
    const half = Object.fromEntries(Object.entries(whole).filter((_entry, index) => index % 2 === 0));
    expect(await cardsOf(told, half)).toEqual(prefetched);
  });
});
