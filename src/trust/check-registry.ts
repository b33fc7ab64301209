/**
 * What a registry may not say of tokens and keys: the first such place, with the cure. Looked for at start-up only.
 * A mistake here would be a stranger who is let in, or a client of whom nobody can say which one it is.
 */
import type { KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import { isLoopback } from '../base-url.js';
import type { Client } from '../load-clients.js';
import { isLongEnough, isSafeExponent, readKey } from './public-key.js';
import { isPublicSandbox, isPublished } from './published-keys.js';
import { algorithmsOf, type Algorithm, type TokenRegistration } from './registration.js';

/** Where in the registry, from the index of the entry on, and what is wrong there. */
export interface RegistryFault {
  readonly path: readonly (string | number)[];
  readonly sentence: string;
}

/** The first fault of a registry; `mode` decides what is asked of it. */
export function findRegistryFault(clients: readonly Client[], mode: 'demo' | 'production'): RegistryFault | undefined {
  const faults = clients.flatMap((client, index) =>
    [
      ...(client.token ? tokenFaults(client, client.token) : []),
      ...(mode === 'production' ? productionFaults(client) : []),
      ...sameTokens(client, clients.slice(0, index)),
    ].map(({ path, sentence }) => ({ path: [index, ...path], sentence })),
  );
  return faults[0];
}

/** Two entries that could both be meant by one token: nobody could say whose call it is. */
function sameTokens({ id, token, tenant }: Client, before: readonly Client[]): readonly RegistryFault[] {
  const differ = (one: string | undefined, other: string | undefined): boolean =>
    one !== undefined && other !== undefined && one !== other;
  const same = before.find(
    (other) =>
      token !== undefined &&
      other.token?.issuer === token.issuer &&
      !differ(token.subject, other.token.subject) &&
      !differ(tenant, other.tenant),
  );
  if (same === undefined) return [];
  const sentence = `tokens of this issuer may be those of ${same.id} or of ${id}; give both a subject or both a tenant, and different ones`;
  return [{ path: ['token', 'issuer'], sentence }];
}

const tokenFaults = (client: Client, token: TokenRegistration): readonly RegistryFault[] => [
  ...spaceFaults(client, token),
  ...hostFaults(client, token),
  ...keyFaults(token),
];

/** Other private addresses are found with those of FHIR servers. */
function hostFaults({ privateNetwork }: Client, { jku, keys }: TokenRegistration): readonly RegistryFault[] {
  const near = keys ? undefined : jku?.find((address) => isLoopback(new URL(address).hostname));
  if (near === undefined || privateNetwork) return [];
  return [
    { path: ['token', 'jku'], sentence: `${near} stands on this machine; set privateNetwork: true if that is meant` },
  ];
}

/** Tokens are held against these letter for letter. */
function spaceFaults({ tenant }: Client, { issuer, subject }: TokenRegistration): readonly RegistryFault[] {
  const names = [
    { path: ['token', 'issuer'], name: issuer },
    { path: ['token', 'subject'], name: subject },
    { path: ['tenant'], name: tenant },
  ];
  return names.flatMap(({ path, name }) =>
    name === name?.trim()
      ? []
      : [
          {
            path,
            sentence: `${path.join('.')} has white space at an end, so that no token would be of it; take it away`,
          },
        ],
  );
}

/** An address of which what is sent there can be read on its way. */
function isInClear(base: string): boolean {
  const { protocol, hostname } = new URL(base);
  return protocol === 'http:' && !isLoopback(hostname);
}

function productionFaults({ token, fhirServers }: Client): readonly RegistryFault[] {
  if (token === undefined)
    return [{ path: ['id'], sentence: 'production serves no client without token; say how this one signs its calls' }];
  const sandbox = 'its private key is public, so that anybody can call in its name; leave it to demo mode';
  const named = token.jku?.find(isPublicSandbox);
  const keys = token.keys?.keys ?? [];
  return [
    ...(isPublicSandbox(token.issuer)
      ? [{ path: ['token', 'issuer'], sentence: `${token.issuer} is the public sandbox: ${sandbox}` }]
      : []),
    ...(named === undefined
      ? []
      : [{ path: ['token', 'jku'], sentence: `${named} is the public sandbox: ${sandbox}` }]),
    ...keys.flatMap((key, nth) =>
      isPublished(key)
        ? [{ path: [...KEYS, nth], sentence: `this key is published with its private half: ${sandbox}` }]
        : [],
    ),
    ...fhirServers.flatMap((base, nth) =>
      isInClear(base)
        ? [{ path: ['fhirServers', nth], sentence: `${base} would get access tokens in clear; set its https address` }]
        : [],
    ),
    ...(token.audiences ?? []).flatMap((base, nth) =>
      isInClear(base)
        ? [{ path: ['token', 'audiences', nth], sentence: `${base} is called in clear; set its https address` }]
        : [],
    ),
  ];
}

const KEYS = ['token', 'keys', 'keys'] as const;
/** Members of a JWK that only its owner may have (RFC 7518, sections 6.2.2, 6.3.2 and 6.4.1). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const;

function keyFaults(token: TokenRegistration): readonly RegistryFault[] {
  const keys = token.keys?.keys ?? [];
  return keys.flatMap((key, nth) => {
    const isTwin = keys.findIndex(({ kid }) => kid === key.kid) < nth;
    const sentence = isTwin ? 'another key has this kid; a kid names one key' : keyFault(key, algorithmsOf(token));
    return sentence === undefined ? [] : [{ path: [...KEYS, nth], sentence }];
  });
}

/** Of RSA keys; others have none. */
const USUAL_EXPONENT = 65_537n;

function keyFault(key: JWK, algorithms: readonly Algorithm[]): string | undefined {
  if (key.kty === 'oct')
    return 'a symmetric key lets whoever reads this file sign; list the public half of an EC or RSA key';
  if (PRIVATE_MEMBERS.some((member) => member in key))
    return 'this is a private key; list its public half only, and have the client replace it';
  const purpose = purposeFault(key);
  if (purpose !== undefined) return purpose;
  const read = readKey(key);
  if (read === undefined) return 'this key cannot be read; copy the public JWK again';
  if (!isSafeExponent(read.asymmetricKeyDetails?.publicExponent ?? USUAL_EXPONENT))
    return 'the exponent (e) of this key is even or below 65537, so that others could sign as well; have the client replace the key';
  const fitting = algorithms.filter((algorithm) => fits(read, algorithm));
  if (fitting.length === 0 || (key.alg !== undefined && !fitting.some((algorithm) => algorithm === key.alg)))
    return `this key is for none of ${algorithms.join(', ')}, or too short; list another one, or its algorithm in algorithms`;
  return undefined;
}

/** What of a key lets it verify nothing, so that every call of its client would be refused. */
function purposeFault({ use = 'sig', key_ops: uses = ['verify'], ext = true }: JWK): string | undefined {
  if (use !== 'sig') return 'this key is not for signing; list one of use sig';
  if (!Array.isArray(uses) || uses.length !== 1 || uses[0] !== 'verify')
    return 'key_ops of this key is not ["verify"], so that it would verify nothing; correct it or leave it out';
  // The type says so; the file may not.
  if (typeof (ext as unknown) !== 'boolean')
    return 'ext of this key is neither true nor false; correct it or leave it out';
  return undefined;
}

function fits({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject, algorithm: Algorithm): boolean {
  const { namedCurve, modulusLength = 0 } = asymmetricKeyDetails ?? {};
  if (algorithm === 'ES384') return namedCurve === 'secp384r1';
  if (algorithm === 'ES256') return namedCurve === 'prime256v1';
  return asymmetricKeyType === 'rsa' && isLongEnough(modulusLength);
}
