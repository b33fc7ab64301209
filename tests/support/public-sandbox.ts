/** Plays what the public CDS Hooks sandbox sends, as its source code says (`tests/public-sandbox/conversation.json`), against a service. */
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Bundle, Condition, MedicationRequest } from 'fhir/r4.js';
import type { Card, Suggestion } from '../../src/cds-hooks/response.js';
import { SERVICES } from '../../src/cds-hooks/services.js';
import { readExamples } from './examples.js';
import { send, type Answer } from './service.js';

type Words = Readonly<Record<string, string>>;

interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Words;
  readonly body?: unknown;
}

/** A request of the sandbox; values in angle brackets are filled in while playing. */
export interface Step extends Request {
  readonly name: string;
  readonly kind: string;
  /** Id of the example patient that is open from this step on. */
  readonly patient?: string;
}

interface PrefetchStep {
  readonly name: string;
  readonly kind: 'prefetch';
  readonly patient: string;
  readonly service: string;
  readonly read: Request;
  readonly search: Request;
  readonly fallback: Request;
}

interface Conversation {
  readonly origin: string;
  readonly token: { readonly header: unknown; readonly issuer: string; readonly seconds: number };
  readonly drafts: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly steps: readonly (Step | PrefetchStep)[];
}

const FILE = new URL('../public-sandbox/conversation.json', import.meta.url);
export const CONVERSATION = JSON.parse(readFileSync(FILE, 'utf8')) as Conversation;

/** What was said in one step. `kind` is `read`, `search` or `fallback` within a prefetch. */
export interface Turn {
  readonly name: string;
  readonly kind: string;
  readonly request: Request;
  readonly answer: Answer;
  /** Id of the open patient in the demo EHR. */
  readonly patient: string;
}

const PATIENTS = new Map(readExamples().map(({ id, request }) => [id, String(request.context['patientId'])]));

/** Plays all steps, one after the other, as a browser would send them. */
export async function playConversation(service: string): Promise<readonly Turn[]> {
  const turns: Turn[] = [];
  const token = tokenMaker();
  const now = new Date().toISOString();
  const values: Record<string, unknown> = {
    fhir: `${service}/demo-fhir`,
    services: `${service}/cds-services`,
    now,
    today: now.slice(0, 10),
    ...Object.fromEntries(Object.entries(CONVERSATION.drafts).map(([name, draft]) => [`draft.${name}`, draft])),
  };

  const say = async (name: string, kind: string, asked: Request, more: Readonly<Record<string, unknown>> = {}) => {
    const known: Record<string, unknown> = { ...values, uuid: randomUUID(), ...more };
    const url = String(fill(asked.url, known));
    const request = fill({ ...asked, url }, { ...known, jwt: token(url) }) as Request;
    const answer = await sendFromBrowser(request);
    turns.push({ name, kind, request, answer, patient: String(known['patient']) });
    return answer.json;
  };

  for (const step of CONVERSATION.steps) {
    if (step.patient !== undefined) values['patient'] = PATIENTS.get(step.patient);
    if (isPrefetch(step)) values['prefetch'] = await prefetch(step, say, String(values['patient']));
    else Object.assign(values, rememberedOf(step, await say(step.name, step.kind, step)));
  }
  return turns;
}

type Say = (name: string, kind: string, asked: Request, more?: Readonly<Record<string, unknown>>) => Promise<unknown>;

function isPrefetch(step: Step | PrefetchStep): step is PrefetchStep {
  return step.kind === 'prefetch';
}

/** The value of every key; the fallback is asked too, so that either way is known to work. */
async function prefetch({ name, service, ...ask }: PrefetchStep, say: Say, patient: string) {
  const { prefetch: templates } = SERVICES.find(({ id }) => id === service)!;
  const values: Record<string, unknown> = {};
  for (const [key, template] of Object.entries(templates)) {
    const [path = '', query] = template.replace('{{context.patientId}}', patient).split('?');
    if (query === undefined) values[key] = await say(`${name}: ${key}`, 'read', ask.read, { path });
    else {
      const parameters = new URLSearchParams(query);
      parameters.sort();
      const asked = { path, query: parameters.toString() };
      values[key] = await say(`${name}: ${key}`, 'search', ask.search, asked);
      await say(`${name}: ${key}`, 'fallback', ask.fallback, asked);
    }
  }
  return values;
}

/** What later steps need of an answer: the code of the first Condition, ids of the first card that has them. */
function rememberedOf({ kind }: Step, json: unknown): Readonly<Record<string, unknown>> {
  if (kind === 'conditions') return { condition: (json as Bundle<Condition>).entry?.[0]?.resource?.code };
  if (kind !== 'cards') return {};
  const { cards } = json as { readonly cards: readonly Card[] };
  const card = cards.find(({ suggestions, overrideReasons }) => suggestions && overrideReasons) ?? cards[0];
  const [reason] = card?.overrideReasons ?? [];
  const drug = (card?.suggestions ?? []).map((suggestion) => drugInRxView(suggestion, 'create')).find(Boolean);
  return {
    card: card?.uuid,
    suggestion: card?.suggestions?.[0]?.uuid,
    reason: reason?.code,
    reasonSystem: reason?.system,
    drugName: drug?.name,
    drugCode: drug?.code,
  };
}

/** The drug that Rx View and Rx Sign show once a suggestion is accepted; undefined where they pass over it. */
export function drugInRxView(
  { actions }: Suggestion,
  ...types: readonly ('create' | 'update')[]
): { readonly name: string; readonly code: string } | undefined {
  for (const action of actions) {
    if (action.type === 'delete' || !types.includes(action.type)) continue;
    const { medicationCodeableConcept: drug } = action.resource as Partial<MedicationRequest>;
    const [coding] = drug?.coding ?? [];
    if (drug?.text && coding?.code) return { name: drug.text, code: coding.code };
  }
  return undefined;
}

function sendFromBrowser({ method, url, headers, body }: Request): Promise<Answer> {
  return send(url, {
    method,
    headers: { ...headers, origin: CONVERSATION.origin },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

/** Puts values in the place of `<name>`: whole values where a text is nothing else. Throws for a name without a value. */
export function fill(template: unknown, values: Readonly<Record<string, unknown>>): unknown {
  const valueOf = (name: string) => {
    if (values[name] === undefined) throw new Error(`the conversation has no value for <${name}> yet`);
    return fill(values[name], values);
  };
  if (Array.isArray(template)) return template.map((value) => fill(value, values));
  if (typeof template === 'object' && template !== null)
    return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fill(value, values)]));
  if (typeof template !== 'string') return template;
  const whole = /^<([A-Za-z.]+)>$/.exec(template)?.[1];
  if (whole !== undefined) return valueOf(whole);
  return template.replace(/<([A-Za-z.]+)>/g, (_, name: string) => String(valueOf(name)));
}

/** Makes tokens such as the sandbox makes for an audience, signed with a key of this run. */
function tokenMaker(): (audience: string) => string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const { header, issuer, seconds } = CONVERSATION.token;
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return (audience) => {
    const now = Math.round(Date.now() / 1000);
    const payload = { iss: issuer, aud: audience, exp: now + seconds, iat: now, jti: randomUUID() };
    const signed = `${part(header)}.${part(payload)}`;
    const signature = sign('sha384', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  };
}
