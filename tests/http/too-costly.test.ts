/** Requests within the body limit that would take long: how much of what is judged, and where it stops. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Hook } from '../../src/cds-hooks/request.js';
import { issueOf } from '../support/json.js';
import { PATIENT, pathOf, requestFor, type HookRequest } from '../support/requests.js';
import { post, startService, type Answer, type RunningService } from '../support/service.js';

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const subject = { reference: `Patient/${PATIENT}` };

function call(change: (request: HookRequest) => void, hook: Hook = 'patient-view'): Promise<Answer> {
  const request = requestFor(hook);
  change(request);
  return post(service.url + pathOf(hook), request);
}

/** A searchset of as many resources. */
const listOf = (count: number, resource: unknown) => ({
  resourceType: 'Bundle',
  type: 'searchset',
  entry: Array<unknown>(count).fill({ resource }),
});

function expectTooCostly({ status, json }: Answer): void {
  expect([status, issueOf(json).code]).toEqual([400, 'too-costly']);
}

/** The patient is one of them. */
const OTHERS = 4999;

describe('records', () => {
  test.each(['conditions', 'observations', 'medications', 'questionnaireResponses', 'a-key-of-nobody'])(
    '5000 resources are read, one more is not (%s)',
    async (key) => {
      const fill = (count: number) =>
        call((request) => (request.prefetch[key] = listOf(count, { resourceType: 'Observation' })));
      expect((await fill(OTHERS - 1)).status).toBe(200);
      expect((await fill(OTHERS)).status).toBe(200);
      expectTooCostly(await fill(OTHERS + 1));
    },
  );

  test('answers of forms count as well', async () => {
    const answer = (count: number) =>
      call((request) => {
        const item = [{ linkId: 'muscle-deltoid-right', answer: Array<unknown>(count).fill({ valueInteger: 4 }) }];
        const questionnaire = 'https://plexus-cds.example/fhir/Questionnaire/na-examination';
        const form = {
          resourceType: 'QuestionnaireResponse',
          id: 'q',
          status: 'completed',
          subject,
          questionnaire,
          item,
        };
        request.prefetch.questionnaireResponses = listOf(1, form);
      });
    expect((await answer(OTHERS - 1)).status).toBe(200);
    expectTooCostly(await answer(OTHERS));
    expectTooCostly(await answer(150_000));
  });

  test('conditions that are being added count as well', async () => {
    const condition = { resourceType: 'Condition', subject, code: { text: 'Eczema' } };
    const add = (count: number) =>
      call((request) => (request.context.conditions = listOf(count, condition)), 'problem-list-item-create');
    expect((await add(OTHERS)).status).toBe(200);
    expectTooCostly(await add(OTHERS + 1));
  });
});

test('200 prefetch keys are read, one more is not', async () => {
  const fill = (count: number) =>
    call((request) => {
      const others = count - Object.keys(request.prefetch).length;
      for (let i = 0; i < others; i += 1) request.prefetch[`key-${i}`] = null;
    });
  expect((await fill(199)).status).toBe(200);
  expect((await fill(200)).status).toBe(200);
  const answer = await fill(201);
  expectTooCostly(answer);
  expect(issueOf(answer.json).expression).toEqual(['prefetch']);
});
