/** A Dutch GP system without a list of conditions, on the wire: a running episode is a complaint of which the onset is asked, never counted from. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { post, startService, type RunningService } from '../support/service.js';
import { PATIENT, requestFor, searchsetOf } from '../support/requests.js';

const subject = { reference: `Patient/${PATIENT}` };
const of = (system: string, code: string) => ({ coding: [{ system, code }] });

const EPISODE = {
  resourceType: 'EpisodeOfCare',
  id: 'e1',
  extension: [
    { url: 'http://nictiz.nl/fhir/StructureDefinition/EpisodeOfCare-Title', valueString: 'Rugpijn na verhuizing' },
  ],
  status: 'active',
  type: [of('http://hl7.org/fhir/sid/icpc-1-nl', 'L86')],
  patient: subject,
  period: { start: '2026-11-18' },
};
const LINE = {
  resourceType: 'Observation',
  id: 'o1',
  status: 'final',
  code: of('http://fhir.nl/fhir/NamingSystem/journaalregeltypen', 'E'),
  subject,
  effectiveDateTime: '2026-11-20T09:10:00+01:00',
  valueString: 'Uitstralende pijn linkerbeen',
  component: [
    {
      code: of('http://hl7.org/fhir/v3/ActCode', 'DISDX'),
      valueCodeableConcept: of('urn:oid:2.16.840.1.113883.2.4.4.31.1', 'L86'),
    },
  ],
};
/** The same line in the report of its encounter. */
const REPORT = {
  resourceType: 'Composition',
  id: 'r1',
  status: 'final',
  type: of('http://loinc.org', '67781-5'),
  subject,
  encounter: { reference: 'Encounter/v1' },
  date: '2026-11-20T09:10:00+01:00',
  title: 'Contactverslag na verhuizing',
  section: [
    {
      extension: [
        {
          url: 'http://nictiz.nl/fhir/StructureDefinition/code-icpc-1-nl',
          valueCodeableConcept: of('http://hl7.org/fhir/sid/icpc-1-nl', 'L86'),
        },
      ],
      code: LINE.code,
      text: { status: 'additional', div: '<div xmlns="http://www.w3.org/1999/xhtml">Pijn linkerbeen</div>' },
      entry: [{ reference: 'Observation/o1' }],
    },
  ],
};

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

interface Explained {
  readonly cards: readonly { readonly summary: string; readonly detail: string }[];
  readonly trace: {
    readonly episodes: readonly object[];
    readonly tolerated: readonly object[];
    readonly excluded: readonly object[];
    readonly facts: readonly { readonly id: string; readonly unknown?: string }[];
  };
}

/** The answer to a request with this record, after what holds whichever way a complaint was sent. */
async function explain(record: Readonly<Record<string, unknown>>, problem: string): Promise<Explained['trace']> {
  const request = requestFor('patient-view');
  request.prefetch = { patient: request.prefetch['patient'], ...record };
  request['extension'] = { 'example.plexus-cds.request': { now: '2026-11-21T10:00:00+01:00', language: 'en' } };
  const answer = await post(`${service.url}/explain/plexus-patient-view`, request);
  const { cards, trace } = answer.json as Explained;
  expect(trace.episodes).toMatchObject([{ group: 'back-leg', conditions: [problem] }]);
  expect(trace.episodes[0]).not.toHaveProperty('onset');
  expect(trace.facts.find(({ id }) => id === 'episode.daysSinceOnset')).toHaveProperty('unknown');
  expect(cards.map(({ summary, detail }) => `${summary} ${detail}`).join()).toMatch(/onset/i);
  expect(answer.text).not.toMatch(/verhuizing|linkerbeen/);
  return trace;
}

it('asks for the onset, says in the trace how it was read, and logs and repeats nothing of the text', async () => {
  const record = { episodes: searchsetOf(EPISODE), journal: searchsetOf(LINE) };
  const trace = await explain(record, 'EpisodeOfCare/e1');
  expect(trace.tolerated).toEqual([
    { where: 'EpisodeOfCare', what: 'read as a Condition of unknown onset' },
    { where: 'Observation.component.valueCodeableConcept', what: 'another name of the code system' },
  ]);
  expect(trace.excluded).toEqual([{ where: 'Observation', reason: 'problem that is listed already', count: 1 }]);
  expect(service.logs()).not.toMatch(/verhuizing|linkerbeen/);
});

it('reads the journal as Composition in the same way', async () => {
  const trace = await explain({ journal: searchsetOf(REPORT) }, 'Composition/r1');
  expect(trace.tolerated).toEqual([{ where: 'Composition', what: 'read as a Condition of unknown onset' }]);
  expect(trace.excluded).toEqual([]);
  const both = await explain({ episodes: searchsetOf(EPISODE), journal: searchsetOf(REPORT) }, 'EpisodeOfCare/e1');
  expect(both.excluded).toEqual([{ where: 'Composition', reason: 'problem that is listed already', count: 1 }]);
  expect(service.logs()).not.toMatch(/verhuizing|linkerbeen/);
});
