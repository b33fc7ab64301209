/**
 * The key that a token was signed with, by the entry of its client: from the keys that stand there, or from a key set at a registered address.
 * A set is fetched again when it is old, and when a token names a key that no set has, but never twice within the rest: neither a caller who
 * makes up key ids nor a host that is down costs more than one question in that time. While the host is down its last keys go on being used, and
 * no call whose key is among them waits for it.
 */
import { createLocalJWKSet, type CryptoKey, type JSONWebKeySet } from 'jose';
import type { Client } from '../load-clients.js';
import type { Refusal } from './authenticate.js';
import type { FetchKeySet } from './fetch-key-set.js';
import { isPublished } from './published-keys.js';

/** What the header of a token says of its key. */
export interface KeyName {
  readonly alg: string;
  readonly kid: string;
  /** Address of its key set. */
  readonly jku?: string;
}

/** The key of a token of this client, or why there is none. */
export type FindKey = (client: Client, name: KeyName) => Promise<CryptoKey | Refusal>;

export interface KeyTools {
  readonly fetchKeySet: FetchKeySet;
  readonly now: () => number;
  /** Whether keys of which everybody has the private half count: demo mode. */
  readonly published: boolean;
}

/**
 * Ours, milliseconds: a key set is fetched again beside the first call after five minutes, before the first call after ten, so that a withdrawn key
 * ends then, and at most once in half a minute.
 */
const YOUNG = 300_000;
const FRESH = 600_000;
const REST = 30_000;
/** Ours, milliseconds: how long the last keys of a host that is down are used. A key that was withdrawn meanwhile counts until then. */
const LAST_KEYS = 86_400_000;

type KeySet = (name: KeyName) => Promise<CryptoKey | Refusal>;

/** A set that is fetched. `key`: it has none of this name; `keys out of reach`: nobody knows. */
interface FetchedSet {
  /** Looks in what was fetched; waits only where that is old and its host answered when it was last asked. */
  readonly known: KeySet;
  /** Looks in what the host has now, unless it must rest. */
  readonly current: KeySet;
}

/** Finds keys; keeps the sets that it fetched. */
export function createFindKey({ fetchKeySet, ...tools }: KeyTools): FindKey {
  const fixed = new WeakMap<Client, KeySet>();
  // By address, not by client: the organisations of one EHR vendor share a set.
  const fetched = new Map<string, FetchedSet>();
  const fixedSet = (client: Client, keys: JSONWebKeySet): KeySet => {
    const set = fixed.get(client) ?? localSet(keys, tools);
    fixed.set(client, set);
    return set;
  };
  const fetchedSet = (address: string, privateNetwork: boolean): FetchedSet => {
    const id = `${privateNetwork} ${address}`;
    const set = fetched.get(id) ?? remoteSet(() => fetchKeySet(address, privateNetwork), tools);
    fetched.set(id, set);
    return set;
  };
  return async (client, name) => {
    const keys = client.token?.keys;
    const jku: readonly string[] = client.token?.jku ?? [];
    if (name.jku !== undefined && !jku.includes(name.jku)) return 'key address';
    if (keys) return fixedSet(client, keys)(name);
    const addresses = name.jku === undefined ? jku : [name.jku];
    return keyOf(
      addresses.map((address) => fetchedSet(address, client.privateNetwork)),
      name,
    );
  };
}

/** All that is known before anything is asked, and then all hosts at once: one that hangs holds up no key of another. */
async function keyOf(sets: readonly FetchedSet[], name: KeyName): Promise<CryptoKey | Refusal> {
  for (const { known } of sets) {
    const found = await known(name);
    if (typeof found !== 'string') return found;
  }
  const asked = sets.map(({ current }) => current(name));
  try {
    return await Promise.any(asked.map(keyOrThrow));
  } catch {
    return (await Promise.all(asked)).includes('keys out of reach') ? 'keys out of reach' : 'key';
  }
}

async function keyOrThrow(asked: Promise<CryptoKey | Refusal>): Promise<CryptoKey> {
  const found = await asked;
  if (typeof found === 'string') throw new Error(found);
  return found;
}

/** Throws for what is no key set. */
function localSet(keys: JSONWebKeySet, { published }: Pick<KeyTools, 'published'>): KeySet {
  const find = createLocalJWKSet(keys);
  const isWanted = (kid: string): boolean => published || !keys.keys.some((key) => key.kid === kid && isPublished(key));
  return async ({ alg, kid }) => {
    try {
      return isWanted(kid) ? await find({ alg, kid }) : 'key';
    } catch {
      // No key of this name, two of them, or one that cannot be read.
      return 'key';
    }
  };
}

function remoteSet(fetchKeys: () => Promise<unknown>, { now, published }: Omit<KeyTools, 'fetchKeySet'>): FetchedSet {
  let last: { readonly set: KeySet; readonly at: number } | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  let isDown = false;
  let renewal: Promise<void> | undefined;
  // A clock that was set back makes nothing young again.
  const isWithin = (since: number, span: number): boolean => now() >= since && now() - since < span;
  const fetchOnce = async (): Promise<void> => {
    triedAt = now();
    try {
      last = { set: localSet((await fetchKeys()) as JSONWebKeySet, { published }), at: now() };
      isDown = false;
    } catch {
      isDown = true;
    } finally {
      renewal = undefined;
    }
  };
  const renew = async (): Promise<void> => {
    if (renewal === undefined && !isWithin(triedAt, REST)) renewal = fetchOnce();
    await renewal;
  };
  const findNow = async (name: KeyName): Promise<CryptoKey | Refusal> =>
    last && isWithin(last.at, LAST_KEYS) ? last.set(name) : 'keys out of reach';
  return {
    known: async (name) => {
      const found = await findNow(name);
      if (typeof found === 'string' || !last || isWithin(last.at, YOUNG)) return found;
      const renewed = renew();
      // Of a host that is down nothing new is to be learnt: only the next call finds out that it is back.
      if (isDown || isWithin(last.at, FRESH)) return found;
      await renewed;
      return findNow(name);
    },
    current: async (name) => {
      await renew();
      const found = await findNow(name);
      // Of a host that is down nobody knows whether it has a new key.
      return found === 'key' && isDown ? 'keys out of reach' : found;
    },
  };
}
