/** Whether an image was made: "none" is only known when every list that can hold one is complete. */
import { describe, expect, it } from 'vitest';
import { valueOf } from '../support/facts.js';
import { coded, condition, daysAgo, record } from '../support/records.js';

describe('an image since onset', () => {
  const complaint = condition('neck-pain', daysAgo(30), ['site-neck']);
  const done = (incomplete: readonly string[], ...more: Parameters<typeof record>[]) =>
    valueOf('imaging.done', [complaint, ...more.map(([type, elements]) => record(type, elements))], { incomplete });

  it('was not made when no complete list has one', () => {
    expect(done([])).toBe(false);
  });

  it.each(['Procedure', 'DiagnosticReport', 'ServiceRequest', 'Appointment'])(
    'is unknown when the list of type %s is not complete',
    (type) => {
      expect(done([type])).toBeUndefined();
    },
  );

  it('was made when one list has it, whatever the others hold', () => {
    const procedure = { status: 'completed', code: coded('mri-cervical'), performedDateTime: daysAgo(3) };
    expect(done(['DiagnosticReport', 'ServiceRequest'], ['Procedure', procedure])).toBe(true);
  });
});
