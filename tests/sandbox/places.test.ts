import { describe, expect, it } from 'vitest';
import { mistakeIn, placeOf } from '../../src/sandbox/wire/places.js';

const REQUEST = '{\n  "hook": "order-select",\n  "context": { "selections": ["A/1", "B/2"] }\n}';

describe('the place of a mistake in a JSON text', () => {
  it('has a line and a column from 1, and the kind of mistake', () => {
    expect(mistakeIn('{\n  "hook": "x"\n  "context": {} }')).toMatchObject({
      line: 3,
      column: 3,
      kind: 'CommaExpected',
    });
    expect(mistakeIn('{"a": 1,}')).toMatchObject({ line: 1 });
  });

  it('is there for an empty text and for a comment, which the service refuses too', () => {
    expect(mistakeIn('')).toBeDefined();
    expect(mistakeIn('{} // note')).toBeDefined();
  });

  it('is not told of a text that is nested too deep for the parser: the service refuses it', () => {
    expect(mistakeIn('['.repeat(200_000))).toBeUndefined();
    expect(placeOf('['.repeat(200_000), 'hook')).toBeUndefined();
  });

  it('is not there in a text that JSON.parse takes', () => {
    expect(mistakeIn(REQUEST)).toBeUndefined();
  });
});

describe('the place that the service complains about', () => {
  const at = (place: string): string | undefined => {
    const span = placeOf(REQUEST, place);
    return span && REQUEST.slice(span.offset, span.offset + span.length);
  };

  it('is the element itself', () => {
    expect(at('context.selections[1]')).toBe('"B/2"');
    expect(at('hook')).toBe('"order-select"');
  });

  it('is the nearest element above one that is missing', () => {
    expect(at('context.patientId')).toBe('{ "selections": ["A/1", "B/2"] }');
  });

  it('is nowhere when nothing of it is there', () => {
    expect(at('fhirServer')).toBeUndefined();
  });
});
