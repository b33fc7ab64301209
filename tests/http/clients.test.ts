/** What a client's entry in the registry changes, on the wire; and what a mistake in the registry says at start. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Card } from '../../src/cds-hooks/response.js';
import { loadClients } from '../../src/load-clients.js';
import { ROOT } from '../support/files.js';
import { condition, daysAgo, nrs } from '../support/records.js';
import { pathOf, requestFor, searchsetOf } from '../support/requests.js';
import { post, startService, type RunningService } from '../support/service.js';

const BASE = (name: string) => `https://${name}.example/fhir`;
const LOCAL = { system: 'urn:local:problems', code: 'P-77' };
let service: RunningService;
beforeAll(async () => {
  service = await startService({
    clients: [
      { id: 'belgian', fhirServers: [`${BASE('belgian')}/`], jurisdiction: 'BE' },
      { id: 'shadow', fhirServers: [BASE('shadow')], shadow: true },
      { id: 'quiet', fhirServers: [BASE('quiet')], disabled: ['NaSuspicion'] },
      { id: 'aliased', fhirServers: [BASE('aliased')], prefetchAliases: { problemen: 'conditions' } },
      { id: 'local', fhirServers: [BASE('local')], codes: [{ ...LOCAL, concept: 'neuralgic-amyotrophy' }] },
      { id: 'short-list', fhirServers: [BASE('short-list')], conditionsComplete: false },
    ],
  });
});
afterAll(() => service.close());

const SHOULDER = ['site-shoulder', 'side-right'];
const PAIN = condition('shoulder-pain', daysAgo(3), SHOULDER);
const SEVERE = nrs(9, daysAgo(0), SHOULDER);

/** A request of a client about a patient of whom everything was searched. */
function requestOf(client: string, prefetch: Readonly<Record<string, unknown>> = {}) {
  const request = requestFor('patient-view');
  for (const key of Object.keys(request.prefetch)) if (key !== 'patient') request.prefetch[key] = searchsetOf();
  Object.assign(request.prefetch, { conditions: searchsetOf(PAIN), observations: searchsetOf(SEVERE), ...prefetch });
  const extension = { 'example.plexus-cds.request': { now: '2026-11-21T10:00:00+01:00', language: 'en' } };
  return { ...request, fhirServer: BASE(client), extension };
}
const cardsOf = async (client: string, prefetch?: Readonly<Record<string, unknown>>): Promise<readonly Card[]> => {
  const answer = await post(service.url + pathOf('patient-view'), requestOf(client, prefetch));
  expect(answer.status).toBe(200);
  return (answer.json as { cards: readonly Card[] }).cards;
};
const explained = async (client: string, prefetch?: Readonly<Record<string, unknown>>) =>
  (await post(`${service.url}/explain/plexus-patient-view`, requestOf(client, prefetch))).json as {
    cards: readonly Card[];
    trace: { jurisdiction: string; sources: Record<string, string> };
  };
const topics = (cards: readonly Card[]) => cards.map(({ source }) => source.topic.code);

describe('a registered client', () => {
  test('one that is not registered gets what the settings say', async () => {
    expect((await explained('nobody')).trace.jurisdiction).toBe('NL');
    expect(topics(await cardsOf('nobody'))).toContain('NaSuspicion');
  });

  test('has its jurisdiction, its address written with a slash or without', async () => {
    expect((await explained('belgian')).trace.jurisdiction).toBe('BE');
  });

  test('in shadow is evaluated and counted, and shown nothing', async () => {
    expect(await cardsOf('shadow')).toEqual([]);
    expect(topics((await explained('shadow')).cards)).toContain('NaSuspicion');
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toMatch(/plexus_cards_total\{[^}]*decision="NaSuspicion"[^}]*shown="no"\} 1/);
  });

  test('is not told by rules and decisions that are switched off for it', async () => {
    expect(topics(await cardsOf('quiet'))).not.toContain('NaSuspicion');
  });

  test('may call our prefetch keys what it likes', async () => {
    const renamed = { conditions: undefined, problemen: searchsetOf(PAIN) };
    expect((await explained('aliased', renamed)).trace.sources['conditions']).toBe('resource');
    expect((await explained('nobody', renamed)).trace.sources['conditions']).toBe('partial');
  });

  test('is understood in its own codes', async () => {
    const local = { ...PAIN, code: { coding: [LOCAL] } };
    const listed = { conditions: searchsetOf(local) };
    const speaksOfNa = async (client: string) => (await cardsOf(client, listed)).length > 0;
    expect([await speaksOfNa('local'), await speaksOfNa('nobody')]).toEqual([true, false]);
  });

  test('with a short list of problems has no "first time" and no "none recorded"', async () => {
    expect((await explained('nobody')).trace.sources['conditions']).toBe('resource');
    expect((await explained('short-list')).trace.sources['conditions']).toBe('partial');
  });
});

