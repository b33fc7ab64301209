/** What each environment variable may be, and the sentence for when it is something else. Opens nothing and reads nothing. */
import { isIP } from 'node:net';
import { isBaseUrl } from './base-url.js';

export const MODES = ['demo', 'production'] as const;
export const JURISDICTIONS = ['NL', 'BE'] as const;
export const DISCOVERIES = ['open', 'closed'] as const;
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** What each variable may be, and the sentence for when it is something else. */
export const SETTINGS = {
  PLEXUS_MODE: { schema: { enum: MODES }, cure: 'set it to demo or production' },
  HOST: {
    schema: { type: 'string', pattern: '^[A-Za-z0-9.:-]+$', default: '127.0.0.1' },
    cure: 'set it to a host name or an IP address, such as 127.0.0.1',
  },
  PORT: {
    schema: { type: 'integer', minimum: 0, maximum: 65535, default: 8080 },
    cure: 'set it to a whole number from 0 to 65535',
  },
  PUBLIC_URL: {
    schema: { type: 'string', format: 'base-url' },
    cure: 'set it to the http(s) base URL that clients call, without user, query or fragment',
  },
  CLIENTS_FILE: { schema: { type: 'string' }, cure: 'set it to the path of the client registry' },
  SECRET_FILE: {
    schema: { type: 'string' },
    cure: 'set it to the path of a file that holds at least 32 random bytes in Base64, such as openssl rand -base64 32 writes',
  },
  AUDIT_DIR: {
    schema: { type: 'string' },
    cure: 'set it to a folder in which this service may create and append files',
  },
  DATABASE_URL: {
    schema: { type: 'string', format: 'database-url' },
    cure: 'set it to the postgres:// URL of a database that all replicas share, with sslmode=verify-full, or sslmode=disable where the way to it is safe, and no other parameters than sslrootcert, sslcert and sslkey, each once',
  },
  DISCOVERY: {
    schema: { enum: DISCOVERIES, default: 'open' },
    cure: 'set it to open, or to closed to ask a token for GET /cds-services',
  },
  CORS_ORIGINS: {
    schema: { type: 'string', format: 'origins' },
    cure: 'set it to origins such as https://ehr.example.org with commas between, without path',
  },
  TRUSTED_PROXIES: {
    schema: { type: 'string', format: 'networks' },
    cure: 'set it to IP addresses or networks such as 10.0.0.0/8 with commas between',
  },
  CALLS_PER_MINUTE: {
    schema: { type: 'integer', minimum: 0, maximum: 1_000_000 },
    cure: 'set it to a whole number of calls from 1, or to 0 for any number',
  },
  MOST_AT_ONCE: {
    schema: { type: 'integer', minimum: 1, maximum: 10_000, default: 200 },
    cure: 'set it to a whole number of requests from 1 to 10000',
  },
  JURISDICTION: { schema: { enum: JURISDICTIONS, default: 'NL' }, cure: 'set it to NL or BE' },
  TIME_ZONE: {
    schema: { type: 'string', format: 'time-zone', default: 'Europe/Amsterdam' },
    cure: 'set it to an IANA time zone, such as Europe/Amsterdam',
  },
  LANGUAGES: {
    schema: { type: 'string', pattern: '^(nl(,en)?|en(,nl)?)$', default: 'nl,en' },
    cure: 'set it to nl, en, or both with a comma between; the first is the default',
  },
  DRAFT_LANGUAGES: {
    schema: { enum: ['fr', 'none'] },
    cure: 'set it to fr, or to none to serve proof-read languages only',
  },
  DEADLINE_MS: {
    schema: { type: 'integer', minimum: 100, maximum: 10_000, default: 2000 },
    cure: 'set it to a number of milliseconds from 100 to 10000',
  },
  BODY_LIMIT: {
    schema: { type: 'integer', minimum: 1024, maximum: 104_857_600, default: 5_242_880 },
    cure: 'set it to a number of bytes from 1024 to 104857600',
  },
  LOG_LEVEL: { schema: { enum: LOG_LEVELS, default: 'info' }, cure: `set it to one of ${LOG_LEVELS.join(', ')}` },
  RULES_DISABLED: {
    schema: { type: 'string', pattern: '^[A-Za-z0-9-]+( *, *[A-Za-z0-9-]+)*$' },
    cure: 'set it to rule ids or decisions with commas between',
  },
  SETTINGS_FILE: {
    schema: { type: 'string' },
    cure: 'set it to the path of a YAML file with numbers of rules/settings.yaml',
  },
  EXPLAIN: { schema: { enum: ['on', 'off'] }, cure: 'set it to on or off' },
} as const;
export type Variable = keyof typeof SETTINGS;

function isTimeZone(text: string): boolean {
  try {
    // Intl also takes offsets such as +01:00, which know no summer time.
    return /^[A-Za-z]/.test(text) && new Intl.DateTimeFormat('en', { timeZone: text }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}

/** The parts of a text with commas between; none of undefined. */
export const listOf = (text: string | undefined): readonly string[] => text?.split(',').map((one) => one.trim()) ?? [];

const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text;

function isNetwork(text: string): boolean {
  const [address = '', prefix = '1', ...more] = text.split('/');
  const most = isIP(address) === 6 ? 128 : 32;
  return isIP(address) !== 0 && more.length === 0 && /^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= most;
}

/** What the driver may be told in the query: anything else, as `host` or `ssl`, would undo what the rest of the URL says. */
const DATABASE_PARAMETERS = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey'];

/**
 * Of the other modes `require` means more to the driver than to PostgreSQL, and without one the environment decides. Names and the mode are
 * compared as they are written: of two the driver takes the last, and it decodes in a way of its own.
 */
function isDatabaseUrl(text: string): boolean {
  if (!/^postgres(ql)?:\/\/[^\s#]+$/.test(text) || !URL.canParse(text)) return false;
  const { hostname, search } = new URL(text);
  const parameters = search.slice(1).split('&');
  const names = parameters.map((parameter) => parameter.slice(0, parameter.indexOf('=')));
  const isKnown = names.every((name, nth) => DATABASE_PARAMETERS.includes(name) && names.indexOf(name) === nth);
  return hostname !== '' && isKnown && parameters.some((one) => /^sslmode=(verify-full|disable)$/.test(one));
}

/** The formats that the schemas of `SETTINGS` name. */
export const FORMATS = {
  'base-url': isBaseUrl,
  'database-url': isDatabaseUrl,
  'time-zone': isTimeZone,
  origins: (text: string) => listOf(text).every(isOrigin),
  networks: (text: string) => listOf(text).every(isNetwork),
};
