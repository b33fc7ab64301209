/**
 * Dockerfile, the Compose files and the examples of proxies, read as text: no container engine is needed to see that they still fit the project.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig, type Environment } from '../src/config.js';
import { filesBelow, readText, ROOT } from './support/files.js';

interface Service {
  readonly environment: Readonly<Record<string, string>>;
  readonly ports: readonly string[];
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly tmpfs: readonly string[];
  readonly privileged?: boolean;
  readonly user?: string;
  readonly volumes?: readonly string[];
  readonly configs?: readonly { readonly source: string; readonly target: string }[];
  readonly secrets?: readonly string[];
  readonly healthcheck: { readonly test: readonly string[] };
}

interface BuildConfig {
  readonly compilerOptions: { readonly outDir: string };
}

const HEALTH = '/health/live';
/** Settings of Node itself, not ours. */
const NODE_SETTINGS = ['NODE_ENV'];

const dockerfile = readText('Dockerfile').replaceAll('\\\n', ' ');
const instructions = dockerfile
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [, verb = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
    return { verb, rest };
  });
const having = (verb: string): string[] => instructions.filter((line) => line.verb === verb).map(({ rest }) => rest);

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly configs?: Readonly<Record<string, { readonly file: string }>>;
  readonly secrets?: Readonly<Record<string, { readonly file: string }>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
  readonly networks?: {
    readonly default: { readonly ipam: { readonly config: readonly { readonly gateway: string }[] } };
  };
}

const composeFile = (path: string): Compose => parse(readText(path)) as Compose;
const demo = composeFile('docker-compose.yml');
const production = composeFile('docker-compose.production.yml');
const services = [
  ...Object.entries(demo.services).map(([name, service]) => ['docker-compose.yml', name, service] as const),
  ...Object.entries(production.services).map(
    ([name, service]) => ['docker-compose.production.yml', name, service] as const,
  ),
];

/** The Dockerfile's `COPY a b ./` without those that copy from another stage. */
const copied = having('COPY')
  .filter((rest) => !rest.startsWith('--from='))
  .flatMap((rest) => rest.split(/\s+/).slice(0, -1));

const configSource = existsSync(join(ROOT, 'src/config.ts')) ? readText('src/config.ts') : undefined;
const routes = filesBelow('src/http', '.ts').map(readText).join('\n');

describe('Dockerfile', () => {
  it('is stopped by the signal on which the service closes in good order', () => {
    expect(having('STOPSIGNAL')).toEqual(['SIGTERM']);
    expect(readText('src/main.ts')).toContain("'SIGTERM'");
  });

  it('runs as node, not as root, and never goes back', () => {
    expect(having('USER')).toEqual(['node']);
    const order = instructions.map(({ verb }) => verb);
    expect(order.lastIndexOf('USER')).toBeGreaterThan(order.lastIndexOf('FROM'));
    expect(order.lastIndexOf('USER')).toBeGreaterThan(order.lastIndexOf('RUN'));
  });

  it('gives nothing but the folder of the audit to the user as whom it runs', () => {
    // What is copied is root's unless it is said otherwise.
    expect(having('COPY').filter((rest) => rest.includes('--chown'))).toEqual([]);
    const given = having('RUN').flatMap((rest) => rest.match(/\bchown\b.*|install -d -o node .*/) ?? []);
    expect(given).toEqual(['install -d -o node -g node -m 0700 /var/lib/plexus/audit']);
  });

  it('stands on one Node image whose major version satisfies "engines", with a tag that is not latest', () => {
    const images = new Set(having('FROM').map((rest) => rest.split(' ')[0]));
    expect([...images]).toEqual(['${NODE_IMAGE}']);
    const major = Number(/^NODE_IMAGE=node:(\d+)[\w.]*-\w+-slim$/.exec(having('ARG').join())?.[1]);
    const { engines } = JSON.parse(readText('package.json')) as { engines: { node: string } };
    const least = Number(/^>=(\d+)/.exec(engines.node)?.[1]);
    expect(major).toBeGreaterThanOrEqual(least);
  });

  it('copies only what exists and what .dockerignore lets through', () => {
    const letThrough = readText('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'));
    for (const source of copied) {
      expect(existsSync(join(ROOT, source)), source).toBe(true);
      expect(letThrough, source).toContain(`!${source}`);
    }
  });

  it('carries what the service reads at start-up: rules and fhir-profiles', () => {
    expect(copied).toEqual(expect.arrayContaining(['rules', 'fhir-profiles']));
  });

  it('installs exactly the lock file, without development packages in the last stage', () => {
    expect(having('RUN')[0]).toMatch(/^npm ci\b/);
    expect(having('RUN').at(-1)).toMatch(/^npm ci --omit=dev\b/);
  });

  it('copies from the build what the build writes, and starts it', () => {
    const text = readText('tsconfig.build.json');
    const { config } = ts.parseConfigFileTextToJson('tsconfig.build.json', text) as { config: BuildConfig };
    const { compilerOptions } = config;
    expect(having('COPY').at(-1)).toBe(`--from=build /app/${compilerOptions.outDir} ./${compilerOptions.outDir}`);
    expect(having('CMD')).toEqual([expect.stringContaining(`${compilerOptions.outDir}/main.js`)]);
  });

  it('chooses no mode: a container whose mode was forgotten does not start, and lets nobody in', () => {
    const [env = ''] = having('ENV');
    const settings: Environment = Object.fromEntries(
      [...env.matchAll(/(\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]),
    );
    expect(settings).toMatchObject({ HOST: '0.0.0.0', PORT: '8080' });
    expect(() => readConfig(settings)).toThrow(/^PLEXUS_MODE is needed/);
  });

  it(`asks ${HEALTH} for its health`, () => {
    expect(having('HEALTHCHECK')[0]).toContain(HEALTH);
  });
});

