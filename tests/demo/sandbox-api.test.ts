/** What the sandbox page asks of the demo EHR: patients, their courses, what visitors changed, and the way back. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Bundle, Condition, Observation } from 'fhir/r4.js';
import type { Change } from '../../src/demo/sandbox-data.js';
import { dateOfDay } from '../../src/sandbox/days.js';
import { filledIn, readCourse, readIndex } from '../support/courses.js';
import { issueOf } from '../support/json.js';
import { post, send, startService, type RunningService } from '../support/service.js';

let service: RunningService;
let fhir: string;
beforeEach(async () => {
  service = await startService();
  fhir = `${service.url}/demo-fhir`;
});
afterEach(() => service.close());

const PATIENT = '/sandbox/patients/na-acute';
const change = async (): Promise<readonly Change[]> => (await readCourse(service, 'na-acute')).changes;
const put = (path: string, body: unknown) =>
  send(`${fhir}/${path}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/fhir+json' },
    body: JSON.stringify(body),
  });

/** A pain score as the page records it on a day. */
async function painOn(day: number): Promise<Observation> {
  const [index, course] = [await readIndex(service), await readCourse(service, 'na-acute')];
  return filledIn(index.scores[1]!, course, day, { score: 4 }) as Observation;
}

describe('the index', () => {
  test('names the demo EHR, its GP, the languages with the French drafts last, and what can be drafted', async () => {
    const behind = await startService({ env: { PUBLIC_URL: 'https://demo.example/plexus' } });
    const index = await readIndex(behind);
    await behind.close();
    expect(index).toMatchObject({
      fhirServer: 'https://demo.example/plexus/demo-fhir',
      languages: ['nl', 'en', 'fr'],
      timeZone: 'Europe/Amsterdam',
    });
    expect((await send(`${fhir}/${index.userId}`)).status).toBe(200);
    expect(index.drafts.every(({ hooks }) => hooks.length > 0)).toBe(true);
    expect(index.scores.map(({ hooks }) => hooks)).toEqual([[], [], [], [], []]);
    for (const { title, story } of index.patients) expect([title.fr, story.fr]).not.toContain(undefined);
  });

  test('has no French where drafts are not served', async () => {
    const plain = await startService({ env: { DRAFT_LANGUAGES: 'none' } });
    const text = JSON.stringify([await readIndex(plain), await readCourse(plain, 'na-acute')]);
    await plain.close();
    expect(text).toContain('"nl":');
    expect(text).not.toMatch(/"fr":|"valueCode":"fr"/);
  });
});

