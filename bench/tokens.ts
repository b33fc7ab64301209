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

const REQUESTS = Number(process.argv[2] ?? 3000);
const ROUNDS = 2;
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

async function costOf(caller: Caller, body: string, count = REQUESTS): Promise<Cost> {
  const headers = await caller.headers(path, count);
  const before = service.cpu() ?? Number.NaN;
  const measured = await measure({ url: service.url + path, body, headers, seconds: 0 });
  const used = (service.cpu() ?? Number.NaN) - before;
  return { ...measured, perSecond: measured.answered / measured.duration, cpu: used / measured.answered };
}

const print = (cells: readonly string[]): void => console.log(cells.map((cell) => cell.padStart(11)).join(''));

console.log(`Node ${process.version}; ${REQUESTS} requests each, 8 connections, the better of ${ROUNDS} rounds`);
for (const kilobytes of SIZES) {
  const body = buildBody(example, kilobytes).text;
  // The first seconds belong to the compiler inside Node.
  for (const caller of callers) await costOf(caller, body, Math.ceil(REQUESTS / 4));
  const best = new Map<string, Cost>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const caller of callers) {
      const cost = await costOf(caller, body);
      if (cost.perSecond > (best.get(caller.name)?.perSecond ?? 0)) best.set(caller.name, cost);
    }
  }
  console.log(`\n${(body.length / 1000).toFixed(1)} KB`);
  print(['token', 'requests/s', 'ratio', 'p50 ms', 'p99 ms', 'cpu ms', 'failed']);
  const unsigned = best.get(UNSIGNED.name)?.perSecond ?? Number.NaN;
  for (const [name, { perSecond, p50, p99, cpu, failed }] of best)
    print([
      name,
      perSecond.toFixed(0),
      (perSecond / unsigned).toFixed(2),
      p50.toFixed(2),
      p99.toFixed(2),
      cpu.toFixed(3),
      String(failed),
    ]);
}
await service.stop();
rmSync(folder, { recursive: true });
