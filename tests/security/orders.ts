/** Rows 45 to 48: orders that cannot be judged, selections that select nothing, and more drafts than anybody writes. */
import { expect } from 'vitest';
import { issueOf } from '../support/json.js';
import { DRAFT, PATIENT, bundleOf, searchsetOf } from '../support/requests.js';
import { call, contextOf, once, prefetchOf, refused, taken, type Attack } from './attack.js';
import { MARK } from './targets.js';

const shown = (value: unknown): string => `\`${JSON.stringify(value)}\``.replaceAll(MARK, 'x');
const drafts = (value: unknown) => contextOf('draftOrders', value);
const selections = (value: unknown) => contextOf('selections', value);
const PLACE = 'context.draftOrders';
const ofSubject = (reference: string) => drafts(bundleOf({ ...DRAFT, subject: { reference }, note: [{ text: MARK }] }));

const BEFORE_R4 = [
  ['MedicationOrder', 'MedicationRequest'],
  ['ProcedureRequest', 'ServiceRequest'],
  ['ReferralRequest', 'ServiceRequest'],
] as const;
const NO_DRAFTS: readonly unknown[] = [
  [],
  MARK,
  { resourceType: 'ServiceRequest' },
  { resourceType: 'Bundle' },
  { resourceType: 'Bundle', entry: [] },
  { resourceType: 'Bundle', entry: [{}, 1] },
];
const NO_SELECTIONS: readonly unknown[] = [[], `ServiceRequest/${MARK}`, null, {}];
const OTHERS = [
  'Patient/somebody-else',
  'https://ehr.example/fhir/Patient/somebody-else',
  'Patient/somebody-else/_history/3',
];
const THIS = [
  `Patient/${PATIENT}`,
  `https://ehr.example/fhir/Patient/${PATIENT}`,
  `Patient/${PATIENT}/_history/3`,
  'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0',
];

const many = (count: number) => Array.from({ length: count }, (_, index) => ({ ...DRAFT, id: `draft-${index}` }));
/** Entries as small as they can be, so that they do not fill the body that is allowed. */
const crowd = (count: number) => ({
  ...searchsetOf(),
  entry: Array<object>(count).fill({ resource: { resourceType: 'Flag' } }),
});

export const ORDERS: readonly Attack[] = [
  ...BEFORE_R4.map(([resourceType, expected]) => ({
    row: 45,
    attack: `a selected ${resourceType}`,
    send: call('order-select', (request) => {
      request.context['draftOrders'] = bundleOf({ resourceType, id: 'old', note: [{ text: MARK }] });
      request.context['selections'] = [`${resourceType}/old`];
    }),
    ...refused(422, 'not-supported', PLACE),
    holds: {
      that: `${expected} is named`,
      check: ({ json }: { readonly json: unknown }) =>
        expect(issueOf(json).details?.text).toContain(`Send ${expected} in the place of ${resourceType}.`),
    },
  })),
  ...NO_DRAFTS.map((value) => ({
    row: 46,
    attack: `\`draftOrders\` ${shown(value)}`,
    send: call('order-sign', drafts(value)),
    ...refused(422, 'structure', PLACE),
  })),
  ...NO_SELECTIONS.map((value) => ({
    row: 47,
    attack: `\`selections\` ${shown(value)}`,
    send: call('order-select', selections(value)),
    ...refused(400, 'value', 'context.selections'),
  })),
  ...[[null], [{}]].map((value) => ({
    row: 47,
    attack: `\`selections\` ${shown(value)}`,
    send: call('order-select', selections(value)),
    ...refused(422, 'not-found', 'context.selections'),
  })),
  {
    row: 47,
    attack: 'selections that name no draft',
    send: call('order-select', selections([`ServiceRequest/${MARK}`, 5])),
    ...refused(422, 'not-found', 'context.selections'),
  },
  {
    row: 47,
    attack: 'selections of which one names a draft',
    send: call('order-select', selections([`ServiceRequest/${MARK}`, 'ServiceRequest/draft-1'])),
    ...taken,
  },
  ...OTHERS.map((reference) => ({
    row: 41,
    attack: `a selected draft about \`${reference}\``,
    send: call('order-select', ofSubject(reference)),
    ...refused(422, 'conflict', PLACE),
  })),
  ...THIS.map((reference) => ({
    row: 41,
    attack: `a selected draft about \`${reference}\``,
    send: call('order-select', ofSubject(reference)),
    ...taken,
  })),
  {
    row: 48,
    attack: '5000 draft orders, one of them selected',
    send: call('order-select', drafts(bundleOf(...many(5000), DRAFT))),
    ...taken,
    ...once,
  },
  {
    row: 48,
    attack: '4000 entries in a Bundle',
    send: call('patient-view', prefetchOf('flags', crowd(4000))),
    ...taken,
    ...once,
  },
  {
    row: 48,
    attack: '100 000 entries in a Bundle',
    send: call('patient-view', prefetchOf('flags', crowd(100_000))),
    ...refused(400, 'too-costly'),
    ...once,
  },
  {
    row: 48,
    attack: '200 000 entries in a Bundle, more than a body may hold',
    send: call('order-sign', prefetchOf('flags', crowd(200_000))),
    ...refused(413, 'too-long'),
    ...once,
  },
];
