/** What an answer must never be: the rules by which an attempt counts as a finding. */
import { SCHEMAS, schema, type SchemaName } from '../src/http/openapi/schemas.js';
import { DEMO_FHIR } from '../src/demo/fhir-api.js';
import { emptyPlaces } from '../tests/support/json.js';
import { createJudge } from '../tests/support/openapi.js';
import { MARKER, type Answered, type Attempt } from './attempt.js';

/** A fault, without anything that differs between two attempts that show the same one. */
export interface Fault {
  readonly fault: string;
  /** What was seen this time. */
  readonly detail?: string;
}

/**
 * Milliseconds of processor time; numbers of ours. In demo mode nothing is waited for but the processor: a body of an ordinary size has the two seconds of
 * DEADLINE_MS, a larger one, up to the body limit, what it takes to read megabytes on a busy machine.
 */
const ORDINARY = { bytes: 100_000, ms: 2000 };
/**
 * Milliseconds that an answer may take beyond what the processor did for it: the deadline for what the EHR is asked, and as much again. Of a processor
 * that others work with too, a process has a fourth at least. Ours, all of them.
 */
const LATE = { ms: 4000, share: 4 };
/** After this long a request is taken for hung, whatever its size. */
export const HUNG_AFTER = 15_000;

const { faults } = createJudge({ components: { schemas: SCHEMAS } as never });
const named = new Map<SchemaName, { readonly $ref: string }>();

/** Every fault of a JSON value by one of the schemas that answers keep to. */
function schemaFaults(name: SchemaName, value: unknown): readonly string[] {
  const reference = named.get(name) ?? schema(name);
  named.set(name, reference);
  return faults(reference, value);
}

/** Every fault of an answer; none when it is as it must be. */
export function judge(attempt: Attempt, answered: Answered): readonly Fault[] {
  if (answered.isHung) return [{ fault: `no answer within ${HUNG_AFTER} ms` }];
  if (answered.status === 0) return attempt.malformed ? [] : [{ fault: 'connection closed without an answer' }];
  return [...judgeStatus(attempt, answered), ...judgeBody(attempt, answered)];
}

/** Whether an answer took longer than its body is an excuse for. */
export const isSlow = ({ body }: Attempt, { ms, cpu = ms, isHung }: Answered): boolean =>
  !isHung && Math.min(ms, cpu) > ORDINARY.ms && (body?.length ?? 0) < ORDINARY.bytes;

/** Whether an answer was waited for, by nobody's work: the service was idle, or the machine busy, which a second attempt tells apart. */
export const isLate = ({ ms, cpu = ms, isHung }: Answered): boolean => !isHung && ms > LATE.ms + LATE.share * cpu;

/** A machine that is busy elsewhere is no fault of the service, nor is what it does for others: slow is what is slow twice, late what is late thrice. */
export async function judgeTime(
  attempt: Attempt,
  answered: Answered,
  again: () => Promise<Answered>,
): Promise<readonly Fault[]> {
  if (isSlow(attempt, answered) && isSlow(attempt, await again()))
    return [
      { fault: 'a slow answer to a body of ordinary size', detail: `${Math.round(answered.cpu ?? answered.ms)} ms` },
    ];
  if (isLate(answered) && isLate(await again()) && isLate(await again()))
    return [{ fault: 'an answer that is late', detail: `${Math.round(answered.ms)} ms` }];
  return [];
}

function judgeStatus({ token, path }: Attempt, { status }: Answered): readonly Fault[] {
  // 429: who is refused too often is told so.
  if (token === 'bad' && status !== 401 && status !== 429)
    return [{ fault: `status ${status} to a token that is not good` }];
  if (token === 'good' && status === 401) return [{ fault: 'a good token refused' }];
  // The demo EHR says by 507 that it is full.
  const isOurs = status >= 500 && !(status === 507 && path.startsWith(DEMO_FHIR));
  return isOurs ? [{ fault: `status ${status}` }] : [];
}

function judgeBody(attempt: Attempt, { status, headers, text }: Answered): readonly Fault[] {
  if (status >= 400) return judgeRefusal(attempt, text);
  const isCall = attempt.method === 'POST' && status === 200;
  const route = isCall ? /^\/(cds-services|explain)\/[a-z-]+\/?$/.exec(attempt.path)?.[1] : undefined;
  if (route === undefined) return [];
  const answer = parse(text);
  if (answer === undefined) return [{ fault: 'a 200 that is not JSON', detail: String(headers['content-type']) }];
  const wrong = schemaFaults(route === 'explain' ? 'Explanation' : 'CardsAnswer', answer);
  const { cards } = answer as { readonly cards: unknown };
  const empty = emptyPlaces({ cards: ownWords(cards) }, ['cards']);
  return [
    ...wrong.map((detail) => ({ fault: `answer against its schema: ${withoutIndexes(detail)}`, detail })),
    ...empty.map((detail) => ({ fault: `null or empty member: ${withoutIndexes(detail)}`, detail })),
  ];
}

/** The cards without the drafts that they give back changed: what a client left empty in its own draft stays as it was. */
function ownWords(cards: unknown): unknown {
  const text = JSON.stringify(cards, (_name, value: unknown) => {
    const { type, resource } = (value ?? {}) as { readonly type?: unknown; readonly resource?: unknown };
    return type === 'update' && resource !== undefined ? 'an update' : value;
  });
  return JSON.parse(text);
}

function judgeRefusal({ method, path }: Attempt, text: string): readonly Fault[] {
  const repeats = text.includes(MARKER) ? [{ fault: 'an error that repeats what was sent' }] : [];
  if (method === 'HEAD') return repeats;
  const outcome = parse(text);
  const isOutcome =
    (outcome as { readonly resourceType?: unknown } | null | undefined)?.resourceType === 'OperationOutcome';
  if (!isOutcome) return [...repeats, { fault: 'an error that is no OperationOutcome', detail: text.slice(0, 200) }];
  // The demo EHR has words of its own.
  const wrong = path.startsWith(DEMO_FHIR) ? [] : schemaFaults('OperationOutcome', outcome);
  return [
    ...repeats,
    ...wrong.map((detail) => ({ fault: `error against its schema: ${withoutIndexes(detail)}`, detail })),
  ];
}

const withoutIndexes = (place: string): string => place.replaceAll(/([./])\d+/g, '$1*').slice(0, 200);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
