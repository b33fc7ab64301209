/** One request to the service and its answer, as they went over the wire, with the time that it took. */
import type { Card } from '../../cds-hooks/response.js';

export interface Exchange {
  readonly url: string;
  /** The body as it was sent. */
  readonly sent: string;
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The body as it came. */
  readonly received: string;
  /** From the first byte sent to the last one read. */
  readonly milliseconds: number;
  /** Empty where the answer is an error. */
  readonly cards: readonly Card[];
  /** What the service says is wrong. */
  readonly fault?: Fault;
}

export interface Fault {
  readonly text: string;
  /** Place in the request, such as `context.patientId`. */
  readonly place?: string;
}

/** Sends a body as it is. Throws when no answer came, or when `signal` ends it. */
export async function exchange(url: string, body: string, signal?: AbortSignal): Promise<Exchange> {
  const start = performance.now();
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    ...(signal && { signal }),
  });
  const received = await response.text();
  const milliseconds = performance.now() - start;
  const answer = parsed(received);
  const { cards } = answer as { readonly cards?: readonly Card[] };
  return {
    url,
    sent: body,
    status: response.status,
    headers: [...response.headers],
    received,
    milliseconds,
    cards: response.ok ? (cards ?? []) : [],
    ...(!response.ok && { fault: faultOf(answer) }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return {};
  }
}

function faultOf(outcome: unknown): Fault {
  const { issue } = outcome as {
    readonly issue?: readonly {
      readonly details?: { readonly text?: string };
      readonly expression?: readonly string[];
    }[];
  };
  const place = issue?.[0]?.expression?.[0];
  return { text: issue?.[0]?.details?.text ?? '', ...(place !== undefined && { place }) };
}

/** The same request for a shell. The body stands between two lines that no JSON holds, so nothing in it is read by the shell. */
export function asCurl({ url, sent }: Pick<Exchange, 'url' | 'sent'>): string {
  return `curl -s '${url}' -H 'content-type: application/json' --data-binary @- <<'END_OF_REQUEST'\n${sent}\nEND_OF_REQUEST\n`;
}
