/**
 * The secret of the service: the file of SECRET_FILE enters, a key for each purpose leaves (HKDF, RFC 5869), so that none tells of another.
 * Throws ConfigError. Read at start-up only.
 */
import { hkdfSync, randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { ConfigError } from './config.js';
import { SETTINGS } from './settings.js';

/** Keys of 32 bytes. */
export interface Keys {
  /** Makes the pseudonyms of patients. */
  readonly pseudonym: Buffer;
  /** Seals the lines of the audit stream. */
  readonly chain: Buffer;
}

/** Bytes. */
const LEAST = 32;
/** Bytes. Ours: far more than any secret, and nothing that fills memory. */
const MOST = 4096;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;
/** Permission to write, of users other than owner and group. */
const WRITABLE_BY_OTHERS = 0o002;

/** The keys of the secret in the file; without a file of random bytes, so that what is made with them ends with the process. */
export function loadKeys(path: string | undefined): Keys {
  const secret = path === undefined ? randomBytes(LEAST) : readSecret(path);
  const keyFor = (purpose: string) => Buffer.from(hkdfSync('sha256', secret, '', `plexus-cds ${purpose}`, 32));
  return { pseudonym: keyFor('pseudonym'), chain: keyFor('audit chain') };
}

function readSecret(path: string): Buffer {
  // Line ends are what openssl breaks long secrets with.
  const text = readSmallFile(path).replaceAll(/\s/g, '');
  const secret = Buffer.from(text, 'base64');
  if (!BASE64.test(text) || secret.length < LEAST) throw refusal('holds no 32 bytes in Base64');
  return secret;
}

/**
 * Whoever can write the file can make seals of his own, so a file that everybody may write is refused. That everybody may read it is not:
 * secrets are mounted so by container engines (Docker 0444, Kubernetes 0644), where the container is the boundary.
 */
function readSmallFile(path: string): string {
  let reason = 'cannot be read';
  try {
    const { mode, size, ...file } = statSync(path);
    if (!file.isFile()) reason = 'is no file';
    else if (size > MOST) reason = `is larger than ${MOST} bytes`;
    else if ((mode & WRITABLE_BY_OTHERS) !== 0) reason = 'may be written by everybody: take that permission away, or';
    else return readFileSync(path, 'utf8');
  } catch {
    // The reason stands already.
  }
  throw refusal(reason);
}

function refusal(reason: string): ConfigError {
  return new ConfigError([`SECRET_FILE ${reason}${reason.endsWith('or') ? ' ' : ': '}${SETTINGS.SECRET_FILE.cure}.`]);
}
