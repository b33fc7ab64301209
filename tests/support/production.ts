/** The service in production mode with one registered client, and the tokens with which that client calls. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT, exportJWK, generateKeyPair, type CryptoKey, type JWK } from 'jose';
import type { Environment } from '../../src/config.js';
import { startService, type RunningService, type ServiceOptions } from './service.js';

export const PUBLIC_URL = 'https://cds.example.org/plexus';
export const ISSUER = 'https://ehr.example.org';

/** A key pair and the id under which its public half is listed. */
export interface SigningKey {
  readonly id: string;
  readonly algorithm: string;
  readonly private: CryptoKey;
  readonly public: JWK;
}

/** Makes a key pair. */
export async function makeKey(id = 'key-1', algorithm = 'ES384'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  return {
    id,
    algorithm,
    private: privateKey,
    public: { ...(await exportJWK(publicKey)), kid: id, alg: algorithm, use: 'sig' },
  };
}

/** What differs from a good token; undefined takes a member away. */
export interface TokenChange {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970 at which it is signed; real time when absent. */
  readonly now?: number;
}

/** A token for a call to `path` below the public URL, good but for the change. */
export async function tokenFor(
  path: string,
  key: SigningKey,
  { header, claims, now }: TokenChange = {},
): Promise<string> {
  const issued = Math.floor((now ?? Date.now()) / 1000);
  const payload = { iss: ISSUER, aud: PUBLIC_URL + path, iat: issued, exp: issued + 300, jti: randomUUID(), ...claims };
  return new SignJWT(payload)
    .setProtectedHeader({ alg: key.algorithm, kid: key.id, typ: 'JWT', ...header })
    .sign(key.private);
}

export interface ProductionService extends RunningService {
  readonly key: SigningKey;
  /** Folder of the audit stream. */
  readonly auditDir: string;
  readonly secretFile: string;
  /** The Authorization header of a good call to `path`. */
  readonly authorization: (path: string, change?: TokenChange) => Promise<{ readonly authorization: string }>;
}

/** Files and settings of a site; `remove` takes the files away. */
export interface Site {
  readonly env: Environment;
  readonly auditDir: string;
  readonly secretFile: string;
  readonly remove: () => void;
}

/** Lays out what production needs beside the registry. */
export function makeSite(): Site {
  const folder = mkdtempSync(join(tmpdir(), 'plexus-site-'));
  const secretFile = join(folder, 'secret');
  const auditDir = join(folder, 'audit');
  writeFileSync(secretFile, randomBytes(32).toString('base64'), { mode: 0o600 });
  return {
    auditDir,
    secretFile,
    env: { PLEXUS_MODE: 'production', PUBLIC_URL, SECRET_FILE: secretFile, AUDIT_DIR: auditDir },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/**
 * Starts the service in production mode. `client` adds to the entry of the one client; options as for any service.
 * However many calls are refused, each is told 401, where `overrides` do not say otherwise: a test is one address.
 */
export async function startProduction(
  client: Readonly<Record<string, unknown>> = {},
  options: ServiceOptions = {},
): Promise<ProductionService> {
  const key = await makeKey();
  const site = makeSite();
  const entry = { id: 'ehr', token: { issuer: ISSUER, keys: { keys: [key.public] } }, ...client };
  const service = await startService({
    ...options,
    overrides: { refusalsPerMinute: 1_000_000, ...options.overrides },
    env: { ...site.env, ...options.env },
    clients: [entry, ...(options.clients ?? [])],
  });
  return {
    ...service,
    key,
    auditDir: site.auditDir,
    secretFile: site.secretFile,
    authorization: async (path, change) => ({ authorization: `Bearer ${await tokenFor(path, key, change)}` }),
    close: async () => {
      await service.close();
      site.remove();
    },
  };
}
