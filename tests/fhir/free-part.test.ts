/**
 * A site without a SNOMED affiliate licence deletes fhir-profiles/value-sets-snomed-affiliate: the service starts with every rule, gives
 * every story the same cards, and does not recognise the codes that went with the folder. Both services are real ones, behind a port.
 */
import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDecide } from '../../src/decide.js';
import { resolveTokens } from '../../src/demo/date-tokens.js';
import { loadKnowledge, type Knowledge } from '../../src/load-knowledge.js';
import { cardsFor, rulesOn } from '../support/advice.js';
import { filesBelow, readText, ROOT } from '../support/files.js';
import { CALENDAR, condition } from '../support/records.js';
import { post, send, startService, type RunningService } from '../support/service.js';
import { readStories } from '../support/stories.js';

const NOW = '2026-11-21T10:00:00+01:00';
const AFFILIATE = 'value-sets-snomed-affiliate';
const root = mkdtempSync(join(tmpdir(), 'free-part-'));

let whole: RunningService;
let free: RunningService;
let knowledge: Knowledge;

/** The service on the files of a root; everything but the knowledge is as in every other test. */
function serviceOn(loaded: Knowledge): Promise<RunningService> {
  const publicUrl = 'http://127.0.0.1:8080';
  const tools = { now: Date.now, randomId: randomUUID, disabled: [], clients: [], demo: true, publicUrl };
  return startService({ overrides: { engine: { decide: createDecide({ knowledge: loaded, ...tools }) } } });
}

beforeAll(async () => {
  cpSync(join(ROOT, 'rules'), join(root, 'rules'), { recursive: true });
  cpSync(join(ROOT, 'fhir-profiles'), join(root, 'fhir-profiles'), {
    recursive: true,
    filter: (path) => !path.includes(AFFILIATE),
  });
  knowledge = loadKnowledge(root, CALENDAR);
  free = await serviceOn(knowledge);
  whole = await startService();
});
afterAll(async () => {
  await free.close();
  await whole.close();
  rmSync(root, { recursive: true });
});

describe('without the codes that need a SNOMED affiliate licence', () => {
  const affiliateCodes = new Set(
    filesBelow(`fhir-profiles/${AFFILIATE}`, '.json').flatMap((path) =>
      [...readText(path).matchAll(/"code": "(\d+)"/g)].map(([, code]) => code ?? ''),
    ),
  );
  /** Cards without what is made anew for every answer. */
  const cardsIn = (text: string): unknown =>
    (JSON.parse(text, (name, value: unknown) => (name === 'uuid' ? undefined : value)) as { cards: unknown }).cards;

  it('every rule is loaded', async () => {
    expect(knowledge.rules.length).toBeGreaterThan(300);
    const { json } = await send(`${whole.url}/health/ready`);
    expect(json).toMatchObject({ rules: knowledge.rules.length });
  });

  it('there are such codes, and no story is told in them', () => {
    expect(affiliateCodes.size).toBeGreaterThan(50);
    const told = readStories().filter(({ request }) =>
      [...JSON.stringify(request).matchAll(/"code":"(\d+)"/g)].some(([, code = '']) => affiliateCodes.has(code)),
    );
    expect(told.map(({ id }) => id)).toEqual([]);
  });

  it.each(readStories())('$id: the same cards', async ({ request, service, jurisdiction }) => {
    const body = {
      ...resolveTokens(request, { now: Date.parse(NOW), zone: 'Europe/Amsterdam' }),
      extension: { 'example.plexus-cds.request': { now: NOW, ...(jurisdiction && { jurisdiction }) } },
    };
    const [here, there] = await Promise.all(
      [free, whole].map(async ({ url }) => cardsIn((await post(`${url}/cds-services/${service}`, body)).text)),
    );
    expect(here).toEqual(there);
    expect(here).toBeInstanceOf(Array);
  });

  describe('neuralgic amyotrophy on the problem list', () => {
    const coded = (system: string, code: string) => ({
      records: [
        condition('neuralgic-amyotrophy', '2026-11-14', ['site-shoulder'], { code: { coding: [{ system, code }] } }),
      ],
    });
    const rulesFor = async (service: RunningService, system: string, code: string) =>
      rulesOn(await cardsFor(service, 'patient-view', coded(system, code)));

    it('as 26609002 is then not recognised, and is with the folder', async () => {
      const system = 'http://snomed.info/sct';
      expect(await rulesFor(whole, system, '26609002')).not.toEqual([]);
      expect(await rulesFor(free, system, '26609002')).toEqual([]);
      expect(knowledge.codeSets.conceptsOf({ system, code: '26609002' })).toEqual([]);
    });

    it('as G54.5 is recognised either way', async () => {
      const system = 'http://hl7.org/fhir/sid/icd-10';
      const rules = await rulesFor(free, system, 'G54.5');
      expect(rules).not.toEqual([]);
      expect(await rulesFor(whole, system, 'G54.5')).toEqual(rules);
    });
  });
});
