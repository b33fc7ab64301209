/**
 * What is asked on a form is worth as much as what is recorded by itself: every story of a patient, once as it was written and once with all
 * that our Questionnaires ask taken from its Observations and filled in on completed forms, gets the same cards.
 */
import type { Bundle, FhirResource, Observation } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveTokens } from '../../src/demo/date-tokens.js';
import { isObject } from '../../src/fhir/references.js';
import { onForms } from '../support/forms.js';
import { post, startService, type RunningService } from '../support/service.js';
import { readStories, type Story } from '../support/stories.js';
import { faultsOf } from '../support/validate.js';

const NOW = '2026-11-21T10:00:00+01:00';

interface Prefetch {
  readonly [key: string]: Bundle<FhirResource> | undefined;
}

const searchset = (resources: readonly FhirResource[]): Bundle<FhirResource> => ({
  resourceType: 'Bundle',
  type: 'searchset',
  total: resources.length,
  entry: resources.map((resource) => ({ resource })),
});
const resourcesOf = (bundle: Bundle<FhirResource> | undefined): readonly FhirResource[] =>
  (bundle?.entry ?? []).flatMap(({ resource }) => resource ?? []);

/** The request of a story, and the same with its Observations on forms. */
function bothWays(story: Story) {
  const request = resolveTokens(story.request, { now: Date.parse(NOW), zone: 'Europe/Amsterdam' });
  const preferences = { now: NOW, language: 'en', ...(story.jurisdiction && { jurisdiction: story.jurisdiction }) };
  const extension = { 'example.plexus-cds.request': preferences };
  const prefetch = request['prefetch'] as Prefetch;
  const observations = resourcesOf(prefetch['observations']) as readonly Observation[];
  const { stay, told, forms } = onForms(observations);
  const onPaper = {
    ...prefetch,
    observations: searchset(stay),
    questionnaireResponses: searchset([...resourcesOf(prefetch['questionnaireResponses']), ...forms]),
  };
  const asWritten = { ...request, extension };
  return { asWritten, onPaper: { ...asWritten, prefetch: onPaper }, observations, told, forms };
}

/** An answer without its random ids. */
function withoutIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutIds);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => (name === 'uuid' ? [] : [[name, withoutIds(one)]])),
  );
}

const stories = readStories().map((story) => ({ story, ...bothWays(story) }));
const onForm = stories.filter(({ told }) => told.length > 0);

describe('a story on forms', () => {
  let service: RunningService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.close());

  it.each(onForm.map((one) => [one.story.id, one.told.length, one] as const))(
    '%s: the same cards with %i Observations on forms',
    async (_id, _count, { story, asWritten, onPaper }) => {
      const url = `${service.url}/cds-services/${story.service}`;
      const [observed, answered] = await Promise.all([post(url, asWritten), post(url, onPaper)]);
      expect(observed.status).toBe(200);
      expect(withoutIds(answered.json)).toEqual(withoutIds(observed.json));
    },
  );

  it('says most of what the stories record of pain, strength and findings, with each of the forms', () => {
    const told = onForm.flatMap((one) => one.told);
    expect(onForm.length).toBeGreaterThan(80);
    expect(told.length).toBeGreaterThan(200);
    const forms = new Set(told.map(({ questionnaire }) => questionnaire.id));
    expect([...forms].sort()).toEqual(['na-examination', 'na-suspicion', 'pain-flags']);
  });

  it('makes a difference: without the forms the cards are others', async () => {
    const different = await Promise.all(
      onForm.map(async ({ story, asWritten, onPaper }) => {
        const url = `${service.url}/cds-services/${story.service}`;
        const without = { ...onPaper, prefetch: { ...onPaper.prefetch, questionnaireResponses: searchset([]) } };
        const [observed, silent] = await Promise.all([post(url, asWritten), post(url, without)]);
        return JSON.stringify(withoutIds(observed.json)) !== JSON.stringify(withoutIds(silent.json));
      }),
    );
    expect(different.filter(Boolean).length).toBeGreaterThan(onForm.length / 2);
  });

  it('is told on forms that are FHIR R4', () => {
    const forms = onForm.flatMap((one) => one.forms);
    expect(forms.flatMap((form) => faultsOf(form).map((fault) => `${form.questionnaire}: ${fault}`))).toEqual([]);
  });
});