describe.each(services)('%s, service %s', (_file, _name, service) => {
  it('is bound to the loopback address only', () => {
    expect(service.ports.length).toBeGreaterThan(0);
    expect(service.ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('listens inside on the port that is published', () => {
    const inside = service.ports.map((port) => port.split(':').at(-1));
    expect(inside).toEqual([service.environment['PORT']]);
    expect(having('EXPOSE')).toEqual(inside);
  });

  it('is read-only, without capabilities or new privileges, and does not become root', () => {
    expect(service.read_only).toBe(true);
    expect(service.cap_drop).toEqual(['ALL']);
    expect(service.security_opt).toContain('no-new-privileges:true');
    expect(service.tmpfs).toEqual(['/tmp']);
    expect(service.privileged ?? false).toBe(false);
    expect(service.user ?? 'node').not.toMatch(/^(root|0)/);
  });

  it(`asks ${HEALTH} for its health`, () => {
    expect(service.healthcheck.test.join(' ')).toContain(HEALTH);
  });
});

it('docker-compose.yml keeps nothing: it is a demonstration', () => {
  for (const service of Object.values(demo.services))
    expect([service.volumes, service.secrets]).toEqual([undefined, undefined]);
});

describe('docker-compose.production.yml', () => {
  const [service] = Object.values(production.services);
  const config = readConfig(service?.environment ?? {});

  it('has the settings that production asks for', () => {
    expect(config).toMatchObject({ mode: 'production', discovery: 'open', explain: false });
  });

  it('writes into a volume that belongs to the user of the image, and nowhere else', () => {
    expect(service?.volumes).toEqual([`audit:${config.auditDir ?? ''}`]);
    expect(Object.keys(production.volumes ?? {})).toEqual(['audit']);
    expect(having('RUN').at(-1)).toContain(`install -d -o node -g node -m 0700 ${config.auditDir ?? ''}`);
  });

  it('has secret and registry as files of the host, none of which is in the image', () => {
    const [secret = ''] = service?.secrets ?? [];
    expect(config.secretFile).toBe(`/run/secrets/${secret}`);
    expect(service?.configs).toEqual([{ source: 'clients', target: config.clientsFile }]);
    const files = [production.secrets?.[secret]?.file, production.configs?.['clients']?.file];
    expect(files).toEqual(['./plexus-secret', './clients.yaml']);
    for (const file of files) expect(copied).not.toContain(file?.replace('./', ''));
    const ignored = readText('.gitignore').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['/plexus-secret', '/clients.yaml']));
  });

  it('believes the host alone about who calls', () => {
    const gateways = production.networks?.default.ipam.config.map(({ gateway }) => gateway);
    expect(config.trustedProxies).toEqual(gateways);
  });
});

describe('what docs/production.md closes at the proxy', () => {
  const guide = readText('docs/production.md');
  // Both take a prefix: nginx any location without a sign before it, Caddy a path that ends in a star.
  const prefixes = {
    nginx: [...guide.matchAll(/location (\/\S+) \{ return 404; \}/g)].map(([, path = '']) => path),
    Caddy: (/@inside path (.+)/.exec(guide)?.[1] ?? '').split(' ').flatMap((path) => /^(.+)\*$/.exec(path)?.[1] ?? []),
  };

  it.each(['nginx', 'Caddy'] as const)('%s: metrics and health, with a slash at the end or without', (proxy) => {
    for (const path of ['/metrics', '/metrics/', '/health', HEALTH, `${HEALTH}/`, '/health/ready'])
      expect(
        prefixes[proxy].some((prefix) => path.startsWith(prefix)),
        path,
      ).toBe(true);
    for (const path of ['/cds-services', '/rules', '/docs'])
      expect(
        prefixes[proxy].some((prefix) => path.startsWith(prefix)),
        path,
      ).toBe(false);
  });
});

describe.skipIf(configSource === undefined)('settings', () => {
  const used = [
    ...services.flatMap(([, , service]) => Object.keys(service.environment)),
    ...[
      ...having('ENV')
        .join(' ')
        .matchAll(/(\w+)=/g),
    ].map(([, name = '']) => name),
  ].filter((name) => !NODE_SETTINGS.includes(name));

  it.each([...new Set(used)])('%s is one that src/config.ts knows', (name) => {
    expect(configSource).toMatch(new RegExp(`\\b${name}\\b`));
  });
});

it.skipIf(routes === '')(`${HEALTH} is a route of the service`, () => {
  expect(routes).toContain(HEALTH);
});
