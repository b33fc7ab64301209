/**
 * The way out to the key sets of clients: one GET to one registered address. No redirect is followed, no name that resolves to a private address is
 * connected to unless its entry says so, and neither time nor bytes are without bound. What fails says so by an error that nobody reads.
 */
import { lookup as resolveName } from 'node:dns';
import { Agent, request } from 'undici';
import { publicOnly, type ResolveName } from '../fhir/private-addresses.js';
import { untilAborted } from '../fhir/until-aborted.js';

/** Ours: milliseconds and bytes that a key set may take. */
const PATIENCE = 2000;
const MOST_BYTES = 262_144;

/** Fetches JSON from the address of a key set; rejects when it cannot be had. */
export type FetchKeySet = (address: string, privateNetwork: boolean) => Promise<unknown>;

export interface KeySetFetcher {
  readonly fetch: FetchKeySet;
  readonly close: () => Promise<void>;
}

/** Makes the fetcher with its connections; `close` ends them. `patience` in milliseconds. */
export function createKeySetFetcher(resolve: ResolveName = resolveName, patience = PATIENCE): KeySetFetcher {
  const open = new Agent({ connect: { timeout: patience, lookup: publicOnly(resolve) } });
  const anywhere = new Agent({ connect: { timeout: patience } });
  return {
    fetch: (address, privateNetwork) => fetchJson(address, privateNetwork ? anywhere : open, patience),
    close: async () => {
      await Promise.all([open.destroy(), anywhere.destroy()]);
    },
  };
}

async function fetchJson(address: string, dispatcher: Agent, patience: number): Promise<unknown> {
  const signal = AbortSignal.timeout(patience);
  const headers = { accept: 'application/jwk-set+json, application/json' };
  const { statusCode, body } = await untilAborted(request(address, { dispatcher, signal, headers }), signal);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop gives up the connection.
    if (bytes > MOST_BYTES || statusCode !== 200) throw new Error('no key set');
    chunks.push(chunk);
  }
  if (statusCode !== 200) throw new Error('no key set');
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
