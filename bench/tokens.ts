/**
 * What it costs to know who calls: the same service and the same body without a token, with one of ES384 and with one of RS384, in turns.
 * Demo mode, which lets in unsigned calls and checks the tokens of registered clients as production does. Each token is made beforehand and
 * opens one call. The ratio travels to other machines, the figures do not. `npm run bench:tokens`, or `npm run bench:tokens -- 500` for fewer requests.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { buildBody, readExample } from './bodies.js';
import { serve } from './child.js';
import { measure, type Measured } from './load.js';

const REQUESTS = Number(process.argv[2] ?? 2000);
const ROUNDS = 4;
const SIZES = [2, 30];
const PUBLIC_URL = 'https://cds.example.org';

interface Caller {
  readonly name: string;
  /** Headers of so many calls. */
  readonly headers: (path: string, count: number) => Promise<readonly Readonly<Record<string, string>>[]>;
}

async function createCaller(algorithm: string) {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const issuer = `https://${algorithm.toLowerCase()}.example.org`;
  const sign = (path: string): Promise<string> =>
    new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ alg: algorithm, kid: 'key', typ: 'JWT' })
      .setIssuer(issuer)
      .setAudience(PUBLIC_URL + path)
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey);
  return {
    entry: {
      id: algorithm.toLowerCase(),
      token: { issuer, keys: { keys: [{ ...(await exportJWK(publicKey)), kid: 'key' }] } },
    },
    caller: {
      name: algorithm,
      headers: (path: string, count: number) =>
        Promise.all(Array.from({ length: count }, async () => ({ authorization: `Bearer ${await sign(path)}` }))),
    },
  };
}

const UNSIGNED: Caller = { name: 'none', headers: async (_path, count) => Array.from({ length: count }, () => ({})) };

const signers = [await createCaller('ES384'), await createCaller('RS384')];
const callers: readonly Caller[] = [UNSIGNED, ...signers.map(({ caller }) => caller)];
const folder = mkdtempSync(join(tmpdir(), 'plexus-bench-'));
const registry = join(folder, 'clients.yaml');
// JSON is YAML.
writeFileSync(registry, JSON.stringify(signers.map(({ entry }) => entry)));
const service = await serve(['--enable-source-maps', 'dist/main.js'], { CLIENTS_FILE: registry, PUBLIC_URL });
const example = readExample();
const path = `/cds-services/${example.service}`;

interface Cost extends Measured {
  readonly perSecond: number;
  /** Milliseconds of processor time of the server per request. */
  readonly cpu: number;
}

/** Each connection prepares some requests that it does not send. */
const SPARE = 100;

async function costOf(caller: Caller, body: string): Promise<Cost> {
  const headers = await caller.headers(path, REQUESTS + SPARE);
  let nth = 0;
  const each = { count: REQUESTS, headers: () => headers[nth++] ?? {} };
  const before = service.cpu() ?? Number.NaN;
  const measured = await measure({ url: service.url + path, body, each, seconds: 0 });
  const used = (service.cpu() ?? Number.NaN) - before;
  await checkUsed(headers[Math.floor(REQUESTS / 2)] ?? {}, body);
  return { ...measured, perSecond: measured.answered / measured.duration, cpu: used / measured.answered };
}

/** A token opens one call: one that was sent is refused now, and so it is known that tokens were sent and read. */
async function checkUsed(headers: Readonly<Record<string, string>>, body: string): Promise<void> {
  if (Object.keys(headers).length === 0) return;
  const init = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body };
  const { status } = await fetch(service.url + path, init);
  if (status !== 401) throw new Error(`a token that was sent before is answered ${status}: nobody looked at it`);
}

const print = (cells: readonly string[]): void => console.log(cells.map((cell) => cell.padStart(11)).join(''));

console.log(`Node ${process.version}; ${REQUESTS} requests each, 8 connections, the best figure of ${ROUNDS} rounds`);
for (const kilobytes of SIZES) {
  const body = buildBody(example, kilobytes).text;
  // The first seconds belong to the compiler inside Node.
  for (const caller of callers) await costOf(caller, body);
  const costs = callers.map((): Cost[] => []);
  // In turns: a neighbour on the machine shall not decide the ratio.
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [nth, caller] of callers.entries()) costs[nth]?.push(await costOf(caller, body));
  const best = costs.map((list) => ({
    perSecond: Math.max(...list.map(({ perSecond }) => perSecond)),
    p50: Math.min(...list.map(({ p50 }) => p50)),
    cpu: Math.min(...list.map(({ cpu }) => cpu)),
    failed: list.reduce((sum, { failed }) => sum + failed, 0),
  }));
  console.log(`\n${(body.length / 1000).toFixed(1)} KB`);
  print(['token', 'requests/s', 'ratio', 'p50 ms', 'cpu ms', 'cpu ratio', 'failed']);
  const [unsigned] = best;
  for (const [nth, { perSecond, p50, cpu, failed }] of best.entries())
    print([
      callers[nth]?.name ?? '',
      perSecond.toFixed(0),
      (perSecond / (unsigned?.perSecond ?? Number.NaN)).toFixed(2),
      p50.toFixed(2),
      cpu.toFixed(3),
      (cpu / (unsigned?.cpu ?? Number.NaN)).toFixed(2),
      String(failed),
    ]);
}
await service.stop();
rmSync(folder, { recursive: true });
