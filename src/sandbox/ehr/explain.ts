/** How the cards of a request came about. */
import type { Trace } from '../why/trace.js';

/** Undefined where the service does not explain, or refuses the request. */
export async function explain(service: string, body: string, signal: AbortSignal): Promise<Trace | undefined> {
  const response = await fetch(`explain/${service}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    signal,
  });
  if (!response.ok) return undefined;
  return ((await response.json()) as { readonly trace: Trace }).trace;
}
