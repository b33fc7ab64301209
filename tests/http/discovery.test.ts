import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOOKS } from '../../src/cds-hooks/request.js';
import { emptyPlaces } from '../support/json.js';
import { post, send, startService } from '../support/service.js';
import type { RunningService } from '../support/service.js';

interface Entry {
  readonly id: string;
  readonly hook: string;
  readonly title: string;
  readonly description: string;
  readonly version: string;
  readonly hookVersion: string;
  readonly usageRequirements: string;
  readonly prefetch: Readonly<Record<string, string>>;
}

/** Hook library 1.0.1. */
const HOOK_VERSIONS: Readonly<Record<string, string>> = {
  'patient-view': '1.0',
  'order-select': '1.0',
  'order-sign': '1.0',
  'appointment-book': '1.0',
  'problem-list-item-create': '0.1.0',
};

let service: RunningService;
let entries: readonly Entry[];
let templates: readonly string[];

beforeAll(async () => {
  service = await startService();
  entries = ((await send(`${service.url}/cds-services`)).json as { services: Entry[] }).services;
  templates = entries.flatMap((entry) => Object.values(entry.prefetch));
});
afterAll(() => service.close());

describe('discovery', () => {
  test('B1 GET {baseUrl}/cds-services is always available and stable', async () => {
    const [first, second] = [await send(`${service.url}/cds-services`), await send(`${service.url}/cds-services/`)];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.text).toBe(first.text);
  });

  test('B2 the body is an object with array services', () => {
    expect(entries.map((entry) => entry.id)).toEqual([
      'plexus-patient-view',
      'plexus-order-select',
      'plexus-order-sign',
      'plexus-appointment-book',
      'plexus-problem-list',
    ]);
  });

  test('B3 no services gives 200 and an empty array', async () => {
    const bare = await startService({ overrides: { services: [] } });
    const answer = await send(`${bare.url}/cds-services`);
    await bare.close();
    expect([answer.status, answer.json]).toEqual([200, { services: [] }]);
  });

  test('B4 each service has a known hook', () => {
    expect(entries.map((entry) => entry.hook)).toEqual(HOOKS);
  });

  test('B5 each service has a title', () => {
    for (const entry of entries) expect(entry.title).toMatch(/\w/);
  });

  test('B6 each service has a description, which says that it is not CE-marked and names the required key', () => {
    for (const entry of entries)
      expect(entry.description).toMatch(/not CE-marked[\s\S]*Required prefetch key: patient/);
  });

  test('B7 each service answers at {baseUrl}/cds-services/{id}, whose id needs no URL encoding', async () => {
    for (const { id } of entries) {
      expect(encodeURIComponent(id)).toBe(id);
      expect((await post(`${service.url}/cds-services/${id}`, {})).status).toBe(400);
    }
  });

  test('B8 prefetch is an object of string templates', () => {
    for (const { prefetch } of entries) {
      expect(Object.keys(prefetch)).toContain('patient');
      for (const template of Object.values(prefetch)) expect(template).toEqual(expect.any(String));
    }
  });

  test('B9 usageRequirements says which key is required', () => {
    for (const entry of entries) expect(entry.usageRequirements).toContain('key patient is required');
  });

  test('B10 version is a semantic version of the specification', () => {
    for (const entry of entries) expect(entry.version).toBe('2.0.1');
  });

  test("B11 hookVersion equals the published hook's version", () => {
    for (const entry of entries) expect(entry.hookVersion).toBe(HOOK_VERSIONS[entry.hook]);
  });

  test('B12 pairs of id and hook are unique, and so are ids', () => {
    expect(new Set(entries.map((entry) => entry.id)).size).toBe(entries.length);
  });

  test('B14 a JWT on discovery does not break it', async () => {
    expect((await send(`${service.url}/cds-services`, { headers: { authorization: 'Bearer a.b.c' } })).status).toBe(
      200,
    );
  });

  test('A2 A3 A4 discovery holds no null and nothing empty', () => {
    expect(emptyPlaces({ services: entries })).toEqual([]);
  });
});

describe('prefetch templates', () => {
  test('C1 C3 tokens are {{context.<field>}} or one of the four user ids', () => {
    for (const template of templates) {
      for (const [token] of template.matchAll(/\{\{.*?\}\}/g)) {
        expect(token).toMatch(
          /^\{\{(context\.[A-Za-z]+|user(Practitioner|PractitionerRole|Patient|RelatedPerson)Id)\}\}$/,
        );
      }
      expect(template.replace(/\{\{.*?\}\}/g, '')).not.toMatch(/[{}]/);
    }
  });

  test('C2 only root-level primitive fields that every hook marks as prefetch tokens', () => {
    for (const template of templates)
      expect([...template.matchAll(/\{\{(.*?)\}\}/g)].map(([, token]) => token)).toEqual(['context.patientId']);
  });

  test('C4 templates are relative FHIR reads or searches', () => {
    for (const template of templates) expect(template).toMatch(/^[A-Z][A-Za-z]+[/?]/);
  });

  test('C5 only parameters of the recommended subset, each at most once', () => {
    for (const template of templates.filter((text) => text.includes('?'))) {
      const names = [...new URLSearchParams(template.split('?')[1])].map(([name]) => name);
      expect(new Set(names).size).toBe(names.length);
      for (const name of names) expect(['patient', '_count', '_sort']).toContain(name);
    }
  });
});
