/**
 * Every suggestion of every story, accepted as an EHR would and the hook fired again: what it makes is valid FHIR about the patient with
 * codes that we know, it is not offered a second time, and once all of a card is accepted its advice is satisfied.
 */
import type { Bundle, FhirResource } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CARD_EXTENSION, type Card, type Suggestion } from '../../src/cds-hooks/response.js';
import { resolveTokens } from '../../src/demo/date-tokens.js';
import { listOf } from '../../src/fhir/references.js';
import { accepted } from '../support/accept.js';
import { filesBelow, readText } from '../support/files.js';
import { CODE_SETS } from '../support/records.js';
import type { HookRequest } from '../support/requests.js';
import { post, startService, type RunningService } from '../support/service.js';
import { readStories, type Story } from '../support/stories.js';
import { profileFaults } from '../support/profiles.js';
import { faultsOf } from '../support/validate.js';

const NOW = '2026-11-21T10:00:00+01:00';
const ZONE = 'Europe/Amsterdam';

const PERSISTS = 'an alarm or a suspicion stands until the record settles it, whatever was ordered';
const TASK = 'asked until its task is completed';
const ORDERED_LATER = 'the order itself waits until day 7 (AMB-06), also when its date is right';
const NOT_HERE = 'in the Netherlands no image is created (D14), so the plan stays advice';
const TO_SAY = 'also advice to give to the patient or therapist, which no order carries out';

/** Rules that still lead their card after everything on it was accepted, and why. */
const STILL_LEADING: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      'arm-weak-suddenly-painless',
      'cord-signs',
      'cranial-nerve-signs',
      'deficit-progressive',
      'deficit-several-groups',
      'deficit-severe',
      'distal-arm-paresis',
      'na-breathing',
      'na-progressive',
      'na-sudden-deafness',
      'na-suspicion',
      'na-symptoms-multifocal',
      'na-tests-two-weak',
      'paresis-increasing',
      'saddle-loss',
    ].map((rule) => [rule, PERSISTS]),
  ),
  'na-care-call': TASK,
  'na-care-locum': TASK,
  'back-image-too-early': ORDERED_LATER,
  'neck-image-too-early': ORDERED_LATER,
  'back-leg-appointments': NOT_HERE,
  'neck-arm-appointments': NOT_HERE,
  'neck-mri': NOT_HERE,
  'na-reference-centre-be': 'a routine referral says nothing of the experience of the neurologist',
  'neck-sick-leave': TO_SAY,
  'surgery-reassess': 'stands in the place of the timelines as long as the complaint lasts',
};
/** Rules that offer something: the others say what no order carries out. */
const OFFERING = new Set(
  filesBelow('rules', '.yaml')
    .filter((path) => readText(path).includes('\n  suggestions:\n'))
    .map((path) => path.replace(/^.*\/|\.yaml$/g, '')),
);

/** Exceptions that were met. */
const seen = new Set<string>();
const isStillLeading = (rule: string): boolean => rule.startsWith('red-') || Object.hasOwn(STILL_LEADING, rule);

const leadOf = (card: Card): string => card.extension[CARD_EXTENSION].rules[0]?.id ?? '';
const placeOf = (card: Card): string => `${card.source.topic.code}|${card.extension[CARD_EXTENSION].order ?? ''}`;
const nameOf = ({ label, actions }: Suggestion): string =>
  [label, ...actions.map(({ resourceId, resource }) => resourceId ?? resource?.id ?? '')].join('|');
const suggestionsOn = (cards: readonly Card[]): readonly Suggestion[] =>
  cards.flatMap((card) => card.suggestions ?? []);
const hasNothingSelected = ({ context }: HookRequest): boolean =>
  (context['selections'] as readonly string[] | undefined)?.length === 0;

/** What a repair may change. */
const REPAIRED = new Set([
  'occurrenceDateTime',
  'occurrencePeriod',
  'requestedPeriod',
  'start',
  'end',
  'dosageInstruction',
  'dispenseRequest',
  'priority',
  'status',
  'orderDetail',
]);

const draftsOf = ({ context }: HookRequest): readonly FhirResource[] =>
  [context['draftOrders'], context['appointments']].flatMap((bundle) =>
    ((bundle as Bundle<FhirResource> | undefined)?.entry ?? []).flatMap(({ resource }) => resource ?? []),
  );

/** The profile that an order of ours claims to have. */
function profileOf(resource: FhirResource): string {
  if (resource.resourceType === 'Task') return 'task-proposal';
  if (resource.resourceType === 'Appointment') return 'visit-proposal';
  if (resource.resourceType === 'Condition') return 'suspected-na';
  const concepts = codingsOf(resource).flatMap(({ system, code }) =>
    CODE_SETS.conceptsOf({ system: String(system), code: String(code) }),
  );
  if (resource.resourceType === 'MedicationRequest')
    return concepts.includes('prednisone') ? 'prednisone-course' : 'drug-proposal';
  return concepts.includes('draft-ref') ? 'referral-proposal' : 'examination-proposal';
}

