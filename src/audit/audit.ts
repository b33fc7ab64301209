/** What is kept of a call: who called what when about whom, and what came of it. Apart from the operational log, which holds no such thing. */

/** What happened, as one line of the audit stream. Ids are as the caller sent them; the stream keeps a patient's only as a pseudonym. */
export interface AuditEntry {
  readonly action: 'cards' | 'explanation' | 'feedback' | 'discovery' | 'start' | 'stop';
  /** Correlation id, as in the operational log. */
  readonly requestId?: string;
  /** Id of the client in the registry; absent when nobody can be named. */
  readonly client?: string;
  /** In whose name pseudonyms are made: the client's tenant, else its id. */
  readonly tenant?: string;
  /** Network address of the caller. */
  readonly address?: string;
  /** Id of a service that exists. */
  readonly service?: string;
  readonly hookInstance?: string;
  /** `Practitioner/123`. */
  readonly userId?: string;
  readonly patientId?: string;
  /** The rules that fired into cards. */
  readonly rules?: readonly { readonly id: string; readonly version: string }[];
  /** HTTP status of the answer. */
  readonly status?: number;
  /** Why the call was refused. */
  readonly refusal?: string;
}

export interface Audit {
  /** Appends an entry; the promise ends when the line is written. Never throws: a line that cannot be written is counted and shows in `isWriting`. */
  readonly record: (entry: AuditEntry) => Promise<void>;
  /** Whether the last line could be written. */
  readonly isWriting: () => boolean;
  readonly close: () => Promise<void>;
}
