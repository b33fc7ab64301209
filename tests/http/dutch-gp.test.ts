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

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

it('asks for the onset, says in the trace how it was read, and logs and repeats nothing of the text', async () => {
  const request = requestFor('patient-view');
  request.prefetch = {
    patient: request.prefetch['patient'],
    episodes: searchsetOf(EPISODE),
    journal: searchsetOf(LINE),
  };
  request['extension'] = { 'example.plexus-cds.request': { now: '2026-11-21T10:00:00+01:00', language: 'en' } };
  const answer = await post(`${service.url}/explain/plexus-patient-view`, request);
  const { cards, trace } = answer.json as {
    cards: readonly { summary: string; detail: string }[];
    trace: {
      episodes: readonly object[];
      tolerated: readonly object[];
      excluded: readonly object[];
      facts: readonly { id: string; unknown?: string }[];
    };
  };
  expect(trace.episodes).toMatchObject([{ group: 'back-leg', conditions: ['EpisodeOfCare/e1'] }]);
  expect(trace.episodes[0]).not.toHaveProperty('onset');
  expect(trace.facts.find(({ id }) => id === 'episode.daysSinceOnset')).toHaveProperty('unknown');
  expect(trace.tolerated).toEqual([
    { where: 'EpisodeOfCare', what: 'read as a Condition of unknown onset' },
    { where: 'Observation.component.valueCodeableConcept', what: 'another name of the code system' },
  ]);
  expect(trace.excluded).toEqual([{ where: 'Observation', reason: 'problem that is listed already', count: 1 }]);
  expect(cards.map(({ summary, detail }) => `${summary} ${detail}`).join()).toMatch(/onset/i);
  expect(answer.text).not.toMatch(/verhuizing|linkerbeen/);
});
