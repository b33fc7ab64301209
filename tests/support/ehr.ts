/** The demo EHR's FHIR API alone, on a server that knows nothing else: a peer that speaks real HTTP. */
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { DEMO_FHIR, serveFhir } from '../../src/demo/fhir-api.js';
import { createStore } from '../../src/demo/fhir-store.js';
import type { SeedResource } from '../../src/demo/fhir-store.js';

export interface RunningEhr {
  /** Base URL of the FHIR API, without trailing slash. */
  readonly url: string;
  /** Number of requests so far, by resource type. */
  readonly asked: ReadonlyMap<string, number>;
  readonly close: () => Promise<void>;
}

/** Starts an EHR with these resources on a free port; the resources that it makes get ids `new-1`, `new-2` and so on. */
export async function startEhr(resources: readonly SeedResource[], now: () => number = Date.now): Promise<RunningEhr> {
  const server = Fastify();
  const asked = new Map<string, number>();
  server.addHook('onRequest', async ({ params }) => {
    const { type } = params as { readonly type?: string };
    if (type !== undefined) asked.set(type, (asked.get(type) ?? 0) + 1);
  });
  let made = 0;
  const store = createStore(resources, { newId: () => `new-${++made}`, now });
  serveFhir(server, store, { now, timeZone: 'Europe/Amsterdam' });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}${DEMO_FHIR}`, asked, close: () => server.close() };
}
