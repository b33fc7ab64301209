import { expect, test } from 'vitest';
import { parseFeedback } from '../../src/cds-hooks/feedback.js';

const ENTRY = { card: 'c', outcome: 'overridden', outcomeTimestamp: '2026-11-21T02:30:00+02:00' };

test('row 73: timestamps are normalised to UTC', () => {
  expect(parseFeedback({ feedback: [ENTRY] })[0]?.outcomeTimestamp).toBe('2026-11-21T00:30:00.000Z');
});

test('row 63: singular and plural reasons end in one list, without what we do not know', () => {
  const reason = { code: 'x' };
  for (const given of [
    { overrideReason: { reason, extension: {} } },
    { overrideReasons: { reason } },
    { overrideReasons: [{ reason }] },
  ]) {
    expect(parseFeedback({ feedback: [{ ...ENTRY, ...given }] })[0]?.overrideReasons).toEqual([{ reason }]);
  }
});

test('accepted suggestions are read as ids', () => {
  const accepted = { ...ENTRY, outcome: 'accepted', acceptedSuggestions: [{ id: 's1' }, { id: 's2' }] };
  expect(parseFeedback({ feedback: [accepted] })[0]?.acceptedSuggestions).toEqual(['s1', 's2']);
});
