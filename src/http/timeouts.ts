/** How long a connection may take for what, in milliseconds: a slow or half-open client is cut off. The numbers are ours. */
export interface Timeouts {
  /** From the first byte, or from connecting, to the end of the headers. */
  readonly headers: number;
  /** To the end of the body. */
  readonly request: number;
  /** Between an answer and the next request. */
  readonly idle: number;
  /** Without a byte in either direction while a request is under way: who does not read the answer gives its place to others. */
  readonly silence: number;
  /** Between two looks for connections that took too long. */
  readonly look: number;
}

export const TIMEOUTS: Timeouts = {
  headers: 10_000,
  // The largest body over a line of 1.4 Mbit/s.
  request: 30_000,
  // Longer than the 60 seconds after which common proxies drop theirs: then it is never we who hang up on a request that is on its way.
  idle: 72_000,
  // Longer than the longest deadline for reading from an EHR and the body before it.
  silence: 60_000,
  look: 5_000,
};
