/** What each repair changes in a draft, and that it changes nothing else: elements, order, and what extends them. */
import type { FhirResource } from 'fhir/r4.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dosed, held, moved, prioritised, withoutDetails } from '../../src/orders/repair-draft.js';
import { TODAY } from '../support/records.js';

const draftOf = (elements: Readonly<Record<string, unknown>>, resourceType = 'ServiceRequest'): FhirResource =>
  ({ resourceType, id: 'd1', status: 'draft', ...elements }) as unknown as FhirResource;
const WINDOW = { first: TODAY, last: TODAY + 3 };
const PERIOD = { start: '2026-11-21', end: '2026-11-24' };
const elementsOf = (resource: FhirResource | undefined): readonly (readonly [string, unknown])[] =>
  Object.entries(resource ?? {});

describe('every repair', () => {
  const names = fc.constantFrom('note', 'identifier', 'reasonCode', 'bodySite', 'extension', '_note', 'requester');
  const others = fc.uniqueArray(fc.tuple(names, fc.jsonValue()), { selector: ([name]) => name });
  const repairs: readonly (readonly [string, readonly string[], (draft: FhirResource) => FhirResource | undefined])[] =
    [
      ['moved', ['occurrenceDateTime', '_occurrenceDateTime', 'occurrencePeriod'], (draft) => moved(draft, WINDOW)],
      ['prioritised', ['priority', '_priority'], (draft) => prioritised(draft, 'stat')],
      ['held', ['status'], held],
    ];

  it.each(repairs)('%s leaves every other element as it was, and in its order', (_name, changed, repair) => {
    fc.assert(
      fc.property(others, fc.nat(7), (elements, place) => {
        const own: [string, unknown][] = [...elements];
        own.splice(Math.min(place, own.length), 0, ['occurrenceDateTime', '2026-11-20'], ['_priority', { id: 'x' }]);
        const draft = draftOf(Object.fromEntries(own));
        const kept = (resource: FhirResource | undefined) =>
          elementsOf(resource).filter(([element]) => !changed.includes(element));
        expect(kept(repair(draft))).toEqual(kept(draft));
      }),
    );
  });
});

describe('moved', () => {
  it('takes the place of any occurrence and of what extends it', () => {
    const draft = draftOf({ occurrenceDateTime: '2026-11-20', _occurrenceDateTime: { id: 'x' }, note: [] });
    expect(elementsOf(moved(draft, WINDOW)).slice(3)).toEqual([
      ['occurrencePeriod', PERIOD],
      ['note', []],
    ]);
  });

  it('has no end where there is no last day', () => {
    const open = { first: TODAY, last: Infinity };
    expect(elementsOf(moved(draftOf({}), open)).at(-1)).toEqual(['occurrencePeriod', { start: PERIOD.start }]);
  });

  it('asks for other days of an appointment that is only proposed, and leaves one with a slot alone', () => {
    const proposed = draftOf({ status: 'proposed', start: 'x', end: 'y', minutesDuration: 15 }, 'Appointment');
    expect(moved(proposed, WINDOW)).toEqual({
      resourceType: 'Appointment',
      id: 'd1',
      status: 'proposed',
      requestedPeriod: [PERIOD],
    });
    expect(moved(draftOf({ status: 'booked', start: 'x' }, 'Appointment'), WINDOW)).toBeUndefined();
    expect(moved(draftOf({}, 'MedicationRequest'), WINDOW)).toBeUndefined();
  });
});

describe('prioritised', () => {
  it.each([
    [undefined, 'urgent', true],
    ['routine', 'urgent', true],
    ['urgent', 'urgent', false],
    ['asap', 'urgent', false],
    ['stat', 'urgent', false],
    ['urgent', 'stat', true],
    ['asap', 'stat', true],
    ['stat', 'stat', false],
  ] as const)('from %s to %s: %s', (from, to, isRaised) => {
    const raised = prioritised(draftOf(from ? { priority: from } : {}), to) as { priority?: string } | undefined;
    expect(raised?.priority).toBe(isRaised ? to : undefined);
  });

  it('knows no urgency of an appointment, and no appointment that is on hold', () => {
    expect(prioritised(draftOf({}, 'Appointment'), 'stat')).toBeUndefined();
    expect(held(draftOf({}, 'Appointment'))).toBeUndefined();
  });
});

describe('withoutDetails', () => {
  const [one, other] = [{ text: 'one' }, { text: 'other' }];
  const isOne = ({ text }: Readonly<Record<string, unknown>>): boolean => text === 'one';

  it('takes out what is meant, and the element with the last of it', () => {
    expect(withoutDetails(draftOf({ orderDetail: [one, other] }), isOne)).toMatchObject({ orderDetail: [other] });
    expect(withoutDetails(draftOf({ orderDetail: [one] }), isOne)).not.toHaveProperty('orderDetail');
    expect(withoutDetails(draftOf({ orderDetail: one }), isOne)).not.toHaveProperty('orderDetail');
  });

  it('changes nothing where nothing is meant', () => {
    expect(withoutDetails(draftOf({ orderDetail: [other] }), isOne)).toBeUndefined();
    expect(withoutDetails(draftOf({}), isOne)).toBeUndefined();
  });
});

describe('dosed', () => {
  const step = { text: 'new', timing: { repeat: { frequency: 2 } }, doseAndRate: [{ doseQuantity: { value: 10 } }] };
  const prescription = (elements: Readonly<Record<string, unknown>>) => draftOf(elements, 'MedicationRequest');
  const OLD = {
    patientInstruction: 'with water',
    text: 'old',
    timing: { code: 'BID', repeat: { frequency: 4, boundsDuration: { value: 5 } } },
  };

  it('gives one instruction another dose, and keeps its bounds and what else was written', () => {
    expect(dosed(prescription({ dosageInstruction: [OLD] }), { dosageInstruction: [step] })).toMatchObject({
      dosageInstruction: [
        {
          patientInstruction: 'with water',
          text: 'new',
          timing: { repeat: { boundsDuration: { value: 5 }, frequency: 2 } },
          doseAndRate: step.doseAndRate,
        },
      ],
    });
  });

  it.each([
    ['nothing', []],
    ['two instructions', [OLD, OLD]],
    ['as needed', [{ ...OLD, asNeededBoolean: true }]],
    ['as needed for something', [{ ...OLD, asNeededCodeableConcept: {} }]],
    ['another route', [{ ...OLD, route: {} }]],
    ['a highest dose', [{ ...OLD, maxDosePerPeriod: {} }]],
  ])('leaves alone: %s', (_what, dosageInstruction) => {
    expect(dosed(prescription({ dosageInstruction }), { dosageInstruction: [step] })).toBeUndefined();
  });

  it('lets a course take the place of all that was written, and its supply of the old quantity', () => {
    const course = { dosageInstruction: [step, step], dispenseRequest: { expectedSupplyDuration: { value: 12 } } };
    const written = {
      dosageInstruction: [OLD, OLD],
      dispenseRequest: { quantity: { value: 5 }, numberOfRepeatsAllowed: 1, performer: {} },
    };
    expect(dosed(prescription(written), course)).toMatchObject({
      dosageInstruction: [step, step],
      dispenseRequest: { performer: {}, expectedSupplyDuration: { value: 12 } },
    });
  });
});
