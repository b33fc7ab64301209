/**
 * Environment in, frozen `Config` out; the only reader of process.env.
 * Every wrong setting is refused at start-up with a sentence that names the variable and the cure.
 * Opens no file and no connection.
 */
import { Ajv } from 'ajv';
import { isLoopback, withoutSlash } from './base-url.js';
import {
  FORMATS,
  SETTINGS,
  listOf,
  type DISCOVERIES,
  type JURISDICTIONS,
  type LOG_LEVELS,
  type MODES,
  type Variable,
} from './settings.js';

type Language = 'nl' | 'en' | 'fr';

export interface Config {
  readonly mode: (typeof MODES)[number];
  readonly host: string;
  /** 0 lets the system choose a free port. */
  readonly port: number;
  /** Base URL as clients call it, without trailing slash. */
  readonly publicUrl?: string;
  readonly clientsFile?: string;
  /** Path of the file with the secret from which pseudonyms and the chain of the audit stream are keyed. */
  readonly secretFile?: string;
  /** Folder of the audit stream; absent: nothing is audited, which production refuses. */
  readonly auditDir?: string;
  /** Where replicas share which tokens were seen; absent: each remembers its own. */
  readonly databaseUrl?: string;
  /** Whether GET /cds-services is answered without a token. */
  readonly discovery: (typeof DISCOVERIES)[number];
  /** Origins of pages that may call from a browser. */
  readonly corsOrigins: readonly string[] | 'any';
  /** Addresses and networks (CIDR) whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  /** Calls that one client may make in a minute, where its entry does not say; 0: any number. */
  readonly callsPerMinute: number;
  /** Requests that may be under way at once; more are answered 503. */
  readonly mostAtOnce: number;
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

/** The variables as ajv leaves them: defaults filled in, numbers as numbers. */
interface Settings {
  /** Absent on this machine only: demo. */
  readonly PLEXUS_MODE?: Config['mode'];
  readonly HOST: string;
  readonly PORT: number;
  readonly PUBLIC_URL?: string;
  readonly CLIENTS_FILE?: string;
  readonly SECRET_FILE?: string;
  readonly AUDIT_DIR?: string;
  readonly DATABASE_URL?: string;
  readonly DISCOVERY: Config['discovery'];
  readonly CORS_ORIGINS?: string;
  readonly TRUSTED_PROXIES?: string;
  readonly CALLS_PER_MINUTE?: number;
  readonly MOST_AT_ONCE: number;
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

const isSettings = new Ajv({
  allErrors: true,
  coerceTypes: true,
  useDefaults: true,
  formats: FORMATS,
}).compile<Settings>({
  type: 'object',
  properties: Object.fromEntries(VARIABLES.map((name) => [name, SETTINGS[name].schema])),
});

/** Production does without none of these. */
const NEEDED_IN_PRODUCTION = ['CLIENTS_FILE', 'SECRET_FILE', 'AUDIT_DIR'] as const;

/** What production needs beyond well-formed values. */
function productionFaults(settings: Settings): string[] {
  if (settings.PLEXUS_MODE !== 'production') return [];
  const missing = NEEDED_IN_PRODUCTION.filter((name) => settings[name] === undefined);
  return [
    ...(settings.PUBLIC_URL?.startsWith('https:') === true
      ? []
      : ['PUBLIC_URL is needed in production: set it to the https base URL that clients call.']),
    ...missing.map((name) => `${name} is needed in production: ${SETTINGS[name].cure}.`),
  ];
}

/** A mode that was forgotten must not open the service to whoever reaches it: beyond this machine, demo mode is chosen by name. */
const modeFaults = ({ PLEXUS_MODE, HOST }: Settings): string[] =>
  PLEXUS_MODE === undefined && !isLoopback(HOST)
    ? [
        `PLEXUS_MODE is needed where HOST (${HOST}) is more than this machine: set it to production, or to demo to let in whoever reaches it.`,
      ]
    : [];

/**
 * Reads the settings; an empty variable counts as unset.
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
  const faults = [...modeFaults(settings), ...productionFaults(settings)];
  if (faults.length > 0) throw new ConfigError(faults);
  return toConfig(settings);
}

const modeOf = ({ PLEXUS_MODE }: Settings): Config['mode'] => PLEXUS_MODE ?? 'demo';

function languagesOf(settings: Settings): Config['languages'] {
  const { LANGUAGES, DRAFT_LANGUAGES } = settings;
  const [first, ...others] = LANGUAGES.split(',') as [Language, ...Language[]];
  // A demonstration shows everything there is; a practice asks for a draft itself.
  const drafts = DRAFT_LANGUAGES ?? (modeOf(settings) === 'demo' ? 'fr' : 'none');
  return [first, ...others, ...(drafts === 'none' ? [] : [drafts])];
}

/** Ours: ten calls a second, for an EHR of some hundreds of GPs. */
const CALLS_PER_MINUTE = 600;

function toConfig(settings: Settings): Config {
  const mode = modeOf(settings);
  const isDemo = mode === 'demo';
  return Object.freeze({
    mode,
    host: settings.HOST,
    port: settings.PORT,
    ...(settings.PUBLIC_URL !== undefined && { publicUrl: withoutSlash(settings.PUBLIC_URL) }),
    ...(settings.CLIENTS_FILE !== undefined && { clientsFile: settings.CLIENTS_FILE }),
    ...(settings.SECRET_FILE !== undefined && { secretFile: settings.SECRET_FILE }),
    ...(settings.AUDIT_DIR !== undefined && { auditDir: settings.AUDIT_DIR }),
    ...(settings.DATABASE_URL !== undefined && { databaseUrl: settings.DATABASE_URL }),
    discovery: settings.DISCOVERY,
    corsOrigins: isDemo && settings.CORS_ORIGINS === undefined ? 'any' : Object.freeze(listOf(settings.CORS_ORIGINS)),
    trustedProxies: Object.freeze(listOf(settings.TRUSTED_PROXIES)),
    // A demonstration replays months of a patient at once.
    callsPerMinute: settings.CALLS_PER_MINUTE ?? (isDemo ? 0 : CALLS_PER_MINUTE),
    mostAtOnce: settings.MOST_AT_ONCE,
    jurisdiction: settings.JURISDICTION,
    timeZone: settings.TIME_ZONE,
    languages: Object.freeze(languagesOf(settings)),
    deadlineMs: settings.DEADLINE_MS,
    bodyLimit: settings.BODY_LIMIT,
    logLevel: settings.LOG_LEVEL,
    rulesDisabled: Object.freeze(listOf(settings.RULES_DISABLED)),
    ...(settings.SETTINGS_FILE !== undefined && { settingsFile: settings.SETTINGS_FILE }),
    explain: (settings.EXPLAIN ?? (isDemo ? 'on' : 'off')) === 'on',
  });
}

/** Base URL as clients call it, without trailing slash; without PUBLIC_URL the address that is listened on. */
export const publicUrlOf = ({ publicUrl, host, port }: Pick<Config, 'publicUrl' | 'host' | 'port'>): string =>
  publicUrl ?? `http://${host}:${port}`;
