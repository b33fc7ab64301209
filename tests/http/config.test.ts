import { describe, expect, test } from 'vitest';
import { buildApp } from '../../src/app.js';
import { readConfig } from '../../src/config.js';

describe('settings', () => {
  test('without any setting: demo mode on loopback', () => {
    expect(readConfig({})).toEqual({
      mode: 'demo',
      host: '127.0.0.1',
      port: 8080,
      discovery: 'open',
      corsOrigins: 'any',
      trustedProxies: [],
      callsPerMinute: 0,
      mostAtOnce: 200,
      jurisdiction: 'NL',
      timeZone: 'Europe/Amsterdam',
      languages: ['nl', 'en', 'fr'],
      deadlineMs: 2000,
      bodyLimit: 5 * 1024 * 1024,
      logLevel: 'info',
      rulesDisabled: [],
      explain: true,
    });
  });

  test('every setting is read; empty ones count as unset', () => {
    const config = readConfig({
      PORT: '9000',
      HOST: '0.0.0.0',
      PUBLIC_URL: 'https://cds.example/base/',
      CLIENTS_FILE: '/etc/clients.yaml',
      JURISDICTION: 'BE',
      TIME_ZONE: 'Europe/Brussels',
      LANGUAGES: 'en,nl',
      DRAFT_LANGUAGES: 'fr',
      DEADLINE_MS: '700',
      BODY_LIMIT: '2048',
      LOG_LEVEL: 'warn',
      RULES_DISABLED: 'Neck, na-suspicion',
      EXPLAIN: 'off',
      PLEXUS_MODE: 'demo',
      SECRET_FILE: '/etc/secret',
      AUDIT_DIR: '/var/audit',
      DATABASE_URL: 'postgres://db/plexus?sslmode=verify-full',
      DISCOVERY: 'closed',
      CORS_ORIGINS: 'https://ehr.example, https://other.example:8443',
      TRUSTED_PROXIES: '10.0.0.0/8, ::1',
      CALLS_PER_MINUTE: '60',
      MOST_AT_ONCE: '10',
    });
    expect(config).toEqual({
      mode: 'demo',
      host: '0.0.0.0',
      port: 9000,
      publicUrl: 'https://cds.example/base',
      clientsFile: '/etc/clients.yaml',
      secretFile: '/etc/secret',
      auditDir: '/var/audit',
      databaseUrl: 'postgres://db/plexus?sslmode=verify-full',
      discovery: 'closed',
      corsOrigins: ['https://ehr.example', 'https://other.example:8443'],
      trustedProxies: ['10.0.0.0/8', '::1'],
      callsPerMinute: 60,
      mostAtOnce: 10,
      jurisdiction: 'BE',
      timeZone: 'Europe/Brussels',
      languages: ['en', 'nl', 'fr'],
      deadlineMs: 700,
      bodyLimit: 2048,
      logLevel: 'warn',
      rulesDisabled: ['Neck', 'na-suspicion'],
      explain: false,
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  test.each([
    ['demo mode', {}, ['nl', 'en', 'fr']],
    ['demo mode that is told not to', { DRAFT_LANGUAGES: 'none' }, ['nl', 'en']],
    ['one language and its draft', { LANGUAGES: 'en' }, ['en', 'fr']],
  ])('drafts are served in %s: %o', (_mode, env, languages) => {
    expect(readConfig(env).languages).toEqual(languages);
  });

  test.each([
    ['PLEXUS_MODE', 'test'],
    ['HOST', 'a b'],
    ['DISCOVERY', 'maybe'],
    ['PORT', '80a'],
    ['PORT', '70000'],
    ['PUBLIC_URL', 'cds.example'],
    ['PUBLIC_URL', 'https:/cds.example'],
    ['PUBLIC_URL', 'https:\\\\cds.example'],
    ['PUBLIC_URL', 'https://u:p@cds.example'],
    ['PUBLIC_URL', 'https://cds.example?x'],
    ['DATABASE_URL', 'mysql://db/plexus?sslmode=verify-full'],
    ['DATABASE_URL', 'postgres://db/plexus'],
    ['DATABASE_URL', 'postgres://db/plexus?sslmode=require'],
    ['DATABASE_URL', 'postgres://db/plexus?sslmode=verify-fully'],
    ['DATABASE_URL', 'postgres://db/plexus?sslmode=verify-full&sslmode=no-verify'],
    ['DATABASE_URL', 'postgres://db/plexus?sslmode=verify-full&sslmode=verify-full'],
    ['DATABASE_URL', 'postgres://db/plexus?sslmode=verify-full&%73slmode=no-verify'],
    ['DATABASE_URL', 'postgres://db/plexus?%73slmode=verify-full'],
    ['DATABASE_URL', 'postgres://db/plexus?x=?sslmode=verify-full'],
    ['DATABASE_URL', 'postgres://db/plexus#?sslmode=verify-full'],
    ['DATABASE_URL', 'postgres://db/plexus?sslmode=verify-full#x'],
    ['DATABASE_URL', 'postgres://db/plexus?sslmode=verify-full&host=evil.example'],
    ['DATABASE_URL', 'postgres://db/plexus?sslmode=verify-full&ssl=0'],
    ['DATABASE_URL', 'postgres://db/plexus?sslmode=verify-full&uselibpqcompat=true'],
    ['DATABASE_URL', 'postgres:///plexus?sslmode=verify-full'],
    ['DATABASE_URL', 'postgres://db:99999999/plexus?sslmode=verify-full'],
    ['JURISDICTION', 'DE'],
    ['TIME_ZONE', 'Europe/Utrecht'],
    ['TIME_ZONE', '+01:00'],
    ['TRUSTED_PROXIES', '0.0.0.0/0'],
    ['TRUSTED_PROXIES', '10.0.0.0/33'],
    ['TRUSTED_PROXIES', 'proxy'],
    ['LANGUAGES', 'nl,nl'],
    ['LANGUAGES', 'fr'],
    ['DRAFT_LANGUAGES', 'nl'],
    ['DEADLINE_MS', '99'],
    ['BODY_LIMIT', '5MB'],
    ['LOG_LEVEL', 'loud'],
    ['RULES_DISABLED', 'a,,b'],
    ['EXPLAIN', 'yes'],
  ])('%s=%s is refused with one sentence that names it and the cure', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(new RegExp(`^${name} cannot be used: set it to [^\\n]+\\.$`));
  });

  test.each([
    'postgres://db/x?sslmode=disable',
    'postgresql://u:p%40%23@db:5432/x?sslrootcert=/ca.pem&sslmode=verify-full&sslcert=/a.pem&sslkey=/a.key',
  ])('DATABASE_URL=%s is read', (url) => expect(readConfig({ DATABASE_URL: url }).databaseUrl).toBe(url));

  test.each(['0.0.0.0', '::', '0', '192.0.2.1', 'plexus', '127.0.0.1.example'])(
    'beyond this machine, at HOST=%s, no mode is chosen for the operator: the start is refused with place and cure',
    (HOST) => {
      for (const env of [{ HOST }, { HOST, PLEXUS_MODE: ' ' }])
        expect(() => readConfig(env)).toThrow(
          /^PLEXUS_MODE is needed where HOST [^\n]+: set it to production, [^\n]+\.$/,
        );
      expect(readConfig({ HOST, PLEXUS_MODE: 'demo' })).toMatchObject({ mode: 'demo', host: HOST });
    },
  );

  test.each(['127.0.0.1', '127.0.0.2', '::1', 'localhost'])(
    'at HOST=%s, which is this machine, the mode is demo',
    (HOST) => expect(readConfig({ HOST })).toMatchObject({ mode: 'demo', host: HOST }),
  );

  test('several wrong settings are told together', () => {
    expect(() => readConfig({ PORT: 'x', EXPLAIN: 'x' })).toThrow(/^PORT .*\nEXPLAIN .*$/);
  });

  test('production is refused until it has everything it needs, with a sentence for each', () => {
    const production = { PLEXUS_MODE: 'production', PUBLIC_URL: 'http://cds.example' };
    expect(() => readConfig(production)).toThrow(
      /^PUBLIC_URL .*https.*\nCLIENTS_FILE .*\nSECRET_FILE .*\nAUDIT_DIR .*\.$/,
    );
    const rest = { CLIENTS_FILE: 'x', SECRET_FILE: 'y', AUDIT_DIR: 'z' };
    expect(() => readConfig({ ...production, ...rest })).toThrow(/^PUBLIC_URL [^\n]+$/);
    expect(readConfig({ ...production, ...rest, PUBLIC_URL: 'https://cds.example' })).toMatchObject({
      mode: 'production',
      corsOrigins: [],
      callsPerMinute: 600,
      explain: false,
      languages: ['nl', 'en'],
    });
  });
});

describe('settings that the rules must know', () => {
  const start = (environment: Record<string, string>) => () => buildApp(readConfig(environment), Date.now);

  test('a rule or decision that does not exist cannot be switched off', () => {
    expect(start({ RULES_DISABLED: 'Neck, no-such-rule' })).toThrow(/RULES_DISABLED names no-such-rule,/);
  });

  test('a settings file that cannot be read ends the start with the name of the setting', () => {
    expect(start({ SETTINGS_FILE: '/no/such/file.yaml' })).toThrow(/SETTINGS_FILE cannot be read/);
  });
});
