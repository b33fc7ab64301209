/**
 * The project's list of hostile input, row by row, against running services: what is sent, what is answered, and that nothing of it is repeated.
 * `docs/security-tests.md` is what was seen here: `npm test` compares it, `npx vitest run --project unit tests/security -u` writes it.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issueOf } from '../support/json.js';
import { requestFor } from '../support/requests.js';
import { send, type Answer } from '../support/service.js';
import { members, postTo, type Attack } from './attack.js';
import { BODY } from './body.js';
import { ENVELOPE } from './envelope.js';
import { FEEDBACK } from './feedback.js';
import { FHIR_SERVER } from './fhir-server.js';
import { ORDERS } from './orders.js';
import { LAST_ROW, pageOf, said, type Seen } from './page.js';
import { PREFETCH } from './prefetch.js';
import { SERVER } from './server.js';
import { MARK, goodServer, startTargets, type Target, type Targets } from './targets.js';
import { TEXT } from './text.js';
import { TRUST } from './trust.js';

const THEMES: Readonly<Record<string, readonly Attack[]>> = {
  'Body, address and method': BODY,
  'Envelope and context': ENVELOPE,
  'The FHIR server that a request names': FHIR_SERVER,
  'What prefetch holds': PREFETCH,
  'Draft orders': ORDERS,
  'Texts of the record': TEXT,
  'Who calls': TRUST,
  'The server itself': SERVER,
  Feedback: FEEDBACK,
};

let targets: Targets;
beforeAll(async () => {
  targets = await startTargets();
});
afterAll(() => targets.close());
const targetOf = (mode: Target['mode']): Target => targets.all.find((one) => one.mode === mode)!;

const seen = new Map<Attack, Seen>();

function expectNoEcho({ text, headers }: Answer, attack: Attack): void {
  expect(text + JSON.stringify([...headers])).not.toContain(MARK);
  if (attack.issue === undefined) return;
  const { severity, expression } = issueOf(JSON.parse(text));
  expect(severity).toBe('error');
  if (attack.place !== undefined) expect(expression).toEqual([attack.place]);
}

async function carryOut(attack: Attack, to: Target): Promise<void> {
  targets.begin();
  to.ehr.answers = attack.ehr?.(to) ?? goodServer;
  const logged = to.logs().length;
  try {
    const answer = await attack.send(to);
    seen.set(attack, { ...seen.get(attack), [to.mode]: said(answer) });
    expect(seen.get(attack)?.[to.mode]).toBe(said(attack));
    expectNoEcho(answer, attack);
    await attack.holds?.check(answer, to);
    expect([to.strayed(), to.lookedUp()]).toEqual([[], attack.looksUp ?? []]);
    expect(to.logs().slice(logged)).not.toContain(MARK);
  } finally {
    to.ehr.answers = goodServer;
    // An answer ends what an attack made of the server's reputation.
    if (attack.ehr) await postTo('/cds-services/plexus-patient-view', reading(to))(to);
  }
}

/** A request for which everything is read from the FHIR server. */
function reading({ ehr }: Target): unknown {
  const request = requestFor('patient-view');
  const fhirAuthorization = {
    access_token: 't',
    token_type: 'Bearer',
    expires_in: 300,
    scope: 'patient/*.rs',
    subject: 's',
  };
  members({ fhirServer: ehr.base, fhirAuthorization, prefetch: {} })(request);
  return request;
}

test('what leaves is seen: the registered server is asked', async () => {
  targets.begin();
  for (const to of targets.all) {
    to.ehr.asked.length = 0;
    expect((await postTo('/cds-services/plexus-patient-view', reading(to))(to)).status).toBe(200);
    expect(to.ehr.asked.length).toBeGreaterThan(0);
    expect(to.strayed()).toEqual([]);
  }
  const { trap, strayed } = targetOf('demo');
  await send(trap.base);
  expect(strayed()).toEqual([new URL(trap.base).host]);
});

describe.each(Object.entries(THEMES))('%s', (_, attacks) => {
  for (const mode of ['demo', 'production'] as const) {
    const ofMode = attacks.filter(({ only }) => only === undefined || only === mode);
    test.each(
      ofMode.map((attack) => [`row ${attack.row}: ${attack.attack}: ${said(attack)} (${mode})`, attack] as const),
    )('%s', (_title, attack) => carryOut(attack, targetOf(mode)));
  }
});

describe('the whole', () => {
  test('every row has an attack', () => {
    const rows = new Set(Object.values(THEMES).flatMap((attacks) => attacks.map(({ row }) => row)));
    const missing = Array.from({ length: LAST_ROW }, (_, index) => index + 1).filter((row) => !rows.has(row));
    expect(missing).toEqual([]);
  });

  test('no attack stands twice', () => {
    const names = Object.values(THEMES).flatMap((attacks) => attacks.map(({ row, attack }) => `${row}: ${attack}`));
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test('no log holds what was sent', () => {
    for (const { logs } of targets.all) {
      expect(logs()).not.toBe('');
      expect(logs()).not.toContain(MARK);
    }
  });

  test('docs/security-tests.md is what was seen', async () => {
    await expect(pageOf(THEMES, seen)).toMatchFileSnapshot('../../docs/security-tests.md');
  });
});
