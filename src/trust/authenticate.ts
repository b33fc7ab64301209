/**
 * Who calls, by the JSON Web Token of CDS Hooks: an Authorization header enters, the client or the reason of refusal leaves.
 * The reason is for the audit and the operator; a caller learns nothing but the status. Nothing that a token says is believed before its
 * signature was checked with a key of the registered client, and no address that it names is asked unless it is registered.
 */
import { decodeJwt, decodeProtectedHeader, errors, jwtVerify, type CryptoKey, type JWTPayload } from 'jose';
import { withoutSlash } from '../base-url.js';
import type { Client } from '../load-clients.js';
import type { FindKey, KeyName } from './keys.js';
import { isLongEnough, isSafeExponent } from './public-key.js';
import { algorithmsOf } from './registration.js';

/** Why a call was refused. */
export type Refusal =
  | 'no token'
  | 'not a bearer token'
  | 'unreadable token'
  | 'type'
  | 'algorithm'
  | 'critical header'
  | 'embedded key'
  | 'claim missing'
  | 'claim malformed'
  | 'issuer'
  | 'subject'
  | 'tenant'
  | 'suspended'
  | 'key address'
  | 'key'
  | 'keys out of reach'
  | 'signature'
  | 'audience'
  | 'expired'
  | 'not yet valid'
  | 'too old'
  | 'replayed'
  | 'replay memory out of reach';

/** The client that signed; none for an unsigned call where those are let in (demo mode). Or why the call is refused, and whose name it bore. */
export type Verdict =
  /** `tenant` is that of the verified token. */
  | { readonly client?: Client; readonly tenant?: string; readonly refusal?: undefined }
  | { readonly refusal: Refusal; readonly client?: Client; readonly tenant?: undefined };

/** Asked once who calls is known, nobody for an unsigned call. Throws when there is no room for the call: its token is not used up then. */
export type Admit = (client: Client | undefined) => Promise<void>;

/**
 * Judges the Authorization header of a call to `path`, such as `/cds-services/plexus-patient-view`, below our public URL. Throws what `admit`
 * throws, and nothing else.
 */
export type Authenticate = (authorization: string | undefined, path: string, admit: Admit) => Promise<Verdict>;

/** Remembers a token until `until` (milliseconds since 1970); false when it was remembered already. Throws when it can remember no more. */
export type RememberToken = (issuer: string, tokenId: string, until: number) => Promise<boolean>;

export interface AuthenticateTools {
  readonly clients: readonly Client[];
  /** Base URL as clients call it, without trailing slash. */
  readonly publicUrl: string;
  /** Whether a call that bears no registered client's name is let in as nobody's: demo mode. */
  readonly unsigned: boolean;
  readonly now: () => number;
  readonly findKey: FindKey;
  readonly remember: RememberToken;
}

/** Ours, seconds: how far the clock of a client may be from ours. */
const SKEW = 60;
/** Seconds that a token may live, whatever it says itself: the hour that the best practices of CDS Hooks give it at most (cds-hooks.org/best-practices, JWT). */
const LIFETIME = 3600;
/** Ours: characters of a token's id, and of a tenant. A UUID has 36. */
const LONGEST_ID = 255;

/** A token as it came; nothing of it is believed yet. */
interface Token {
  readonly text: string;
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: JWTPayload;
}

/** Makes the judge of calls. */
export function createAuthenticate(tools: AuthenticateTools): Authenticate {
  return async (authorization, path, admit) => {
    const token = readToken(authorization);
    const client = typeof token === 'string' ? token : claimantOf(tools.clients, token.claims);
    if (typeof token === 'string' || typeof client === 'string') {
      // Nobody's call, as one without token is; but who bears a registered name must prove it.
      const refusal = typeof client === 'string' ? client : 'issuer';
      if (!tools.unsigned || !UNCLAIMED.includes(refusal)) return { refusal };
      await admit(undefined);
      return {};
    }
    const claims = await judge(token, client, path, tools);
    if (typeof claims === 'string') return { refusal: claims, client };
    // Before the token is remembered: a client that is told to come again comes with the same token, and what one client is refused fills no memory.
    await admit(client);
    // Last: a token that is refused for anything else is not used up.
    const refusal = await refuseReplay(claims, tools);
    if (refusal !== undefined) return { refusal, client };
    const { tenant } = token.claims;
    return { client, ...(typeof tenant === 'string' && { tenant }) };
  };
}

/** Refusals of calls that bear no registered issuer's name. */
const UNCLAIMED: readonly Refusal[] = ['no token', 'not a bearer token', 'unreadable token', 'issuer'];

const BEARER = /^bearer +([\w-]+\.[\w-]+\.[\w-]*)$/i;

function readToken(authorization: string | undefined): Token | Refusal {
  if (authorization === undefined) return 'no token';
  const text = BEARER.exec(authorization)?.[1];
  if (text === undefined) return 'not a bearer token';
  try {
    return { text, header: { ...decodeProtectedHeader(text) }, claims: decodeJwt(text) };
  } catch {
    return 'unreadable token';
  }
}

