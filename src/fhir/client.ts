/**
 * The only way out to an EHR's FHIR server: GET of a resource or of the pages of a search, below one registered base URL.
 * No redirect is followed, nothing beside that base is asked, no name that resolves to a private address is connected to unless its entry says so;
 * time and bytes are counted down for a request as a whole. What nobody answered is asked once more; what the server itself says stands.
 * A failure is a value with one of a few names, never an exception, never a message.
 */
import { setMaxListeners } from 'node:events';
import { lookup as resolveName } from 'node:dns';
import { Agent, request } from 'undici';
import { REFUSED, publicOnly, type ResolveName } from './private-addresses.js';
import { isObject } from './references.js';
import { untilAborted } from './until-aborted.js';

/** Where to read, and by what right. */
export interface FhirServer {
  /** As registered, without trailing slash. */
  readonly base: string;
  readonly token?: string;
  /** Whether the server may stand on a private network. */
  readonly privateNetwork: boolean;
}

/** What one request to us may still cost; bytes are counted down. */
export interface Budget {
  readonly signal: AbortSignal;
  bytes: number;
}

/** A budget that ends after so many milliseconds from now. */
export function createBudget(milliseconds: number, bytes: number): Budget {
  const signal = AbortSignal.timeout(milliseconds);
  // Every read of a request listens to the one signal; there are as many as there are keys and Medications.
  setMaxListeners(0, signal);
  return { signal, bytes };
}

export type FetchFailure =
  | 'deadline'
  | 'unreachable'
  | 'refused address'
  | 'unauthorised'
  | 'not found'
  | 'request refused'
  | 'throttled'
  | 'redirect'
  | 'server error'
  | 'not FHIR'
  | 'too large';

/** A resource as parsed JSON, or why there is none. */
export type Reply = { readonly resource: Record<string, unknown> } | { readonly failure: FetchFailure };

/** The pages of a search, as Bundles; `failure` says why the pages end early. */
export interface Pages {
  readonly pages: readonly Record<string, unknown>[];
  readonly failure?: FetchFailure;
}

export interface FhirClient {
  /** Reads `path`, such as `Patient/1`, below the server's base. */
  readonly read: (server: FhirServer, path: string, budget: Budget) => Promise<Reply>;
  /** Reads a search such as `Condition?patient=1` to its last page, or to `MOST_PAGES`. */
  readonly search: (server: FhirServer, query: string, budget: Budget) => Promise<Pages>;
  readonly close: () => Promise<void>;
}

/** Ours: a search of more pages is given up, and what was read counts as a part. */
const MOST_PAGES = 10;
/** Ours: sockets to one server at a time. */
const CONNECTIONS = 64;
/** Ours: milliseconds for a name and a connection; two packets may be lost, which are sent again after one and three seconds. */
const CONNECTING = 4000;
/** What can be written into a header. A pool of undici's loses a connection for good over a header that it refuses. */
const WRITABLE = /^[\x21-\x7e]+$/;

/** Makes a client with its connection pools; `close` ends them. */
export function createFhirClient(resolve: ResolveName = resolveName): FhirClient {
  const options = { connections: CONNECTIONS, pipelining: 1, keepAliveTimeout: 10_000 };
  const open = new Agent({ ...options, connect: { timeout: CONNECTING, lookup: publicOnly(resolve) } });
  const anywhere = new Agent({ ...options, connect: { timeout: CONNECTING } });
  const get = (server: FhirServer, url: string, budget: Budget): Promise<Reply> =>
    fetchJson(url, server, server.privateNetwork ? anywhere : open, budget);
  return {
    read: (server, path, budget) => get(server, `${server.base}/${path}`, budget),
    search: (server, query, budget) => readPages(server, query, (url) => get(server, url, budget)),
    // What is still asked is asked for nobody: its deadline is over, and it waits for a connection.
    close: async () => {
      await Promise.all([open.destroy(), anywhere.destroy()]);
    },
  };
}

