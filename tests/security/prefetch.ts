/** Rows 35 to 45: prefetch of a wrong shape, of another patient, void, unusable or of another version of FHIR. */
import { expect } from 'vitest';
import { condition, nrs } from '../support/records.js';
import { PATIENT, searchsetOf } from '../support/requests.js';
import {
  markedRequest,
  member,
  once,
  prefetchOf,
  refused,
  taken,
  traceOf,
  view,
  type Attack,
  type Change,
} from './attack.js';
import { MARK, type Target } from './targets.js';

/** A day as the services count it: of the two only the demo can be told another today. */
const daysBefore = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

const shown = (value: unknown): string => `\`${JSON.stringify(value)}\``.replaceAll(MARK, 'x');
const OTHER = { resourceType: 'Patient', id: 'somebody-else', name: [{ family: MARK }] };
const FAILED = {
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'error', code: 'exception', diagnostics: MARK }],
};
const SUBJECT = { reference: `Patient/${PATIENT}` };
const NO_VALUES: readonly unknown[] = [MARK, 1, true, [], {}, { id: MARK }];

/** A record that is left out, and counted by reason without being named. */
const leftOut = (row: number, attack: string, resource: object, reason: string): Attack => {
  const change = prefetchOf('conditions', searchsetOf(resource));
  const where = (resource as { readonly resourceType: string }).resourceType;
  return {
    row,
    attack,
    send: view(change),
    ...taken,
    holds: {
      that: `left out, counted as "${reason}"`,
      check: async (_, to) => {
        const { excluded } = await traceOf(to, markedRequest('patient-view', change));
        expect(excluded).toContainEqual({ where, reason, count: 1 });
      },
    },
  };
};

const ofPatient = (reference: unknown) =>
  condition('neuralgic-amyotrophy', daysBefore(9), ['site-shoulder'], {
    subject: { reference },
    note: [{ text: MARK }],
  });
const SUBJECTS: Readonly<Record<string, readonly [unknown, string]>> = {
  'of another patient': ['Patient/somebody-else', 'other patient'],
  'of another patient by address': ['https://ehr.example/fhir/Patient/somebody-else', 'other patient'],
  'of another patient in a version': ['Patient/somebody-else/_history/2', 'other patient'],
  'of a patient whose id begins like this one': [`Patient/${PATIENT}0`, 'other patient'],
  'of a patient that cannot be resolved': ['urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0', 'no patient'],
  'of nobody': [undefined, 'no patient'],
};

const NA = (more: object) => condition('neuralgic-amyotrophy', daysBefore(9), ['site-shoulder'], { ...more });
const status = (code: string) => ({ coding: [{ code }] });
const VOID: Readonly<Record<string, readonly [object, string]>> = {
  'an observation entered in error': [nrs(9, daysBefore(1), [], { status: 'entered-in-error' }), 'void'],
  'an observation that was cancelled': [nrs(9, daysBefore(1), [], { status: 'cancelled' }), 'void'],
  'a diagnosis entered in error': [NA({ verificationStatus: status('entered-in-error') }), 'void'],
  'a diagnosis with a modifier that nobody knows': [
    NA({ modifierExtension: [{ url: `https://ehr.example/${MARK}` }] }),
    'unknown modifier extension',
  ],
};

const REFUTED = NA({ verificationStatus: status('refuted') });

/** Beside a diagnosis whose rules ask for a pain score. */
const scored =
  (more: object, day = daysBefore(1)): Change =>
  (request) => {
    request.prefetch['conditions'] = searchsetOf(NA({}));
    request.prefetch['observations'] = searchsetOf(nrs(9, day, ['site-shoulder'], { ...more }));
  };
const UNUSABLE: Readonly<Record<string, Change>> = {
  'on a day that does not exist': scored({}, '2026-02-31'),
  'on a day to come': scored({}, daysBefore(-400)),
  'on no day': scored({ effectiveDateTime: undefined }),
  'of 11': scored({ valueInteger: 11 }),
  'of −1': scored({ valueInteger: -1 }),
  'as text': scored({ valueInteger: undefined, valueString: '9' }),
  'that is only said to be lower': scored({ valueInteger: undefined, valueQuantity: { value: 9, comparator: '<' } }),
};
const scoreIn = async (change: Change, to: Target): Promise<unknown> => {
  const { facts } = await traceOf(to, markedRequest('patient-view', change));
  return facts.find(({ id }) => id === 'pain.latest');
};