/** Codings of what is ordered. */
function codingsOf(resource: FhirResource): readonly Readonly<Record<string, unknown>>[] {
  const { code, medicationCodeableConcept, serviceType } = resource as unknown as Readonly<Record<string, unknown>>;
  return listOf(code ?? medicationCodeableConcept ?? serviceType).flatMap(({ coding }) => listOf(coding));
}

describe('suggestions of the stories, accepted', () => {
  let service: RunningService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.close());

  const fire = async ({ service: id }: Story, request: HookRequest, jurisdiction: string): Promise<readonly Card[]> => {
    const preferences = { now: NOW, language: 'en', jurisdiction };
    const body = { ...request, extension: { 'example.plexus-cds.request': preferences } };
    const answer = await post(`${service.url}/cds-services/${id}`, body);
    expect(answer.status, answer.text).toBe(200);
    return (answer.json as { cards: readonly Card[] }).cards;
  };
  const requestOf = (story: Story): HookRequest =>
    resolveTokens(story.request, { now: Date.parse(NOW), zone: ZONE }) as HookRequest;

  const stories = readStories();
  const cases = ['NL', 'BE'].flatMap((jurisdiction) =>
    stories.map((story) => [story.id, jurisdiction, story] as const),
  );

  it('there are hundreds of them', async () => {
    const cards = await Promise.all(
      cases.map(([, jurisdiction, story]) => fire(story, requestOf(story), jurisdiction)),
    );
    expect(cards.flatMap(suggestionsOn).length).toBeGreaterThan(500);
  });

  it.each(cases)(
    '%s in %s: what a suggestion makes is valid, coded, and about the patient',
    async (_id, jurisdiction, story) => {
      const request = requestOf(story);
      const patient = { reference: `Patient/${String(request.context['patientId'])}` };
      for (const { type, resource } of suggestionsOn(await fire(story, request, jurisdiction)).flatMap(
        ({ actions }) => actions,
      )) {
        if (!resource) continue;
        expect(faultsOf(resource)).toEqual([]);
        if (type === 'create') expect(profileFaults(profileOf(resource), resource)).toEqual([]);
        if (type !== 'create') continue;
        expect(JSON.stringify(resource)).toContain(JSON.stringify(patient));
        expect(resource.id).toBeUndefined();
        const codings = codingsOf(resource);
        expect(codings).not.toEqual([]);
        for (const { system, code } of codings)
          expect(CODE_SETS.conceptsOf({ system: String(system), code: String(code) })).not.toEqual([]);
      }
    },
  );

  it.each(cases)('%s in %s: a repair leaves every other element as it was', async (_id, jurisdiction, story) => {
    const request = requestOf(story);
    const drafts = new Map(draftsOf(request).map((draft) => [`${draft.resourceType}/${draft.id ?? ''}`, draft]));
    for (const { type, resource } of suggestionsOn(await fire(story, request, jurisdiction)).flatMap(
      ({ actions }) => actions,
    )) {
      if (type !== 'update' || !resource) continue;
      const draft = drafts.get(`${resource.resourceType}/${resource.id ?? ''}`);
      expect(draft).toBeDefined();
      const kept = (one: object = {}) => JSON.stringify(Object.entries(one).filter(([name]) => !REPAIRED.has(name)));
      expect(kept(resource)).toBe(kept(draft));
      expect(JSON.stringify(resource)).not.toBe(JSON.stringify(draft));
    }
  });

  it.each(cases)('%s in %s: an accepted suggestion is not offered again', async (_id, jurisdiction, story) => {
    const request = requestOf(story);
    for (const suggestion of suggestionsOn(await fire(story, request, jurisdiction))) {
      const next = accepted(request, suggestion);
      if (hasNothingSelected(next)) continue;
      expect(suggestionsOn(await fire(story, next, jurisdiction)).map(nameOf)).not.toContain(nameOf(suggestion));
    }
  });

  it.each(cases)('%s in %s: a card of which all is accepted is satisfied', async (_id, jurisdiction, story) => {
    const request = requestOf(story);
    for (const card of await fire(story, request, jurisdiction)) {
      let [next, now]: [HookRequest, Card | undefined] = [request, card];
      for (let [suggestion] = card.suggestions ?? []; suggestion; [suggestion] = now?.suggestions ?? []) {
        next = accepted(next, suggestion);
        now = hasNothingSelected(next)
          ? undefined
          : (await fire(story, next, jurisdiction)).find((one) => placeOf(one) === placeOf(card));
      }
      const lead = leadOf(card);
      const rules = now?.extension[CARD_EXTENSION].rules.map(({ id }) => id) ?? [];
      if (!card.suggestions || !rules.includes(lead) || !OFFERING.has(lead)) continue;
      expect(isStillLeading(lead), lead).toBe(true);
      seen.add(lead);
    }
  });

  it('names no exception that is none', () => {
    expect(Object.keys(STILL_LEADING).filter((rule) => !seen.has(rule))).toEqual([]);
  });
});