async function readPages(server: FhirServer, query: string, get: (url: string) => Promise<Reply>): Promise<Pages> {
  const pages: Record<string, unknown>[] = [];
  const seen = new Set<string>();
  let url = `${server.base}/${query}`;
  while (pages.length < MOST_PAGES && !seen.has(url)) {
    seen.add(url);
    const reply = await get(url);
    if ('failure' in reply) return { pages, failure: reply.failure };
    pages.push(reply.resource);
    const link = nextOf(reply.resource);
    if (link === undefined) return { pages };
    const next = belowBase(link, server.base, url);
    if (next === undefined) return { pages, failure: 'refused address' };
    url = next;
  }
  return { pages, failure: 'too large' };
}

function nextOf(bundle: Record<string, unknown>): string | undefined {
  const links: readonly unknown[] = Array.isArray(bundle['link']) ? bundle['link'] : [];
  const next = links.find((link) => isObject(link) && link['relation'] === 'next');
  return isObject(next) && typeof next['url'] === 'string' ? next['url'] : undefined;
}

/** A link as an absolute URL; undefined unless it is the base or below it: the token belongs to that server alone, and not to another tenant of its host. */
function belowBase(link: string, base: string, from: string): string | undefined {
  if (!URL.canParse(link, from)) return undefined;
  const url = new URL(link, from);
  const { origin, pathname } = new URL(base);
  const path = pathname.replace(/\/$/, '');
  const isBelow = url.pathname === path || url.pathname.startsWith(`${path}/`);
  return url.origin === origin && isBelow && url.username === '' && url.password === '' ? url.href : undefined;
}

async function fetchJson(url: string, server: FhirServer, dispatcher: Agent, budget: Budget): Promise<Reply> {
  const ask = (): Promise<Answer> => getOnce(url, server, dispatcher, budget);
  const first = await ask();
  // At once, and once: a socket that the server had closed, or a server that was just restarted, answers the second time or is down.
  const answer = isUnanswered(first) && budget.bytes >= 0 ? await ask() : first;
  return 'failure' in answer ? answer : readBody(answer.body, budget);
}

/** A body that is still to be read, or why there is none. */
type Answer = { readonly body: AsyncIterable<Buffer> } | { readonly failure: FetchFailure };

const isUnanswered = (answer: Answer): boolean => 'failure' in answer && answer.failure === 'unreachable';

async function getOnce(url: string, { token }: FhirServer, dispatcher: Agent, budget: Budget): Promise<Answer> {
  const { signal } = budget;
  if (isOver(budget)) return { failure: 'deadline' };
  if (token !== undefined && !WRITABLE.test(token)) return { failure: 'unauthorised' };
  const headers = { accept: 'application/fhir+json', ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  try {
    const asked = request(url, { dispatcher, signal, headers });
    const { statusCode, body } = await untilAborted(asked, signal);
    const failure = failureOf(statusCode);
    if (failure === undefined) return { body: body as AsyncIterable<Buffer> };
    // The body is of no use; a socket that is still sending it is given up.
    body.on('error', () => undefined).destroy();
    return { failure };
  } catch (error) {
    if (isOver(budget)) return { failure: 'deadline' };
    return { failure: error instanceof Error && error.message === REFUSED ? 'refused address' : 'unreachable' };
  }
}

/** Not asked for again when it breaks: its bytes are spent, and the server was there. */
async function readBody(body: AsyncIterable<Buffer>, budget: Budget): Promise<Reply> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of body) {
      budget.bytes -= chunk.length;
      if (budget.bytes < 0) return { failure: 'too large' };
      chunks.push(chunk);
    }
  } catch {
    return { failure: isOver(budget) ? 'deadline' : 'unreachable' };
  }
  return parse(Buffer.concat(chunks).toString('utf8'));
}

const isOver = ({ signal }: Budget): boolean => signal.aborted;

function failureOf(status: number): FetchFailure | undefined {
  if (status === 200) return undefined;
  if (status === 401 || status === 403) return 'unauthorised';
  if (status === 404 || status === 410) return 'not found';
  if (status === 429) return 'throttled';
  // A gateway speaks for itself: it did not reach the server, or had no answer from it.
  if (status === 502 || status === 504) return 'unreachable';
  if (status >= 300 && status < 400) return 'redirect';
  return status >= 400 && status < 500 ? 'request refused' : 'server error';
}

function parse(text: string): Reply {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && typeof value['resourceType'] === 'string' ? { resource: value } : { failure: 'not FHIR' };
  } catch {
    return { failure: 'not FHIR' };
  }
}
