/** What an attack is, and the ways in which one is sent. Every way puts the mark into body and headers. */
import type { RequestListener } from 'node:http';
import { expect } from 'vitest';
import type { Hook } from '../../src/cds-hooks/request.js';
import { pathOf, requestFor, type HookRequest } from '../support/requests.js';
import { send, type Answer } from '../support/service.js';
import { MARK, type ClientName, type Target } from './targets.js';

export type Send = (to: Target) => Promise<Answer>;

/** What is to be seen beside the status. */
export interface Observation {
  readonly that: string;
  readonly check: (answer: Answer, to: Target) => void | Promise<void>;
}

export interface Attack {
  /** Its number in the list of hostile input. */
  readonly row: number;
  /** What is sent, in words. */
  readonly attack: string;
  readonly send: Send;
  readonly status: number;
  /** Code of the issue, for what is refused. */
  readonly issue?: string;
  /** The place that the refusal names. */
  readonly place?: string;
  /** The one mode that it makes sense in. */
  readonly only?: Target['mode'];
  /** How the registered FHIR server behaves meanwhile; well when absent. */
  readonly ehr?: (to: Target) => RequestListener;
  readonly holds?: Observation;
  /** Names that are looked up on its account; none when absent. */
  readonly looksUp?: readonly string[];
}

/** For what costs seconds: the two modes differ in who may call, not in how they read. */
export const once = { only: 'production' } as const;
export const taken = { status: 200 } as const;
export const refused = (status: number, issue: string, place?: string) => ({
  status,
  issue,
  ...(place !== undefined && { place }),
});

/** Changes a request, or gives another body in its place. */
export type Change = (request: HookRequest) => unknown;
export const member =
  (name: string, value: unknown): Change =>
  (request) =>
    (request[name] = value);
export const contextOf =
  (name: string, value: unknown): Change =>
  (request) =>
    (request.context[name] = value);
export const prefetchOf =
  (name: string, value: unknown): Change =>
  (request) =>
    (request.prefetch[name] = value);
export const members =
  (more: Readonly<Record<string, unknown>>): Change =>
  (request) =>
    Object.assign(request, more);

/** A good request of a hook that carries the mark, after the change. */
export function markedRequest(hook: Hook, change: Change = () => undefined): HookRequest {
  const request = requestFor(hook);
  Object.assign(request.prefetch['patient'] as object, { name: [{ family: MARK }], address: [{ text: MARK }] });
  Object.assign(request, { remark: MARK });
  request.context['userId'] = `Practitioner/${MARK}`;
  change(request);
  return request;
}

const HEADERS = { 'content-type': 'application/json', 'user-agent': MARK };
type Headers = Readonly<Record<string, string>>;

interface Options {
  readonly headers?: Headers;
  /** Who signs. */
  readonly client?: ClientName;
  /** The path that it is signed for, when it is another. */
  readonly audience?: string;
}

/** Posts a body as it is, by a caller that is let in. */
export function postTo(path: string, body: unknown, { headers, client, audience = path }: Options = {}): Send {
  return async (to) =>
    send(to.url + path, {
      method: 'POST',
      headers: { ...HEADERS, ...(await to.credentials(audience, client)), ...headers },
      body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
    });
}

/** Posts a text or bytes to patient-view. */
export const body = (content: string | Buffer, headers: Headers = {}): Send =>
  postTo(pathOf('patient-view'), content, { headers });

/** Posts a request of a hook after the change. */
export const call = (hook: Hook, change?: Change, headers: Headers = {}): Send =>
  postTo(pathOf(hook), markedRequest(hook, change), { headers });

/** A request to patient-view after the change. */
export const view = (change?: Change): Send => call('patient-view', change);

/** Sends no body, by whatever method. */
export const empty =
  (method: string, path: string): Send =>
  async (to) =>
    send(to.url + path, { method, headers: { 'user-agent': MARK, ...(await to.credentials(path)) } });

interface Trace {
  readonly tolerated: readonly unknown[];
  readonly excluded: readonly unknown[];
  readonly episodes: readonly unknown[];
  readonly sources: Readonly<Record<string, string>>;
  readonly facts: readonly { readonly id: string }[];
}

/** How the answer to a request of patient-view came about. */
export async function traceOf(to: Target, request: HookRequest): Promise<Trace> {
  const { json } = await postTo('/explain/plexus-patient-view', request)(to);
  return (json as { readonly trace: Trace }).trace;
}

/** Nobody was asked anything. */
export const NOBODY_ASKED: Observation = {
  that: 'no request leaves',
  check: (_, { ehr, trap }) => expect([...ehr.asked, ...trap.asked]).toEqual([]),
};

/** The answer to a request of patient-view was given with these notes. */
export const noted = (that: string, change: Change, note: Readonly<Record<string, unknown>>): Observation => ({
  that,
  check: async (_, to) =>
    expect((await traceOf(to, markedRequest('patient-view', change))).tolerated).toContainEqual(note),
});
