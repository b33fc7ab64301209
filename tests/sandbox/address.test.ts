import { describe, expect, it } from 'vitest';
import { readAddress, writeAddress } from '../../src/sandbox/address.js';

const LANGUAGES = ['nl', 'en'] as const;

describe('the address of a view', () => {
  it('is read as it was written', () => {
    const view = { patient: 'na-acute', day: -3, language: 'en' } as const;
    expect(writeAddress(view)).toBe('#/na-acute?day=-3&language=en');
    expect(readAddress(writeAddress(view), LANGUAGES)).toEqual(view);
    expect(readAddress(writeAddress({}), LANGUAGES)).toEqual({});
  });

  it('leaves out what cannot be read: a language that is not served, a day that is no day', () => {
    expect(readAddress('#/x?day=soon&language=fr', LANGUAGES)).toEqual({ patient: 'x' });
    expect(readAddress('#/x?day=99999', LANGUAGES)).toEqual({ patient: 'x' });
  });
});