const NOT_R4: Readonly<Record<string, object>> = {
  'an order of STU3': { resourceType: 'ProcedureRequest', id: 'p', status: 'active', subject: SUBJECT },
  'a prescription of DSTU2': { resourceType: 'MedicationOrder', id: 'm', status: 'active', patient: SUBJECT },
  'a diagnosis whose status is a text': NA({ clinicalStatus: 'active', verificationStatus: 'confirmed' }),
};

/** What JSON can say and no text can be made of. */
const NO_TEXT = { toString: 1, valueOf: 1 };
const form = { resourceType: 'QuestionnaireResponse', id: 'q', status: 'completed', subject: SUBJECT };
const ours = { ...form, questionnaire: 'Questionnaire/na-suspicion' };
const drug = { resourceType: 'MedicationRequest', id: 'm', status: 'active', subject: SUBJECT };
const finished = (id: string, ofStatus: string) => ({
  resourceType: 'EpisodeOfCare',
  id,
  status: ofStatus,
  patient: SUBJECT,
  diagnosis: Array.from({ length: 50_000 }, (_, index) => ({ condition: { reference: `Condition/${id}${index}` } })),
});

/** Shapes that FHIR does not have, each under a prefetch key beside a diagnosis. */
const MISSHAPEN: readonly (readonly [string, string, unknown])[] = [
  ['`focus` with null', 'observations', { ...nrs(8, daysBefore(1)), focus: [null] }],
  [
    '`focus` as an object and `encounter` as a list',
    'observations',
    { ...nrs(8, daysBefore(1)), focus: {}, encounter: [null] },
  ],
  ['codings that are an object', 'conditions', NA({ verificationStatus: { coding: { code: 'confirmed' } } })],
  ['codings with null', 'conditions', NA({ verificationStatus: { coding: [null] } })],
  ['a status that is null', 'conditions', NA({ verificationStatus: null, clinicalStatus: null })],
  ['a questionnaire that is no text', 'questionnaireResponses', { ...form, questionnaire: NO_TEXT }],
  ['items of our form that are no items', 'questionnaireResponses', { ...ours, item: [null, { linkId: NO_TEXT }] }],
  [
    'answers of our form that are no answers',
    'questionnaireResponses',
    { ...ours, item: [{ linkId: 'side', answer: [null, { valueCoding: [NO_TEXT] }, { valueCoding: NO_TEXT }] }] },
  ],
  [
    'as many answers as are read, each with as many sides',
    'questionnaireResponses',
    {
      ...ours,
      item: [
        { linkId: 'side', answer: Array.from({ length: 2_400 }, (_, i) => ({ valueCoding: { code: `${i}` } })) },
        ...Array<unknown>(2_400).fill({ linkId: 'pain-at-rest', answer: [{ valueBoolean: true }] }),
      ],
    },
  ],
  [
    'a contained id that is no text',
    'medications',
    { ...drug, medicationReference: { reference: '#m' }, contained: [{ id: NO_TEXT }] },
  ],
  ['a type and a status that every object has', 'tasks', { ...drug, resourceType: 'constructor', status: 'name' }],
];
const misshapen =
  (key: string, resource: unknown): Change =>
  (request) => {
    request.prefetch['conditions'] = searchsetOf(NA({}));
    request.prefetch[key] = searchsetOf(resource);
  };

