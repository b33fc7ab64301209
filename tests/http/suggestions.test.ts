/** What a GP accepts with one click, as an EHR gets it: the order moved with all else kept, and one cancellation for each planned item. */
import type { FhirResource } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Card, Suggestion } from '../../src/cds-hooks/response.js';
import { cardsFor, draft, type Told } from '../support/advice.js';
import { coded, condition, daysAgo, nrs, record } from '../support/records.js';
import { startService, type RunningService } from '../support/service.js';

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const suggestionsOn = (cards: readonly Card[]): readonly Suggestion[] =>
  cards.flatMap((card) => card.suggestions ?? []);

describe('an image that is ordered outside its window', () => {
  const neckArm = (days: number) => [
    condition('neck-pain', daysAgo(days), ['site-neck', 'side-right']),
    condition('arm-pain', daysAgo(days), ['site-arm', 'side-right']),
  ];
  const MRI = {
    meta: { versionId: '3' },
    priority: 'urgent',
    code: { ...coded('mri-cervical'), text: 'MRI nek' },
    occurrenceDateTime: daysAgo(-1),
    note: [{ text: 'as the GP wrote it' }],
    quantityQuantity: { value: 1 },
  };
  const ordered = async (days: number, more: Readonly<Record<string, unknown>> = {}, told: Told = {}) => {
    const drafted = draft('ServiceRequest', { ...MRI, ...more });
    const cards = await cardsFor(service, 'order-select', { records: neckArm(days), drafts: [drafted], ...told });
    return { drafted, cards, suggestions: suggestionsOn(cards) };
  };

  test('is moved to weeks 3-4: one update, every other element as it was and in its order', async () => {
    const { drafted, suggestions, cards } = await ordered(3);
    expect(cards.find((card) => card.suggestions)?.selectionBehavior).toBe('any');
    expect(suggestions).toHaveLength(1);
    const [{ label, actions }] = suggestions as [Suggestion];
    expect(label).toBe('Move the test to weeks 3-4 (2 December - 15 December)');
    expect(actions).toHaveLength(1);
    expect(actions[0]).toMatchObject({ type: 'update', description: label });
    const elements = Object.entries(drafted).map(([name, value]: [string, unknown]): [string, unknown] =>
      name === 'occurrenceDateTime' ? ['occurrencePeriod', { start: daysAgo(-11), end: daysAgo(-24) }] : [name, value],
    );
    expect(JSON.stringify(actions[0]?.resource)).toBe(JSON.stringify(Object.fromEntries(elements)));
  });

  test('without a date gets the window at its end', async () => {
    const { suggestions } = await ordered(8, { occurrenceDateTime: undefined });
    const resource = suggestions[0]?.actions[0]?.resource as unknown as Record<string, unknown>;
    expect(Object.keys(resource).at(-1)).toBe('occurrencePeriod');
  });

  test('never moves into the past: from today on, and not at all once the window has closed', async () => {
    const late = { occurrenceDateTime: daysAgo(-20) };
    const today = await ordered(20, late);
    expect(today.suggestions[0]?.actions[0]?.resource).toMatchObject({
      occurrencePeriod: { start: daysAgo(0), end: daysAgo(-7) },
    });
    const lastDay = await ordered(27, late);
    expect(lastDay.suggestions[0]?.actions[0]?.resource).toMatchObject({
      occurrencePeriod: { start: daysAgo(0), end: daysAgo(0) },
    });
    expect((await ordered(28, late)).suggestions).toEqual([]);
  });

  test('in its window is left alone', async () => {
    expect((await ordered(8, { occurrenceDateTime: daysAgo(-6) })).suggestions).toEqual([]);
  });

  test('is worded in the language of the card', async () => {
    expect((await ordered(3, {}, { language: 'nl' })).suggestions[0]?.label).toBe(
      'Verplaats het onderzoek naar week 3-4 (2 december - 15 december)',
    );
  });
});