describe('a course', () => {
  test('opens on the day of the start, and the demo EHR holds what is there on that day and nothing later', async () => {
    const course = await readCourse(service, 'na-acute');
    const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Amsterdam' }).format(Date.now());
    expect(dateOfDay(course.start, course.opens)).toBe(today);
    const { entry = [] } = (await send(`${fhir}/Condition?patient=${course.patientId}`)).json as Bundle<Condition>;
    expect(entry.map(({ resource }) => resource!.id)).toEqual(['sb-na-acute-shoulder']);
    const listed = course.entries.filter(({ resource }) => resource.resourceType === 'Condition');
    expect(listed.map(({ day, resource }) => [day, resource.id])).toEqual([
      [3, 'sb-na-acute-shoulder'],
      [4, 'sb-na-acute-na'],
      [18, 'sb-na-acute-na'],
    ]);
  });

  test('says what was created, by its clinical day, and what was changed and deleted, from the opening day', async () => {
    expect(await change()).toEqual([]);
    const made = (await post(`${fhir}/Observation`, await painOn(9))).json as Observation;
    const problem = (await send(`${fhir}/Condition/sb-na-acute-shoulder`)).json as Condition;
    await put('Condition/sb-na-acute-shoulder', { ...problem, note: [{ text: 'x' }] });
    await send(`${fhir}/MedicationRequest/sb-na-acute-paracetamol`, { method: 'DELETE' });
    const changes = await change();
    expect(changes).toMatchObject([
      { day: 3, resource: { id: 'sb-na-acute-shoulder', meta: { versionId: '2' }, note: [{ text: 'x' }] } },
      { day: 3, removed: 'MedicationRequest/sb-na-acute-paracetamol' },
      { day: 9, resource: { id: made.id, valueInteger: 4 } },
    ]);
    expect(changes).toHaveLength(3);
  });

  test('counts from the opening day what has no day of its own, and no change of another patient', async () => {
    const subject = { reference: 'Patient/sb-na-acute' };
    const task = { resourceType: 'Task', status: 'requested', intent: 'order' };
    await post(`${fhir}/Task`, { ...task, for: subject });
    await post(`${fhir}/Task`, { ...task, for: { reference: 'Patient/sb-na-child' } });
    await post(`${fhir}/ServiceRequest`, {
      resourceType: 'ServiceRequest',
      status: 'active',
      intent: 'order',
      occurrenceDateTime: '2031-01-01',
      subject,
    });
    expect((await change()).map(({ day }) => day)).toEqual([3, 3]);
  });

  test('is reset: as it was seeded, and only this patient', async () => {
    const before = (await send(`${fhir}/Observation?patient=sb-na-acute`)).json as Bundle;
    const problem = (await send(`${fhir}/Condition/sb-na-acute-shoulder`)).json as Condition;
    await post(`${fhir}/Observation`, await painOn(9));
    // A patient is told apart by what was seeded too: this one was handed to another.
    await put('Condition/sb-na-acute-shoulder', { ...problem, subject: { reference: 'Patient/sb-na-child' } });
    await send(`${fhir}/Observation/${before.entry![0]!.resource!.id}`, { method: 'DELETE' });
    const other = { resourceType: 'Task', status: 'requested', intent: 'order' };
    await post(`${fhir}/Task`, { ...other, for: { reference: 'Patient/sb-na-child' } });

    const answer = await send(`${service.url}${PATIENT}/reset`, { method: 'POST' });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(await change()).toEqual([]);
    const after = (await send(`${fhir}/Observation?patient=sb-na-acute`)).json as Bundle;
    const ids = ({ entry = [] }: Bundle) => entry.map(({ resource }) => resource!.id).sort();
    expect(ids(after)).toEqual(ids(before));
    expect((await send(`${fhir}/Condition/sb-na-acute-shoulder`)).json).toEqual(problem);
    expect((await readCourse(service, 'na-child')).changes).toHaveLength(1);
  });
});

describe('the addresses', () => {
  test.each([
    ['GET', '/sandbox/patients/nobody'],
    ['POST', '/sandbox/patients/nobody/reset'],
    ['GET', '/sandbox/patients/constructor'],
    ['GET', '/sandbox/nothing'],
  ])('%s %s: 404 with an OperationOutcome', async (method, path) => {
    const answer = await send(`${service.url}${path}`, { method });
    expect([answer.status, issueOf(answer.json).code]).toEqual([404, 'not-found']);
  });

  test.each([
    ['POST', '/sandbox/index', 'GET, HEAD, OPTIONS'],
    ['DELETE', PATIENT, 'GET, HEAD, OPTIONS'],
    ['GET', `${PATIENT}/reset`, 'POST, OPTIONS'],
  ])('%s %s: 405 with the methods that it takes', async (method, path, allow) => {
    const answer = await send(`${service.url}${path}`, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
  });

  test('no log line holds the id of a patient', async () => {
    await readCourse(service, 'na-acute');
    await send(`${service.url}${PATIENT}/reset`, { method: 'POST' });
    const lines = service.logs();
    expect(lines).toContain('"route":"/sandbox/patients/:id/reset","status":204');
    expect(lines).not.toContain('na-acute');
  });

  test('there are none in production mode', async () => {
    const production = await startService({ config: { mode: 'production' } });
    const { status } = await send(`${production.url}/sandbox/index`);
    await production.close();
    expect(status).toBe(404);
  });
});
