/** What is kept of a call: who called what when about whom, and what came of it. Apart from the operational log, which holds no such thing. */

/**
 * Within what an id names one patient: what an issuer signs for a tenant, and for a subject where the registry has one; else a client that
 * signed nothing. No list of the one kind is one of the other.
 */
export type AssigningAuthority =
  readonly [issuer: string, subject: string | null, tenant: string | null] | readonly [client: string];

/** What happened, as one line of the audit stream. Ids are as the caller sent them; the stream keeps a patient's only as a pseudonym. */
export interface AuditEntry {
  /**
   * `refusals` stands for many refused calls at once (`calls`), `lost` for calls of which no line could be kept (`calls`);
   * `start` and `stop` are those of the service.
   */
  readonly action: 'cards' | 'explanation' | 'feedback' | 'discovery' | 'refusals' | 'lost' | 'start' | 'stop';
  /** Correlation id, as in the operational log. */
  readonly requestId?: string;
  /** Id of the client in the registry; absent when nobody can be named. Of a refused call: the client whose name it bore. */
  readonly client?: string;
  /** The organisation that the verified token names, where the EHR signs for several. */
  readonly tenant?: string;
  /** Whose ids `patientId` and `userId` are; absent when nobody can be named. */
  readonly authority?: AssigningAuthority;
  /** Network address of the caller. */
  readonly address?: string;
  /** Id of a service that exists. */
  readonly service?: string;
  readonly hookInstance?: string;
  /** `Practitioner/123`. */
  readonly userId?: string;
  readonly patientId?: string;
  /** The rules that fired into cards, also those of a client in shadow, whose users saw none. */
  readonly rules?: readonly { readonly id: string; readonly version: string }[];
  /** Number of cards that were sent. */
  readonly cards?: number;
  /** HTTP status of the answer. */
  readonly status?: number;
  /** Why the call was refused. */
  readonly refusal?: string;
  /** For how many calls this entry stands, where it is not one. */
  readonly calls?: number;
  /** When the first of them was, milliseconds since 1970. */
  readonly since?: number;
}

/**
 * What became of an entry: `written` stands in its file; `late` was answered before its line was written, and is written when it can be;
 * `lost` found the queue full; `summarised` is counted in an entry that stands for many.
 */
export type AuditResult = 'written' | 'late' | 'lost' | 'summarised';

export interface Audit {
  /**
   * Appends an entry; the promise ends when the line is written, or when it has waited long enough: cards are not held back.
   * Never throws: a line that cannot be written is counted and shows in `isWriting`.
   */
  readonly record: (entry: AuditEntry) => Promise<void>;
  /** Whether the last line could be written. */
  readonly isWriting: () => boolean;
  /** Writes `stop` and what waits, and lets the folder go. */
  readonly close: () => Promise<void>;
}
