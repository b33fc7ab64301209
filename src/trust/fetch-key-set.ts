/**
 * The way out to the key sets of clients: one GET to one registered address. No redirect is followed, no name that resolves to a private address is
 * connected to unless its entry says so, and neither time nor bytes are without bound. What fails says so by an error that nobody reads.
 */
import { lookup as resolveName } from 'node:dns';
import { Agent, request } from 'undici';
import { publicOnly } from '../fhir/private-addresses.js';

/** Ours: milliseconds and bytes that a key set may take. */
const PATIENCE = 2000;
const MOST_BYTES = 262_144;

/** Fetches JSON from the address of a key set; rejects when it cannot be had. */
export type FetchKeySet = (address: string, privateNetwork: boolean) => Promise<unknown>;

export interface KeySetFetcher {
  readonly fetch: FetchKeySet;
  readonly close: () => Promise<void>;
}

/** Makes the fetcher with its connections; `close` ends them. */
export function createKeySetFetcher(): KeySetFetcher {
  const open = new Agent({ connect: { lookup: publicOnly(resolveName) } });
  const anywhere = new Agent();
  return {
    fetch: (address, privateNetwork) => fetchJson(address, privateNetwork ? anywhere : open),
    close: async () => {
      await Promise.all([open.close(), anywhere.close()]);
    },
  };
}

async function fetchJson(address: string, dispatcher: Agent): Promise<unknown> {
  const { statusCode, body } = await request(address, {
    dispatcher,
    signal: AbortSignal.timeout(PATIENCE),
    headers: { accept: 'application/jwk-set+json, application/json' },
  });
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