/** The one entry that the token may be of: no two entries can be meant by one token, which is checked when the registry is read. */
function claimantOf(clients: readonly Client[], { iss, sub, tenant }: JWTPayload): Client | Refusal {
  const ofIssuer = clients.filter(({ token }) => token !== undefined && token.issuer === iss);
  if (ofIssuer.length === 0) return 'issuer';
  const ofSubject = ofIssuer.filter(({ token }) => token?.subject === undefined || token.subject === sub);
  if (ofSubject.length === 0) return 'subject';
  return ofSubject.find((client) => client.tenant === undefined || client.tenant === tenant) ?? 'tenant';
}

/** The claims of a token that is good, if it was not seen before. */
async function judge(token: Token, client: Client, path: string, tools: AuthenticateTools): Promise<Claims | Refusal> {
  const claims = readClaims(token.claims);
  if (typeof claims === 'string') return claims;
  if (client.status === 'suspended') return 'suspended';
  const name = readHeader(token.header, client);
  if (typeof name === 'string') return name;
  const key = await tools.findKey(client, name);
  if (typeof key === 'string') return key;
  if (!isStrong(key)) return 'key';
  return (await verify(token, key, name, client, path, tools)) ?? claims;
}

/** Members by which a token brings its own key: it would vouch for itself. */
const EMBEDDED = ['jwk', 'x5c', 'x5u'] as const;

function readHeader(header: Token['header'], { token }: Client): KeyName | Refusal {
  const { alg, kid, jku } = header;
  if (header['typ'] !== 'JWT') return 'type';
  // There is no extension of the header that we understand.
  if ('crit' in header) return 'critical header';
  if (EMBEDDED.some((member) => member in header)) return 'embedded key';
  const algorithm = token && algorithmsOf(token).find((one) => one === alg);
  if (algorithm === undefined) return 'algorithm';
  if (typeof kid !== 'string' || kid === '') return 'key';
  if (jku !== undefined && typeof jku !== 'string') return 'key address';
  return { alg: algorithm, kid, ...(jku !== undefined && { jku }) };
}

/** Those of the registry were looked at when it was read; others come from key sets. Of an elliptic curve every key is as good. */
function isStrong({ algorithm }: CryptoKey): boolean {
  if (!('modulusLength' in algorithm)) return true;
  const { modulusLength, publicExponent } = algorithm as unknown as RsaKeyAlgorithm;
  return isLongEnough(modulusLength) && isSafeExponent(BigInt(`0x0${Buffer.from(publicExponent).toString('hex')}`));
}

/** As the Web Cryptography API has it. */
interface RsaKeyAlgorithm {
  readonly modulusLength: number;
  /** Big-endian. */
  readonly publicExponent: Uint8Array;
}

interface Claims {
  readonly issuer: string;
  readonly id: string;
  /** Seconds since 1970 at which it is over. */
  readonly end: number;
}

const REQUIRED = ['iss', 'aud', 'exp', 'iat', 'jti'] as const;

/** The claims that CDS Hooks requires; that of the audience and the times are held against ours later. */
function readClaims(claims: JWTPayload): Claims | Refusal {
  if (REQUIRED.some((claim) => claims[claim] === undefined)) return 'claim missing';
  const { iss, aud, exp, iat, nbf = 0, jti, tenant = null } = claims as Readonly<Record<string, unknown>>;
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
  const isId = (value: unknown): value is string => isText(value) && value.length <= LONGEST_ID;
  if (!isText(iss) || !isId(jti) || !audiences.every(isText)) return 'claim malformed';
  if (typeof exp !== 'number' || typeof iat !== 'number' || typeof nbf !== 'number') return 'claim malformed';
  // Patients are told apart by it: what is no text would put those of two organisations together. And the audit keeps it.
  if (tenant !== null && !isId(tenant)) return 'claim malformed';
  return { issuer: iss, id: jti, end: Math.min(exp, iat + LIFETIME) };
}

async function verify(
  { text }: Token,
  key: CryptoKey,
  { alg }: KeyName,
  { token }: Client,
  path: string,
  { publicUrl, now }: AuthenticateTools,
): Promise<Refusal | undefined> {
  const endpoints = [publicUrl, ...(token?.audiences ?? [])].map((base) => withoutSlash(base) + path);
  try {
    await jwtVerify(text, key, {
      algorithms: [alg],
      audience: endpoints.flatMap((endpoint) => [endpoint, `${endpoint}/`]),
      currentDate: new Date(now()),
      clockTolerance: SKEW,
      maxTokenAge: LIFETIME,
    });
    return undefined;
  } catch (thrown) {
    return refusalOf(thrown);
  }
}

function refusalOf(thrown: unknown): Refusal {
  if (thrown instanceof errors.JWTExpired) return thrown.claim === 'iat' ? 'too old' : 'expired';
  if (!(thrown instanceof errors.JWTClaimValidationFailed)) return 'signature';
  return thrown.claim === 'aud' ? 'audience' : 'not yet valid';
}

async function refuseReplay(
  { issuer, id, end }: Claims,
  { remember }: AuthenticateTools,
): Promise<Refusal | undefined> {
  try {
    // A second more: times are compared in whole seconds.
    const isNew = await remember(issuer, id, (end + SKEW + 1) * 1000);
    return isNew ? undefined : 'replayed';
  } catch {
    return 'replay memory out of reach';
  }
}
