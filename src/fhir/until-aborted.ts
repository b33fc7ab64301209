/**
 * An end to waiting that holds at every stage: undici tells a request that it is aborted only once the request has a connection, so one that
 * waits for a name to be resolved, for a connection or for its turn would outlast its deadline.
 */

/** What `work` comes to, or a rejection as soon as the signal says. What `work` comes to after that is nobody's: it has the same signal, and ends itself. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new Error('aborted'));
  });
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