describe('physiotherapy that is ordered before week 3', () => {
  const ordered = async (days: number, more: Readonly<Record<string, unknown>> = {}) => {
    const records = [condition('low-back-pain', daysAgo(days), ['site-low-back', 'side-left'])];
    const drafts = [draft('ServiceRequest', { code: coded('physiotherapy'), ...more })];
    return suggestionsOn(await cardsFor(service, 'order-select', { records, drafts }));
  };

  test('is moved to its first day and later: the protocol names no last day', async () => {
    const suggestions = await ordered(13, { occurrenceDateTime: daysAgo(0) });
    expect(suggestions.map(({ label, actions }) => [label, actions.map(({ resource }) => resource)])).toEqual([
      [
        'Let the therapy begin in week 3 or later (from 22 November)',
        [expect.objectContaining({ occurrencePeriod: { start: daysAgo(-1) } })],
      ],
    ]);
  });

  test.each([14, 15])('stays where it is when day %i has come', async (days) => {
    expect(await ordered(days)).toEqual([]);
  });

  test('stays where it is when it already begins later', async () => {
    expect(await ordered(3, { occurrenceDateTime: daysAgo(-90) })).toEqual([]);
  });
});

describe('a complaint that is clearly better', () => {
  const planned = (code: string, date: string, more: Readonly<Record<string, unknown>> = {}) =>
    record('ServiceRequest', {
      status: 'active',
      intent: 'order',
      code: coded(code),
      occurrenceDateTime: date,
      ...more,
    });
  const better = async (...plans: readonly FhirResource[]) => {
    const places = ['site-neck', 'side-right'];
    const arm = ['site-arm', 'side-right'];
    const records = [
      condition('neck-pain', daysAgo(15), places),
      condition('arm-pain', daysAgo(15), arm),
      nrs(8, daysAgo(14), arm),
      nrs(2, daysAgo(0), arm),
      ...plans,
    ];
    const suggestions = suggestionsOn(await cardsFor(service, 'patient-view', { records }));
    return suggestions.filter(({ actions }) => actions[0]?.type === 'delete');
  };

  test('has one cancellation for each planned item, by its reference', async () => {
    const mri = planned('mri-cervical', daysAgo(-5));
    const infiltration = planned('cervical-epidural-infiltration', daysAgo(-9));
    const suggestions = await better(mri, infiltration);
    expect(suggestions.map(({ label, actions }) => [label, actions])).toEqual([
      [
        'Cancel the planned imaging (26 November)',
        [
          {
            type: 'delete',
            description: 'Cancel the planned imaging (26 November)',
            resourceId: `ServiceRequest/${mri.id!}`,
          },
        ],
      ],
      [
        'Cancel the planned infiltration (30 November)',
        [
          {
            type: 'delete',
            description: 'Cancel the planned infiltration (30 November)',
            resourceId: `ServiceRequest/${infiltration.id!}`,
          },
        ],
      ],
    ]);
    expect(new Set(suggestions.map(({ uuid }) => uuid)).size).toBe(2);
  });

  test('has ten at most, however long a list of plans is', async () => {
    const plans = (count: number) => Array.from({ length: count }, (_, day) => planned('mri-cervical', daysAgo(-day)));
    expect(await better(...plans(10))).toHaveLength(10);
    expect(await better(...plans(11))).toHaveLength(10);
  });

  test('has none for what is done or was cancelled', async () => {
    const mri = planned('mri-cervical', daysAgo(-5));
    expect(await better(mri, planned('mri-cervical', daysAgo(-6), { status: 'revoked' }))).toHaveLength(1);
    expect(await better(planned('mri-cervical', daysAgo(3), { status: 'completed' }))).toEqual([]);
  });

  test('has none for an item without an id: nobody could tell which one is meant', async () => {
    expect(await better(planned('mri-cervical', daysAgo(-5), { id: undefined }))).toEqual([]);
  });
});
