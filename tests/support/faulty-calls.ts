/** Calls that end in an error of each kind, with a canary in the place that is wrong, and feedback that is right and full of canaries. */
import type { OutgoingHttpHeaders } from 'node:http';
import type { Canaries } from './canaries.js';
import { DRAFT, bundleOf, pathOf, requestFor } from './requests.js';

export interface Call {
  readonly path: string;
  readonly body?: unknown;
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
}

type Json = Readonly<Record<string, unknown>>;

const VIEW = pathOf('patient-view');
const FEEDBACK = `${VIEW}/feedback`;

/** Calls of services, each refused. */
export function faultyCalls({ plant }: Canaries, fhirServer: string): readonly Call[] {
  const view = (change: Json, headers: OutgoingHttpHeaders = {}): Call => ({
    path: VIEW,
    body: { ...requestFor('patient-view'), ...change },
    headers,
  });
  const context = (change: Json): Call => view({ context: { ...requestFor('patient-view').context, ...change } });
  const prefetch = (change: Json): Call => view({ prefetch: { ...requestFor('patient-view').prefetch, ...change } });
  const select = (change: Json): Call => {
    const request = requestFor('order-select');
    return { path: pathOf('order-select'), body: { ...request, context: { ...request.context, ...change } } };
  };
  const drafted = (draft: Json): Call => {
    const own = { ...DRAFT, code: { text: plant('code') }, note: [{ text: plant('note') }], ...draft };
    return select({ draftOrders: bundleOf(own), selections: undefined });
  };
  const token = { access_token: plant('token'), token_type: 'Bearer', expires_in: 1, scope: '', subject: 's' };
  const granted = (change: Json): Call => view({ fhirServer, fhirAuthorization: { ...token, ...change } });
  return [
    view({ hook: plant('hook') }),
    view({ hookInstance: plant('hookInstance') }),
    view({ context: plant('context') }),
    view({ context: [plant('context')] }),
    view({ prefetch: plant('prefetch') }),
    view({ fhirServer: plant('fhirServer') }),
    view({ fhirServer: `https://${plant('user')}@ehr.example.org` }),
    view({ fhirAuthorization: token }),
    granted({ token_type: plant('token_type') }),
    granted({ expires_in: plant('expires_in') }),
    granted({ scope: [plant('scope')] }),
    granted({ subject: { id: plant('subject') } }),
    context({ patientId: `${plant('patientId')} !` }),
    context({ patientId: { id: plant('patientId') } }),
    context({ patientId: plant('patientId') }),
    prefetch({ patient: plant('patient') }),
    prefetch({ patient: { resourceType: 'Patient', id: plant('patient.id') } }),
    prefetch({ conditions: [plant('conditions')] }),
    prefetch({ [plant('key')]: plant('value') }),
    prefetch({ [plant('key')]: { resourceType: 'Patient', id: plant('id') } }),
    select({ draftOrders: plant('draftOrders') }),
    select({ draftOrders: { resourceType: plant('type'), entry: [plant('entry')] } }),
    select({ draftOrders: bundleOf(plant('entry')) }),
    select({ selections: plant('selections') }),
    select({ selections: [`ServiceRequest/${plant('selection')}`] }),
    drafted({ resourceType: 'MedicationOrder' }),
    drafted({ subject: { reference: `Patient/${plant('subject')}`, display: plant('display') } }),
    { path: VIEW, body: `{"hook": "${plant('cut')}` },
    { path: VIEW, body: `{"__proto__": {"${plant('proto')}": 1}}` },
    { path: VIEW, body: `"${plant('string')}"` },
    { path: VIEW, body: Buffer.concat([Buffer.from(`{"a":"${plant('utf8')}`), Buffer.from([0xff])]) },
    { path: VIEW, body: `${'['.repeat(200)}"${plant('deep')}"${']'.repeat(200)}` },
    { path: VIEW, body: `{"a":${'{"a":'.repeat(200)}"${plant('deep')}"${'}'.repeat(201)}` },
    view({}, { 'content-type': `text/${plant('content-type')}` }),
    view({}, { 'content-type': `application/json; charset=${plant('charset')}` }),
    view({}, { 'content-encoding': plant('encoding') }),
    view({ hook: plant('hook') }, strangeHeaders(plant)),
    { path: VIEW, method: 'PUT', body: { name: plant('PUT') } },
    { path: `/cds-services/${plant('service')}`, body: requestFor('patient-view') },
    { path: `/explain/${plant('service')}`, body: requestFor('patient-view') },
    { path: `/explain/plexus-patient-view?patient=${plant('query')}`, body: { hook: plant('hook') } },
    { path: `${VIEW}?patient=${plant('query')}`, body: { hook: plant('hook') } },
    { path: `/${plant('path')}/Patient/1?name=${plant('query')}`, method: 'GET' },
    { path: `/rules/${plant('rule')}`, method: 'GET' },
    { path: `/%zz${plant('escape')}`, method: 'GET' },
  ];
}

const strangeHeaders = (plant: Canaries['plant']): OutgoingHttpHeaders =>
  Object.fromEntries(
    ['user-agent', 'cookie', 'x-forwarded-for', 'x-forwarded-host', 'x-request-id', 'traceparent', 'referer', 'origin']
      .concat(['accept-language', 'if-none-match', 'forwarded', 'prefer', plant('name')])
      .map((name) => [name, plant(name)]),
  );

const entry = (plant: Canaries['plant']): Json => ({
  card: plant('card'),
  outcome: 'accepted',
  outcomeTimestamp: '2026-11-21T10:00:00Z',
  acceptedSuggestions: [{ id: plant('suggestion') }],
  overrideReason: {
    reason: { code: plant('code'), system: plant('system'), display: plant('display') },
    userComment: plant('userComment'),
  },
});

/** Feedback that is refused. */
export function faultyFeedback({ plant }: Canaries): readonly Call[] {
  return [
    { outcome: plant('outcome') },
    { outcomeTimestamp: plant('outcomeTimestamp') },
    { acceptedSuggestions: plant('acceptedSuggestions') },
    { overrideReason: plant('overrideReason') },
    { overrideReason: { userComment: plant('userComment').padEnd(5000, '.') } },
    { card: { id: plant('card') } },
  ].map((change) => ({ path: FEEDBACK, body: { feedback: [{ ...entry(plant), ...change }] } }));
}

/** Feedback that is taken. */
export function goodFeedback({ plant }: Canaries): readonly Call[] {
  return [{ path: FEEDBACK, body: { feedback: [entry(plant), { ...entry(plant), outcome: 'overridden' }] } }];
}
