/**
 * The public CDS Hooks sandbox as a client: what its source code says that it sends is played against the service and its demo EHR, and each answer
 * is held against what the sandbox's code reads of it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bundle, CapabilityStatement, Condition, Patient, Practitioner } from 'fhir/r4.js';
import type { Card } from '../../src/cds-hooks/response.js';
import type { Service } from '../../src/cds-hooks/services.js';
import { CONVERSATION, drugInRxView, playConversation, type Turn } from '../support/public-sandbox.js';
import { startService, type RunningService } from '../support/service.js';

let service: RunningService;
let turns: readonly Turn[];
beforeAll(async () => {
  service = await startService();
  turns = await playConversation(service.url);
});
afterAll(() => service.close());

/** The turns of a kind; a kind that never came would prove nothing. */
function turnsOf(kind: string): readonly Turn[] {
  const found = turns.filter((turn) => turn.kind === kind);
  expect(found.length, kind).toBeGreaterThan(0);
  return found;
}

const resourcesIn = <T extends Patient | Practitioner | Condition>({ entry = [] }: Bundle<T>) =>
  entry.map(({ resource }) => resource!);
const cardsOf = (turn: Turn) => (turn.answer.json as { readonly cards: readonly Card[] }).cards;
const cardsOfStep = (name: string) => cardsOf(turns.find((turn) => turn.name === name && turn.kind === 'cards')!);
const suggestionsOf = (cards: readonly Card[]) => cards.flatMap(({ suggestions }) => suggestions ?? []);
const statementsOf = (cards: readonly Card[]) =>
  cards.flatMap(({ extension }) => extension['example.plexus-cds.card'].statements);

describe('every request of the sandbox', () => {
  it('is answered 200, a preflight 204, and none with a body that the sandbox takes for no answer', () => {
    for (const { name, kind, answer } of turns) {
      expect([name, kind, answer.status]).toEqual([name, kind, kind === 'preflight' ? 204 : 200]);
      if (kind === 'preflight' || kind === 'feedback') continue;
      expect(Object.keys(answer.json as object), name).not.toEqual([]);
    }
  });

  it('may be read by a page of the sandbox', () => {
    for (const { name, answer } of turns)
      expect([name, answer.headers.get('access-control-allow-origin')]).toEqual([name, CONVERSATION.origin]);
  });

  it('is let out by the browser: each preflight allows method and headers of what follows', () => {
    for (const { name, request, answer } of turnsOf('preflight')) {
      const list = (header: string) => (answer.headers.get(header) ?? '').toLowerCase().split(', ');
      const wanted = request.headers['access-control-request-headers']!.split(',');
      expect(list('access-control-allow-headers'), name).toEqual(expect.arrayContaining(wanted));
      expect(list('access-control-allow-methods'), name).toContain(
        request.headers['access-control-request-method']!.toLowerCase(),
      );
    }
  });
});

describe('the demo EHR gives the sandbox', () => {
  it('a FHIR version from which the drafts of R4 follow', () => {
    for (const turn of turnsOf('metadata')) expect((turn.answer.json as CapabilityStatement).fhirVersion).toBe('4.0.1');
  });

  it('the patient that it asked for, with a name that can be joined', () => {
    for (const turn of turnsOf('patient')) {
      const patient = turn.answer.json as Patient;
      expect([patient.resourceType, patient.id]).toEqual(['Patient', turn.patient]);
      expectBanner(patient);
    }
  });

  it('the same of every patient and user to choose from, all on one page', () => {
    for (const turn of [...turnsOf('open-server'), ...turnsOf('patients-to-choose')]) {
      const patients = resourcesIn(turn.answer.json as Bundle<Patient>);
      expect(patients.length).toBe((turn.answer.json as Bundle).total);
      patients.forEach(expectBanner);
    }
    for (const turn of turnsOf('users-to-choose')) {
      expect((turn.answer.json as Bundle).total).toBeGreaterThan(0);
      for (const user of resourcesIn(turn.answer.json as Bundle<Practitioner>))
        expect(Array.isArray(user.name?.[0]?.given)).toBe(true);
    }
  });

  it('the conditions of the patient, each with a first code and a text for the list under Treating', () => {
    for (const turn of turnsOf('conditions')) {
      expect((turn.answer.json as Bundle).total).toBeGreaterThan(0);
      for (const { subject, code } of resourcesIn(turn.answer.json as Bundle<Condition>)) {
        expect(subject.reference).toBe(`Patient/${turn.patient}`);
        expect([typeof code?.text, typeof code?.coding?.[0]?.code]).toEqual(['string', 'string']);
      }
    }
  });

  it('every prefetch key, the same by POST and by GET', () => {
    const idsOf = (turn: Turn) => ((turn.answer.json as Bundle).entry ?? []).map(({ resource }) => resource!.id);
    const fallbacks = turnsOf('fallback');
    for (const turn of turnsOf('search')) {
      const again = fallbacks.find(({ name }) => name === turn.name)!;
      expect([turn.name, (turn.answer.json as Bundle).type, idsOf(turn)]).toEqual([
        turn.name,
        'searchset',
        idsOf(again),
      ]);
    }
    for (const turn of turnsOf('read')) expect((turn.answer.json as Patient).id).toBe(turn.patient);
  });
});

