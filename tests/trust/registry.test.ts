/** What a registry says of tokens and keys, and what a mistake in it says at start: file, line and cure. */
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeKey, makeSite, type SigningKey, type Site } from '../support/production.js';
import { startService } from '../support/service.js';

type Entry = Readonly<Record<string, unknown>>;
let site: Site;
let key: SigningKey;
let other: SigningKey;
beforeAll(async () => {
  site = makeSite();
  [key, other] = await Promise.all([makeKey('one'), makeKey('two')]);
});
afterAll(() => site.remove());

const ISSUER = 'https://ehr.example.org';
const JKU = 'https://ehr.example.org/keys';
const keys = (...list: readonly unknown[]): Entry => ({ issuer: ISSUER, keys: { keys: list } });
const far = (id: string, more: Entry = {}): Entry => ({ id, token: { issuer: ISSUER, jku: [JKU] }, ...more });
const start = (clients: readonly Entry[], env = site.env) => startService({ clients, env });
const rsaOf = (modulusLength: number): Entry => ({
  ...generateKeyPairSync('rsa', { modulusLength }).publicKey.export({ format: 'jwk' }),
  kid: 'rsa',
});

describe('a registry is refused, with file, line and cure', () => {
  test.each<readonly [string, () => readonly Entry[], RegExp]>([
    [
      'two entries of one issuer',
      () => [far('a'), far('b')],
      /clients\.yaml:\d+: tokens of this issuer may be those of a or of b; give both a subject/,
    ],
    [
      'of one issuer, only one of them with a tenant',
      () => [far('a', { tenant: 't' }), far('b')],
      /give both a subject or both a tenant/,
    ],
    [
      'of one issuer and one tenant',
      () => [far('a', { tenant: 't' }), far('b', { tenant: 't' })],
      /those of a or of b/,
    ],
    [
      'a subject here, a tenant there',
      () => [far('a', { tenant: 't' }), { id: 'b', token: { issuer: ISSUER, jku: [JKU], subject: 's' } }],
      /those of a or of b/,
    ],
    ['two entries of one id', () => [far('a'), { id: 'a', token: keys(key.public) }], /a is the id of two entries/],
    [
      'a private key',
      () => [{ id: 'a', token: keys({ ...key.public, d: 'secret-half' }) }],
      /clients\.yaml:\d+: this is a private key; list its public half only, and have the client replace it/,
    ],
    [
      'a symmetric key',
      () => [{ id: 'a', token: keys({ kty: 'oct', k: 'c2VjcmV0', kid: 'k' }) }],
      /a symmetric key lets whoever reads this file sign/,
    ],
    [
      'two keys of one kid',
      () => [{ id: 'a', token: keys(key.public, { ...other.public, kid: 'one' }) }],
      /another key has this kid/,
    ],
    [
      'a key without kid',
      () => [{ id: 'a', token: keys({ ...key.public, kid: undefined }) }],
      /must have required property 'kid'/,
    ],
    [
      'a key that is cut short',
      () => [{ id: 'a', token: keys({ ...key.public, x: 'AAAA' }) }],
      /this key cannot be read; copy the public JWK again/,
    ],
    [
      'a key to encrypt with',
      () => [{ id: 'a', token: keys({ ...key.public, use: 'enc' }) }],
      /this key is not for signing/,
    ],
    ...[['sign'], ['sign', 'verify'], [], 'verify'].map((uses): readonly [string, () => readonly Entry[], RegExp] => [
      `a key whose key_ops is ${JSON.stringify(uses)}`,
      () => [{ id: 'a', token: keys({ ...key.public, key_ops: uses }) }],
      /clients\.yaml:\d+: key_ops of this key is not \["verify"\], so that it would verify nothing; correct it/,
    ]),
    [
      'a key whose ext is a text',
      () => [{ id: 'a', token: keys({ ...key.public, ext: 'yes' }) }],
      /clients\.yaml:\d+: ext of this key is neither true nor false; correct it or leave it out/,
    ],
    ...['AQ', 'Aw', 'AP8', 'AQAA', `AQ${'A'.repeat(41)}B`].map(
      (e): readonly [string, () => readonly Entry[], RegExp] => [
        `an RSA key whose exponent is ${e}`,
        () => [{ id: 'a', token: keys({ ...rsaOf(2048), e }) }],
        /clients\.yaml:\d+: the exponent \(e\) of this key is [^;]+; have the client replace the key/,
      ],
    ),
    ...[
      'https:/ehr.example.org',
      'https:///ehr.example.org',
      'https:\\\\ehr.example.org',
      'https://ehr. example.org',
    ].map((address): readonly [string, () => readonly Entry[], RegExp] => [
      `an address that is not written out: ${address}`,
      () => [{ id: 'a', token: { issuer: ISSUER, jku: [JKU], audiences: [address] } }],
      /must match format "base-url"/,
    ]),
    [
      'keys at an address that is not written out',
      () => [{ id: 'a', token: { issuer: ISSUER, jku: ['https:/ehr.example.org/keys'] } }],
      /must match format "key-address"/,
    ],
    ...[`${ISSUER} `, ` ${ISSUER}`, `${ISSUER}\n`].map((issuer): readonly [string, () => readonly Entry[], RegExp] => [
      `white space about the issuer: ${JSON.stringify(issuer)}`,
      () => [{ id: 'a', token: { issuer, jku: [JKU] } }],
      /clients\.yaml:\d+: token\.issuer has white space at an end, so that no token would be of it; take it away/,
    ]),
    [
      'white space about a tenant',
      () => [far('a', { tenant: 'utrecht ' })],
      /clients\.yaml:\d+: tenant has white space at an end/,
    ],
    [
      'keys on this machine by its name without saying so',
      () => [{ id: 'a', token: { issuer: ISSUER, jku: ['http://localhost:9000/keys'] } }],
      /clients\.yaml:\d+: http:\/\/localhost:9000\/keys stands on this machine; set privateNetwork: true/,
    ],
    [
      'an RSA key of 1024 bits',
      () => [{ id: 'a', token: keys(rsaOf(1024)) }],
      /for none of ES384, RS384, or too short/,
    ],
    [
      'a key for an algorithm that the entry does not take',
      () => [{ id: 'a', token: { ...keys(key.public), algorithms: ['RS384'] } }],
      /this key is for none of RS384/,
    ],
    [
      'a key that says another algorithm than it fits',
      () => [{ id: 'a', token: keys({ ...rsaOf(2048), alg: 'RS256' }) }],
      /this key is for none of ES384, RS384/,
    ],
    [
      'alg none',
      () => [{ id: 'a', token: { issuer: ISSUER, jku: [JKU], algorithms: ['none'] } }],
      /must be one of ES384, RS384, ES256, RS256/,
    ],
    [
      'a symmetric algorithm',
      () => [{ id: 'a', token: { issuer: ISSUER, jku: [JKU], algorithms: ['HS256'] } }],
      /must be one of ES384/,
    ],
    ['neither keys nor their address', () => [{ id: 'a', token: { issuer: ISSUER } }], /must have required property/],
    [
      'keys over http',
      () => [{ id: 'a', token: { issuer: ISSUER, jku: ['http://ehr.example.org/keys'] } }],
      /must match format "key-address"/,
    ],
    [
      'keys on a private network without saying so',
      () => [{ id: 'a', token: { issuer: ISSUER, jku: ['https://10.0.0.5/keys'] } }],
      /https:\/\/10\.0\.0\.5\/keys stands on a private network; set privateNetwork: true/,
    ],
    [
      'a service that does not exist',
      () => [far('a', { services: ['plexus-patientview'] })],
      /must be one of plexus-patient-view/,
    ],
  ])('%s', async (_, clients, sentence) => {
    await expect(start(clients())).rejects.toThrow(sentence);
  });

  test('a private key is not repeated in the sentence', async () => {
    const refused = start([{ id: 'a', token: keys({ ...key.public, d: 'secret-half' }) }]);
    await expect(refused).rejects.not.toThrow('secret-half');
  });
});

