/**
 * Dockerfile and docker-compose.yml, read as text: no container engine is needed to see that they still fit the project.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
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

const compose = parse(readText('docker-compose.yml')) as { readonly services: Readonly<Record<string, Service>> };
const services = Object.entries(compose.services);

/** The Dockerfile's `COPY a b ./` without those that copy from another stage. */
const copied = having('COPY')
  .filter((rest) => !rest.startsWith('--from='))
  .flatMap((rest) => rest.split(/\s+/).slice(0, -1));

const configSource = existsSync(join(ROOT, 'src/config.ts')) ? readText('src/config.ts') : undefined;
const routes = filesBelow('src/http', '.ts').map(readText).join('\n');

describe('Dockerfile', () => {
  it('runs as node, not as root, and never goes back', () => {
    expect(having('USER')).toEqual(['node']);
    const order = instructions.map(({ verb }) => verb);
    expect(order.lastIndexOf('USER')).toBeGreaterThan(order.lastIndexOf('FROM'));
    expect(order.lastIndexOf('USER')).toBeGreaterThan(order.lastIndexOf('RUN'));
  });

  it('stands on one Node image whose major version satisfies "engines", with a tag that is not latest', () => {
    const images = new Set(having('FROM').map((rest) => rest.split(' ')[0]));
    expect(images.size).toBe(1);
    const major = Number(/^node:(\d+)[\w.]*-\w+-slim$/.exec([...images].join())?.[1]);
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

  it(`asks ${HEALTH} for its health`, () => {
    expect(having('HEALTHCHECK')[0]).toContain(HEALTH);
  });
});

describe.each(services)('docker-compose.yml, service %s', (_name, service) => {
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
    expect(service.volumes ?? []).toEqual([]);
  });

  it(`asks ${HEALTH} for its health`, () => {
    expect(service.healthcheck.test.join(' ')).toContain(HEALTH);
  });
});

describe.skipIf(configSource === undefined)('settings', () => {
  const used = [
    ...services.flatMap(([, service]) => Object.keys(service.environment)),
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