/** The banner and the choice of a patient show these, without a guard for a name that is missing. */
function expectBanner({ id, name, birthDate }: Patient): void {
  const [official] = name ?? [];
  expect(Array.isArray(official?.given), id).toBe(true);
  expect([typeof official?.family, typeof birthDate], id).toEqual(['string', 'string']);
}

describe('the services give the sandbox', () => {
  it('a discovery with the services that it then calls', () => {
    const [turn] = turnsOf('discovery');
    const { services } = turn!.answer.json as { readonly services: readonly Service[] };
    const called = turnsOf('cards').map(({ request }) => request.url.split('/').at(-1));
    expect(services.map(({ id }) => id)).toEqual(expect.arrayContaining(called));
    for (const { hook, prefetch } of services) expect([typeof hook, typeof prefetch]).toEqual(['string', 'object']);
  });

  it('cards that it can sort, show, dismiss and answer', () => {
    for (const turn of turnsOf('cards')) {
      for (const { uuid, summary, indicator, source, detail = '', overrideReasons = [] } of cardsOf(turn)) {
        expect(uuid, turn.name).toMatch(/^[0-9a-f-]{36}$/);
        expect(['info', 'warning', 'critical']).toContain(indicator);
        expect([summary, source.label]).not.toContain('');
        // It renders HTML in Markdown as it comes.
        expect(detail).not.toMatch(/<[a-z!/]/i);
        for (const { code, display } of overrideReasons) expect([code, display]).not.toContain('');
      }
    }
  });

  it('suggestions with label, uuid and actions that say what they do', () => {
    const suggestions = turnsOf('cards').flatMap((turn) => suggestionsOf(cardsOf(turn)));
    expect(suggestions.length).toBeGreaterThan(0);
    for (const { uuid, label, actions } of suggestions) {
      expect(uuid).toMatch(/^[0-9a-f-]{36}$/);
      expect(label).not.toBe('');
      expect(actions).not.toEqual([]);
      for (const { type, description } of actions)
        expect([/^(create|update|delete)$/.test(type), description]).toEqual([true, expect.stringMatching(/./)]);
    }
  });

  it('absolute links only, so that it asks for no SMART launch', () => {
    const links = turnsOf('cards').flatMap((turn) => cardsOf(turn).flatMap((card) => card.links ?? []));
    expect(new Set(links.map(({ type }) => type))).toEqual(new Set(['absolute']));
  });
});

describe('what a GP sees in the sandbox', () => {
  it('Patient View of day 2 of NA: the suspicion', () => {
    expect(statementsOf(cardsOfStep('patient-view'))).toContain('NA-41');
  });

  it.each(['entering Rx View', 'Sign Order in Rx Sign without a drug', 'entering PAMA Imaging'])(
    '%s: no card about an order that is still empty',
    (name) => {
      expect(cardsOfStep(name)).toEqual([]);
    },
  );

  it.each(['choosing prednisone in Rx View', 'choosing Treating in Rx View', 'Sign Order in Rx Sign'])(
    '%s with an active ulcer: the hard stop, and its suggestion empties the choice of drug',
    (name) => {
      const cards = cardsOfStep(name);
      expect(statementsOf(cards)).toContain('SAFE-06');
      const actions = suggestionsOf(cards).flatMap((suggestion) => suggestion.actions);
      expect(actions).toEqual([
        expect.objectContaining({ type: 'delete', resourceId: 'MedicationRequest/request-123' }),
      ]);
    },
  );

  it('Rx View of a child: an accepted update keeps the drug that was chosen, an accepted create shows its own', () => {
    const suggestions = suggestionsOf(cardsOfStep('choosing prednisone for a child in Rx View'));
    const { text, coding } = CONVERSATION.drafts['prednisone']!['medicationCodeableConcept'] as {
      text: string;
      coding: readonly { code: string }[];
    };
    const shown = (type: 'create' | 'update') =>
      suggestions.map((suggestion) => drugInRxView(suggestion, type)).filter((drug) => drug !== undefined);
    expect(shown('update')).toEqual([{ name: text, code: coding[0]!.code }]);
    expect(shown('create').length).toBeGreaterThan(0);
  });

  it('PAMA Imaging: a lumbar MRI on day 4 of back pain is too early', () => {
    expect(statementsOf(cardsOfStep('choosing a lumbar MRI in PAMA Imaging'))).toContain('LUMB-06');
  });

  it('the feedback of every Accept and Dismiss is kept in the demo EHR', async () => {
    const answer = await fetch(`${service.url}/demo-fhir/Communication?_count=0`);
    expect(((await answer.json()) as Bundle).total).toBe(turnsOf('feedback').length);
  });
});
