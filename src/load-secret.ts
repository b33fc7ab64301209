/**
 * The secret of the service: the file of SECRET_FILE enters, a key for each purpose leaves (HKDF, RFC 5869), so that none tells of another.
 * Throws ConfigError. Read at start-up only.
 */
import { hkdfSync, randomBytes } from 'node:crypto';
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
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
  const fault = faultOf(path);
  if (fault !== undefined) throw refusal(fault);
  // Line ends are what openssl breaks long secrets with.
  const text = readFileSync(path, 'utf8').replaceAll(/\s/g, '');
  const secret = Buffer.from(text, 'base64');
  if (!BASE64.test(text) || secret.length < LEAST) throw refusal(`holds no ${LEAST} bytes in Base64`);
  return secret;
}

/**
 * Whoever can write the file can make seals of his own, so a file that everybody may write is refused. That everybody may read it is not:
 * secrets are mounted so by container engines (Docker 0444, Kubernetes 0644), where the container is the boundary.
 */
function faultOf(path: string): string | undefined {
  try {
    accessSync(path, constants.R_OK);
  } catch {
    return 'cannot be read';
  }
  const file = statSync(path);
  if (!file.isFile()) return 'is no file';
  if (file.size > MOST) return `is larger than ${MOST} bytes`;
  if ((file.mode & WRITABLE_BY_OTHERS) !== 0) return "may be written by everybody, which makes it nobody's secret";
  return undefined;
}

const refusal = (fault: string): ConfigError =>
  new ConfigError([`SECRET_FILE ${fault}: ${SETTINGS.SECRET_FILE.cure}.`]);
