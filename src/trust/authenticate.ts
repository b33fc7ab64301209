/**
 * Who calls, by the JSON Web Token of CDS Hooks: an Authorization header enters, the client or the reason of refusal leaves.
 * The reason is for the audit and the operator; a caller learns nothing but the status.
 */
import type { Client } from '../load-clients.js';

/** Why a call was refused. */
export type Refusal =
  | 'no token'
  | 'not a bearer token'
  | 'unreadable token'
  | 'type'
  | 'algorithm'
  | 'critical header'
  | 'embedded key'
  | 'claim missing'
  | 'issuer'
  | 'subject'
  | 'tenant'
  | 'suspended'
  | 'key address'
  | 'key'
  | 'keys out of reach'
  | 'signature'
  | 'audience'
  | 'expired'
  | 'not yet valid'
  | 'too old'
  | 'replayed';

/** The client that signed; none for an unsigned call where those are let in (demo mode). Or why the call is refused, and whose name it bore. */
export type Verdict =
  { readonly client?: Client; readonly refusal?: undefined } | { readonly refusal: Refusal; readonly client?: Client };

/** Judges the Authorization header of a call to `path`, such as `/cds-services/plexus-patient-view`, below our public URL. Never throws. */
export type Authenticate = (authorization: string | undefined, path: string) => Promise<Verdict>;

/** Remembers a token until `until` (milliseconds since 1970); false when it was remembered already. Throws when it can remember no more. */
export type RememberToken = (issuer: string, tokenId: string, until: number) => Promise<boolean>;
