/**
 * What a bad FHIR server costs us: thousands of requests whose data have to be read from a server that fails in every way, and the memory
 * of the service meanwhile. `npm run bench:fhir`, or `npm run bench:fhir -- 1000` for fewer requests of each kind.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { serve } from './child.js';

const PER_KIND = Number(process.argv[2] ?? 2000);
const AT_ONCE = 20;
const DEADLINE = 200;
const CHUNK = Buffer.alloc(64 * 1024, ' ');

function pump(response: ServerResponse): void {
  while (!response.destroyed && response.write(CHUNK));
  if (!response.destroyed) response.once('drain', () => pump(response));
}

/** Ways to fail, by the first part of the server's path. */
const WAYS: Readonly<Record<string, RequestListener>> = {
  html: (_, response) => void response.end('<html>Log in</html>'),
  unauthorised: (_, response) => void response.writeHead(401).end(),
  redirect: (_, response) => void response.writeHead(302, { location: '/html' }).end(),
  chain: ({ url = '' }, response) => {
    const link = [{ relation: 'next', url: `${url}&n=${Math.random()}` }];
    response.end(JSON.stringify({ resourceType: 'Bundle', type: 'searchset', link, entry: [] }));
  },
  endless: (_, response) => pump(response),
};

const evil = createServer((request, response) => {
  WAYS[request.url?.split('/')[1] ?? '']?.(request, response);
}).listen(0, '127.0.0.1');
await once(evil, 'listening');
const evilAt = `http://127.0.0.1:${(evil.address() as AddressInfo).port}`;

const folder = mkdtempSync(join(tmpdir(), 'plexus-bench-'));
const registry = join(folder, 'clients.yaml');
const fhirServers = Object.keys(WAYS).map((way) => `${evilAt}/${way}`);
// JSON is YAML.
writeFileSync(
  registry,
  JSON.stringify([{ id: 'evil', fhirServers, open: true, privateNetwork: true, deadlineMs: DEADLINE }]),
);
const service = await serve(['dist/main.js'], { CLIENTS_FILE: registry });

const patient = { resourceType: 'Patient', id: 'p1', birthDate: '1980-02-01' };
const bodyFor = (fhirServer: string): string =>
  JSON.stringify({
    hook: 'patient-view',
    hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
    context: { userId: 'Practitioner/1', patientId: 'p1' },
    prefetch: { patient },
    fhirServer,
  });

async function ask(body: string, times: number[], statuses: Map<number, number>): Promise<void> {
  const began = performance.now();
  const answer = await fetch(`${service.url}/cds-services/plexus-patient-view`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  await answer.arrayBuffer();
  times.push(performance.now() - began);
  statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
}

const megabytes = (): string => `${Math.round(service.memory() ?? Number.NaN)} MB`;
console.log(`deadline ${DEADLINE} ms; at start ${megabytes()}`);
for (const server of fhirServers) {
  const body = bodyFor(server);
  const times: number[] = [];
  const statuses = new Map<number, number>();
  const caller = async (): Promise<void> => {
    while (times.length < PER_KIND - AT_ONCE + 1) await ask(body, times, statuses);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, caller));
  const sorted = times.sort((one, other) => one - other);
  const p99 = Math.round(sorted[Math.floor(sorted.length * 0.99)] ?? 0);
  const answers = [...statuses].map(([status, count]) => `${count} x ${status}`).join(', ');
  console.log(`${server.slice(evilAt.length + 1).padEnd(13)} ${answers}; p99 ${p99} ms; then ${megabytes()}`);
}
await service.stop();
evil.closeAllConnections();
evil.close();
rmSync(folder, { recursive: true });
