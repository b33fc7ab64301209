import { describe, expect, test } from 'vitest';
import { ERRORS, errorKind, operationOutcome, ServiceError } from '../../src/errors.js';
import type { ErrorCode } from '../../src/errors.js';

const CODES = Object.keys(ERRORS) as ErrorCode[];

describe('errors as data', () => {
  test('every status of the contract has a code', () => {
    const statuses = new Set(CODES.map((code) => errorKind(code).status));
    expect([...statuses].sort((a, b) => a - b)).toEqual([
      400, 401, 403, 404, 405, 412, 413, 415, 422, 429, 431, 500, 503,
    ]);
  });

  test.each(CODES.filter((code) => code !== 'unauthenticated' && code !== 'unexpected'))(
    'G4 %s is an OperationOutcome with severity, code and a sentence',
    (code) => {
      const outcome = operationOutcome(
        new ServiceError(code, { expression: 'context.patientId', detail: 'More.' }),
        'id',
      );
      expect(outcome).toEqual({
        resourceType: 'OperationOutcome',
        issue: [
          {
            severity: 'error',
            code: errorKind(code).issue,
            details: { text: expect.stringMatching(/^[A-Z].*; .*\. More\.$/) },
            expression: ['context.patientId'],
          },
        ],
      });
    },
  );

  test('401 says login, without a text, and asks for a Bearer token', () => {
    const error = new ServiceError('unauthenticated', { detail: 'expired' });
    expect(operationOutcome(error).issue).toEqual([{ severity: 'error', code: 'login' }]);
    expect(error.headers).toEqual({ 'www-authenticate': 'Bearer' });
  });

  test('500 says exception and the correlation id, nothing else', () => {
    const error = new ServiceError('unexpected', { detail: 'x', expression: 'y' });
    expect(operationOutcome(error, 'id').issue).toEqual([{ severity: 'error', code: 'exception', diagnostics: 'id' }]);
  });

  test('429 and 503 say when to try again', () => {
    for (const code of ['too-many-requests', 'unavailable'] as const)
      expect(new ServiceError(code).headers['retry-after']).toMatch(/^\d+$/);
  });
});