test('an RSA key with the exponent that is usual, and keys that say that they verify, start', async () => {
  const listed = keys(rsaOf(2048), { ...key.public, key_ops: ['verify'], ext: true });
  await (await start([{ id: 'a', token: listed }])).close();
});

describe('production refuses what demo mode may have', () => {
  const sandbox = {
    issuer: 'https://sandbox.cds-hooks.org',
    jku: ['https://sandbox.cds-hooks.org/.well-known/jwks.json'],
  };
  const published = {
    kty: 'EC',
    crv: 'P-384',
    x: 'dw_JGR8nB2I6XveNxUOl2qk699ZPLM2nYI5STSdiEl9avAkrm3CkfYMbrrjr8laB',
    y: 'Sm3mLE-n1zYNla_aiE3cb3nZsL51RbC7ysw3q8aJLxGm-hx79RPMYpITDjp7kgzy',
  };
  const REFUSED: readonly (readonly [string, () => Entry, RegExp])[] = [
    ['an entry that nobody could use', () => ({ id: 'a' }), /production serves no client without token/],
    [
      'the issuer of the public sandbox',
      () => ({ id: 'a', token: { ...keys(key.public), issuer: sandbox.issuer } }),
      /sandbox\.cds-hooks\.org is the public sandbox: its private key is public, so that anybody can call in its name; leave it to demo mode/,
    ],
    [
      'the same with a slash',
      () => ({ id: 'a', token: { ...keys(key.public), issuer: `${sandbox.issuer}/` } }),
      /is the public sandbox/,
    ],
    [
      'keys of the public sandbox',
      () => ({ id: 'a', token: { ...sandbox, issuer: ISSUER } }),
      /jwks\.json is the public sandbox/,
    ],
    [
      'the key of the public sandbox, by its kid',
      () => ({ id: 'a', token: keys({ ...key.public, kid: '44823f3d-0b01-4a6c-a80e-b9d3e8a7226f' }) }),
      /this key is published with its private half/,
    ],
    [
      'the key of the public sandbox under another kid',
      () => ({ id: 'a', token: keys({ ...published, kid: 'mine' }) }),
      /this key is published with its private half/,
    ],
    [
      'the issuer with a dot behind its name',
      () => ({ id: 'a', token: { ...keys(key.public), issuer: 'https://Sandbox.CDS-Hooks.org.' } }),
      /is the public sandbox/,
    ],
    ...[
      (text: string) => Buffer.from(text, 'base64url').toString('base64'),
      (text: string) => `${text}==`,
      (text: string) => `${text}\n`,
    ].map((write, nth): readonly [string, () => Entry, RegExp] => [
      `the key of the public sandbox, written in another way (${nth + 1})`,
      () => ({ id: 'a', token: keys({ ...published, x: write(published.x), y: write(published.y), kid: 'mine' }) }),
      /this key is published with its private half/,
    ]),
    ...['http://proxy.example.org', 'HTTP://proxy.example.org', 'Http://proxy.example.org'].map(
      (base): readonly [string, () => Entry, RegExp] => [
        `a call by way of ${base}`,
        () => ({ id: 'a', token: { ...keys(key.public), audiences: [base] } }),
        /\/\/proxy\.example\.org is called in clear; set its https address/,
      ],
    ),
    [
      'a FHIR server over http, however that is written',
      () => far('a', { fhirServers: ['HTTP://ehr.example.org/fhir'] }),
      /HTTP:\/\/ehr\.example\.org\/fhir would get access tokens in clear/,
    ],
    [
      'a FHIR server over http',
      () => far('a', { fhirServers: ['http://ehr.example.org/fhir'] }),
      /http:\/\/ehr\.example\.org\/fhir would get access tokens in clear; set its https address/,
    ],
  ];

  test.each(REFUSED)('%s', async (_, client, sentence) => {
    await expect(start([client()])).rejects.toThrow(sentence);
  });

  test('in demo mode all of them together start', async () => {
    const clients = REFUSED.map(([, client], nth) => ({ ...client(), id: `c${nth}`, tenant: `t${nth}` }));
    await (await start(clients, {})).close();
  });

  test('a FHIR server, a proxy and keys over http on this very machine start', async () => {
    const token = { issuer: ISSUER, jku: ['http://localhost:9/keys'], audiences: ['http://127.0.0.1:9'] };
    const clients = [{ id: 'a', token, fhirServers: ['http://127.0.0.1:9/fhir'], privateNetwork: true }];
    await (await start(clients)).close();
  });

  test('without a registry it does not start', async () => {
    await expect(startService({ env: site.env })).rejects.toThrow('CLIENTS_FILE is needed in production');
  });
});
