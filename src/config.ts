/**
 * Environment in, frozen `Config` out; the only reader of process.env.
 * Every wrong setting is refused at start-up with a sentence that names the variable and the cure.
 * Opens no file and no connection.
 */
import { Ajv } from 'ajv';
import { isBaseUrl, withoutSlash } from './base-url.js';

const MODES = ['demo', 'production'] as const;
const JURISDICTIONS = ['NL', 'BE'] as const;
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
type Language = 'nl' | 'en' | 'fr';

export interface Config {
  readonly mode: (typeof MODES)[number];
  readonly host: string;
  /** 0 lets the system choose a free port. */
  readonly port: number;
  /** Base URL as clients call it, without trailing slash. */
  readonly publicUrl?: string;
  readonly clientsFile?: string;
  readonly jurisdiction: (typeof JURISDICTIONS)[number];
  /** IANA zone in which the days of a patient are counted. */
  readonly timeZone: string;
  /** Served languages; the first is the default. French is a draft, there only when DRAFT_LANGUAGES or the demo mode allows it. */
  readonly languages: readonly [Language, ...Language[]];
  /** Milliseconds that reading from an EHR's FHIR server may take in one request. */
  readonly deadlineMs: number;
  /** Bytes. */
  readonly bodyLimit: number;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Ids of rules or decisions that are switched off. */
  readonly rulesDisabled: readonly string[];
  /** Path of a site's own numbers. */
  readonly settingsFile?: string;
  /** Whether POST /explain/{id} is served. */
  readonly explain: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Settings that cannot be used; `message` has one sentence per line. */
export class ConfigError extends Error {
  constructor(sentences: readonly string[]) {
    super(sentences.join('\n'));
    this.name = 'ConfigError';
  }
}

/** What each variable may be, and the sentence for when it is something else. */
export const SETTINGS = {
  PLEXUS_MODE: { schema: { enum: MODES, default: 'demo' }, cure: 'set it to demo or production' },
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
type Variable = keyof typeof SETTINGS;

/** The variables as ajv leaves them: defaults filled in, numbers as numbers. */
interface Settings {
  readonly PLEXUS_MODE: Config['mode'];
  readonly HOST: string;
  readonly PORT: number;
  readonly PUBLIC_URL?: string;
  readonly CLIENTS_FILE?: string;
  readonly JURISDICTION: Config['jurisdiction'];
  readonly TIME_ZONE: string;
  readonly LANGUAGES: string;
  readonly DRAFT_LANGUAGES?: 'fr' | 'none';
  readonly DEADLINE_MS: number;
  readonly BODY_LIMIT: number;
  readonly LOG_LEVEL: Config['logLevel'];
  readonly RULES_DISABLED?: string;
  readonly SETTINGS_FILE?: string;
  readonly EXPLAIN?: 'on' | 'off';
}

const VARIABLES = Object.keys(SETTINGS) as Variable[];

function isTimeZone(text: string): boolean {
  try {
    // Intl also takes offsets such as +01:00, which know no summer time.
    return /^[A-Za-z]/.test(text) && new Intl.DateTimeFormat('en', { timeZone: text }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}

const isSettings = new Ajv({
  allErrors: true,
  coerceTypes: true,
  useDefaults: true,
  formats: { 'base-url': isBaseUrl, 'time-zone': isTimeZone },
}).compile<Settings>({
  type: 'object',
  properties: Object.fromEntries(VARIABLES.map((name) => [name, SETTINGS[name].schema])),
});

/** What production needs beyond well-formed values. */
function productionFaults(settings: Settings): string[] {
  if (settings.PLEXUS_MODE !== 'production') return [];
  const faults = [
    'PLEXUS_MODE cannot be production yet: authentication of clients is not built, so only demo mode can run.',
  ];
  if (settings.PUBLIC_URL?.startsWith('https:') !== true)
    faults.push('PUBLIC_URL is needed in production: set it to the https base URL that clients call.');
  if (settings.CLIENTS_FILE === undefined)
    faults.push('CLIENTS_FILE is needed in production: set it to the path of the client registry.');
  return faults;
}

/**
 * Reads the settings; an empty variable counts as unset. DATABASE_URL is reserved and not read.
 * Throws `ConfigError` with a sentence per wrong variable.
 */
export function readConfig(environment: Environment = process.env): Config {
  const settings: unknown = Object.fromEntries(
    VARIABLES.flatMap((name) => {
      const value = environment[name]?.trim();
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
  if (!isSettings(settings)) {
    const wrong = new Set((isSettings.errors ?? []).map((error) => error.instancePath.slice(1) as Variable));
    throw new ConfigError([...wrong].map((name) => `${name} cannot be used: ${SETTINGS[name].cure}.`));
  }
  const faults = productionFaults(settings);
  if (faults.length > 0) throw new ConfigError(faults);
  return toConfig(settings);
}

function languagesOf({ PLEXUS_MODE, LANGUAGES, DRAFT_LANGUAGES }: Settings): Config['languages'] {
  const [first, ...others] = LANGUAGES.split(',') as [Language, ...Language[]];
  // A demonstration shows everything there is; a practice asks for a draft itself.
  const drafts = DRAFT_LANGUAGES ?? (PLEXUS_MODE === 'demo' ? 'fr' : 'none');
  return [first, ...others, ...(drafts === 'none' ? [] : [drafts])];
}

function toConfig(settings: Settings): Config {
  return Object.freeze({
    mode: settings.PLEXUS_MODE,
    host: settings.HOST,
    port: settings.PORT,
    ...(settings.PUBLIC_URL !== undefined && { publicUrl: withoutSlash(settings.PUBLIC_URL) }),
    ...(settings.CLIENTS_FILE !== undefined && { clientsFile: settings.CLIENTS_FILE }),
    jurisdiction: settings.JURISDICTION,
    timeZone: settings.TIME_ZONE,
    languages: Object.freeze(languagesOf(settings)),
    deadlineMs: settings.DEADLINE_MS,
    bodyLimit: settings.BODY_LIMIT,
    logLevel: settings.LOG_LEVEL,
    rulesDisabled: Object.freeze(settings.RULES_DISABLED?.split(',').map((id) => id.trim()) ?? []),
    ...(settings.SETTINGS_FILE !== undefined && { settingsFile: settings.SETTINGS_FILE }),
    explain: (settings.EXPLAIN ?? (settings.PLEXUS_MODE === 'demo' ? 'on' : 'off')) === 'on',
  });
}