describe('a registry with a mistake stops the start with file, place and cure', () => {
  test.each([
    ['an unknown key', [{ id: 'a', fhirServer: BASE('a') }], /clients\.yaml:\d+: unknown key "fhirServer"/],
    ['no id', [{ fhirServers: [BASE('a')] }], /must have required property 'id'/],
    ['an address with a query', [{ id: 'a', fhirServers: ['https://a.example/fhir?x=1'] }], /must match format/],
    ['an address with a password', [{ id: 'a', fhirServers: ['https://u:p@a.example/fhir'] }], /must match format/],
    [
      'one server for two clients',
      [
        { id: 'a', fhirServers: [BASE('a')] },
        { id: 'b', fhirServers: [`${BASE('a')}/`] },
      ],
      /is also that of a; a server has one client/,
    ],
    ['a private address', [{ id: 'a', fhirServers: ['http://10.0.0.5/fhir'] }], /set privateNetwork: true/],
    ['a private IPv6 address', [{ id: 'a', fhirServers: ['http://[fd00::1]/fhir'] }], /set privateNetwork: true/],
    ['a rule that does not exist', [{ id: 'a', disabled: ['na-suspicoin'] }], /client a, names na-suspicoin/],
    [
      'a code for no concept',
      [{ id: 'a', codes: [{ ...LOCAL, concept: 'neuralgic-amyotrofy' }] }],
      /client a, maps a code to neuralgic-amyotrofy, which is no concept/,
    ],
    [
      'order codes for no template',
      [{ id: 'a', orderCodes: { 'mri-nek': [LOCAL] } }],
      /client a, has codes for mri-nek, which is no order template/,
    ],
    [
      'order codes where tablets are counted',
      [{ id: 'a', orderCodes: { 'prednisone-adult': [LOCAL] } }],
      /has codes for prednisone-adult, which counts tablets of a strength that another code may not have: leave it out/,
    ],
    ['an order without a code', [{ id: 'a', orderCodes: { 'mri-neck': [] } }], /must NOT have fewer than 1 items/],
    [
      'an order code without a system',
      [{ id: 'a', orderCodes: { emg: [{ code: 'E' }] } }],
      /required property 'system'/,
    ],
    ['a suggestion without room', [{ id: 'a', capabilities: { actions: 0 } }], /actions must be >= 1/],
    ['an unknown capability', [{ id: 'a', capabilities: { html: true } }], /unknown key "html"/],
    ['a deadline of a minute', [{ id: 'a', deadlineMs: 60_000 }], /deadlineMs must be <= 10000/],
  ])('%s', async (_, clients, sentence) => {
    await expect(startService({ clients })).rejects.toThrow(sentence);
  });

  test('a file that cannot be read', async () => {
    await expect(startService({ env: { CLIENTS_FILE: '/nowhere/clients.yaml' } })).rejects.toThrow(
      'CLIENTS_FILE cannot be read: set it to the path of a readable YAML file.',
    );
  });

  test('the example registry is one', () => {
    expect(loadClients(`${ROOT}/docs/clients.example.yaml`, 'production')).toMatchObject([
      { id: 'practice-utrecht', deadlineMs: 1500 },
      { id: 'hospital-gent' },
    ]);
  });

  test('a private address that is meant', async () => {
    const clients = [{ id: 'a', fhirServers: ['http://10.0.0.5/fhir'], privateNetwork: true }];
    await (await startService({ clients })).close();
  });
});