export const PREFETCH: readonly Attack[] = [
  ...[[], MARK, 1].map((prefetch) => ({
    row: 35,
    attack: `\`prefetch\` ${shown(prefetch)}`,
    send: view(member('prefetch', prefetch)),
    ...refused(400, 'value', 'prefetch'),
  })),
  ...NO_VALUES.flatMap((value) => [
    {
      row: 36,
      attack: `\`prefetch.conditions\` ${shown(value)}`,
      send: view(prefetchOf('conditions', value)),
      ...refused(422, 'structure', 'prefetch.conditions'),
    },
    {
      row: 36,
      attack: `${shown(value)} under a key that is not ours`,
      send: view(prefetchOf(MARK, value)),
      ...refused(422, 'structure', 'prefetch'),
    },
  ]),
  {
    row: 36,
    attack: 'the patient as clients of old send it, within `{response, resource}`',
    send: view((request) => {
      request.prefetch['patient'] = { response: { status: '200 OK' }, resource: request.prefetch['patient'] };
    }),
    ...taken,
  },
  {
    row: 37,
    attack: 'a Patient where a Bundle is expected',
    send: view(prefetchOf('conditions', { resourceType: 'Patient', id: PATIENT })),
    ...taken,
    holds: {
      that: 'the key counts as not read',
      check: async (_, to) => {
        const change = prefetchOf('conditions', { resourceType: 'Patient', id: PATIENT });
        const { sources } = await traceOf(to, markedRequest('patient-view', change));
        expect(['absent', 'failed', 'partial']).toContain(sources['conditions']);
      },
    },
  },
  {
    row: 38,
    attack: 'an OperationOutcome in the place of the patient',
    send: view(prefetchOf('patient', FAILED)),
    ...refused(412, 'processing', 'prefetch.patient'),
  },
  {
    row: 39,
    attack: 'no patient, and no FHIR server to read it from',
    send: view((request) => delete request.prefetch['patient']),
    ...refused(412, 'processing', 'prefetch.patient'),
  },
  {
    row: 39,
    attack: 'no prefetch at all',
    send: view((request) => delete (request as Partial<typeof request>).prefetch),
    ...refused(412, 'processing', 'prefetch.patient'),
  },
  {
    row: 40,
    attack: 'the patient alone, no optional key',
    send: view((request) => (request.prefetch = { patient: request.prefetch['patient'] })),
    ...taken,
  },
  ...(
    [
      ['another Patient', 'patient', OTHER],
      ['another Patient within a Bundle', 'patient', searchsetOf(OTHER)],
      ['another Patient under the key of the conditions', 'conditions', OTHER],
    ] as const
  ).map(([attack, key, value]) => ({
    row: 41,
    attack,
    send: view(prefetchOf(key, value)),
    ...refused(422, 'conflict', `prefetch.${key}`),
  })),
  ...Object.entries(SUBJECTS).map(([whose, [reference, reason]]) =>
    leftOut(42, `a diagnosis ${whose}`, ofPatient(reference), reason),
  ),
  ...Object.entries(VOID).map(([attack, [resource, reason]]) => leftOut(43, attack, resource, reason)),
  {
    row: 43,
    attack: 'a diagnosis that was refuted',
    send: view(prefetchOf('conditions', searchsetOf(REFUTED))),
    ...taken,
    holds: {
      that: 'the patient has no complaint by it',
      check: async (_, to) => {
        const change = prefetchOf('conditions', searchsetOf(REFUTED));
        expect((await traceOf(to, markedRequest('patient-view', change))).episodes).toEqual([]);
      },
    },
  },
  {
    row: 44,
    attack: 'a pain score of 9, for comparison',
    send: view(scored({})),
    ...taken,
    holds: {
      that: 'it is the pain score',
      check: async (_, to) => expect(await scoreIn(scored({}), to)).toMatchObject({ value: 9 }),
    },
  },
  ...Object.entries(UNUSABLE).map(([which, change]) => ({
    row: 44,
    attack: `a pain score ${which}`,
    send: view(change),
    ...taken,
    holds: {
      that: 'no pain score is known',
      check: async (_: unknown, to: Target) =>
        expect(await scoreIn(change, to)).toMatchObject({ unknown: expect.any(String) as string }),
    },
  })),
  ...MISSHAPEN.map(([what, key, resource]) => ({
    row: 44,
    attack: `${what}, which FHIR does not have`,
    send: view(misshapen(key, resource)),
    ...taken,
    ...(what.startsWith('as many') && once),
  })),
  {
    row: 44,
    attack: '100 000 diagnoses in running and finished episodes',
    send: view(prefetchOf('conditions', searchsetOf(finished('a', 'active'), finished('b', 'finished')))),
    ...taken,
    ...once,
  },
  ...Object.entries(NOT_R4).map(([what, resource]) => ({
    row: 45,
    attack: `${what} in the record`,
    send: view(prefetchOf('serviceRequests', searchsetOf(resource))),
    ...taken,
  })),
];
