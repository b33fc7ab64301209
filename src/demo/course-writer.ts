/**
 * Writes an entry of a course as FHIR R4: what a doctor would say enters, resources in the shapes of an EHR leave, their dates as tokens of `date-tokens.ts`.
 * Nothing clinical is added: what an entry does not say is not in the resource.
 */
import type { CodeableConcept, FhirResource, Observation } from 'fhir/r4.js';
import type { EntryKind, EntryOf, ProblemEntry } from './course-entry.js';
import { dosageOf } from './dosage.js';
import { writeAnswers } from './form-answers.js';
import { conceptOf } from './written-concepts.js';
import { noteOf, observed, siteOf, sitesOf, status, valueOf, type WriterTools } from './written-elements.js';

type Writer<Kind extends EntryKind> = (
  entry: EntryOf[Kind],
  day: number,
  tools: WriterTools,
) => readonly FhirResource[];

/** The resources of an entry, without ids: one, or one for each finding or muscle. `day` is that on which it first came into the record. */
export function writeEntry<Kind extends EntryKind>(
  kind: Kind,
  entry: EntryOf[Kind],
  day: number,
  tools: WriterTools,
): readonly FhirResource[] {
  return WRITERS[kind](entry, day, tools);
}

const WRITERS: { readonly [Kind in EntryKind]: Writer<Kind> } = {
  problem: (entry, day, tools) => [writeProblem(entry, day, tools)],
  pain: (entry, day, tools) => [
    {
      ...observed('nrs-pain', 'score', day, tools),
      valueInteger: entry.pain,
      ...siteOf(entry, tools),
      ...noteOf(entry),
    },
  ],
  findings(entry, day, tools) {
    const { present = [], absent = [] } = entry.findings;
    const write = (key: string, valueBoolean: boolean): Observation => ({
      ...observed(key, 'finding', day, tools),
      valueBoolean,
      ...siteOf(entry, tools),
    });
    return [...present.map((key) => write(key, true)), ...absent.map((key) => write(key, false))];
  },
  strength: ({ strength, side = 'bilateral' }, day, tools) =>
    Object.entries(strength).map(([muscle, grade]) => ({
      ...observed('muscle-strength-mrc', 'score', day, tools),
      valueInteger: grade,
      bodySite: conceptOf(tools.concept(muscle, 'muscle'), tools.concept(`side-${side}`, 'side')),
    })),
  measure: (entry, day, tools) => [
    {
      ...observed(entry.measure, 'score', day, tools),
      ...valueOf(entry),
      ...(entry.high === true && { interpretation: [status('v3-ObservationInterpretation', 'H')] }),
      ...noteOf(entry),
    },
  ],
  answer: (entry, day, tools) => [
    {
      ...observed(entry.answer, 'score', day, tools),
      valueCodeableConcept: conceptOf(tools.concept(entry.value, 'value')),
      ...noteOf(entry),
    },
  ],
  lasting: (entry, day, tools) => [
    {
      ...observed(entry.lasting, 'finding', day, tools),
      valuePeriod: { start: tools.dateOf(entry.since) },
      ...noteOf(entry),
    },
  ],
  drug: (entry, day, tools) => [
    {
      resourceType: 'MedicationRequest',
      status: entry.status ?? 'active',
      intent: 'order',
      medicationCodeableConcept: conceptOf(tools.concept(entry.drug, 'drug')),
      subject: { reference: tools.patient },
      authoredOn: tools.dateOf(day),
      requester: { reference: tools.practitioner },
      ...dosageOf(entry),
      ...noteOf(entry),
    },
  ],
  order: (entry, day, tools) => [
    {
      resourceType: 'ServiceRequest',
      status: entry.status ?? 'active',
      intent: 'order',
      priority: entry.priority ?? 'routine',
      code: conceptOf(tools.concept(entry.order, 'procedure')),
      subject: { reference: tools.patient },
      ...(entry.on !== undefined && { occurrenceDateTime: tools.dateOf(entry.on) }),
      authoredOn: tools.dateOf(day),
      requester: { reference: tools.practitioner },
      ...sitesOf(entry, tools),
      ...noteOf(entry),
    },
  ],
  procedure: (entry, day, tools) => [
    {
      resourceType: 'Procedure',
      status: entry.status ?? 'completed',
      code: conceptOf(tools.concept(entry.procedure, 'procedure')),
      subject: { reference: tools.patient },
      ...(entry.status === 'in-progress' || entry.ended !== undefined
        ? {
            performedPeriod: {
              start: tools.dateOf(day),
              ...(entry.ended !== undefined && { end: tools.dateOf(entry.ended) }),
            },
          }
        : { performedDateTime: tools.timeOf(day) }),
      ...sitesOf(entry, tools),
      ...noteOf(entry),
    },
  ],
  report: (entry, day, tools) => [
    {
      resourceType: 'DiagnosticReport',
      status: 'final',
      code: conceptOf(tools.concept(entry.report, 'procedure')),
      subject: { reference: tools.patient },
      effectiveDateTime: tools.timeOf(day),
      ...(entry.conclusion !== undefined && { conclusion: entry.conclusion }),
      ...(entry.says !== undefined && { conclusionCode: [conceptOf(tools.concept(entry.says, 'value', 'diagnosis'))] }),
    },
  ],
  appointment: (entry, day, tools) => [
    {
      resourceType: 'Appointment',
      status: entry.status ?? 'booked',
      serviceType: [conceptOf(tools.concept(entry.appointment, 'procedure'))],
      start: tools.timeOf(entry.on, '10:00'),
      end: tools.timeOf(entry.on, '10:30'),
      created: tools.dateOf(day),
      ...(entry.note !== undefined && { comment: entry.note }),
      participant: [{ actor: { reference: tools.patient }, status: 'accepted' }],
    },
  ],
  allergy: (entry, day, tools) => [
    {
      resourceType: 'AllergyIntolerance',
      clinicalStatus: status('allergyintolerance-clinical', 'active'),
      verificationStatus: status('allergyintolerance-verification', 'confirmed'),
      code: conceptOf(tools.concept(entry.allergy, 'diagnosis', 'drug')),
      patient: { reference: tools.patient },
      recordedDate: tools.dateOf(day),
      ...noteOf(entry),
    },
  ],
  vaccine: (entry, day, tools) => [
    {
      resourceType: 'Immunization',
      status: 'completed',
      vaccineCode: conceptOf(tools.concept(entry.vaccine, 'drug')),
      patient: { reference: tools.patient },
      occurrenceDateTime: tools.timeOf(day),
      ...noteOf(entry),
    },
  ],
  task: (entry, day, tools) => [
    {
      resourceType: 'Task',
      status: entry.status ?? 'requested',
      intent: 'order',
      code: conceptOf(tools.concept(entry.task, 'task')),
      for: { reference: tools.patient },
      authoredOn: tools.timeOf(day),
      ...noteOf(entry),
    },
  ],
  team: (entry, _day, tools) => [
    {
      resourceType: 'CareTeam',
      status: 'active',
      subject: { reference: tools.patient },
      participant: Object.entries(entry.team).map(([key, since]) => {
        const role = conceptOf(tools.concept(key, 'role'));
        return { role: [role], member: memberOf(key, role, tools), period: { start: tools.dateOf(since) } };
      }),
      ...noteOf(entry),
    },
  ],
  form: (entry, day, tools) => [
    {
      ...writeAnswers(tools.questionnaire(entry.form), entry.answers),
      subject: { reference: tools.patient },
      authored: tools.timeOf(day),
      author: { reference: tools.practitioner },
    },
  ],
};

function writeProblem(entry: ProblemEntry, day: number, tools: WriterTools): FhirResource {
  return {
    resourceType: 'Condition',
    clinicalStatus: status('condition-clinical', entry.status ?? 'active'),
    verificationStatus: status('condition-ver-status', entry.certainty ?? 'confirmed'),
    category: [status('condition-category', 'problem-list-item')],
    code: conceptOf(tools.concept(entry.problem, 'diagnosis', 'finding')),
    ...sitesOf(entry, tools),
    subject: { reference: tools.patient },
    ...(entry.onset !== undefined && { onsetDateTime: tools.dateOf(entry.onset) }),
    ...(entry.ended !== undefined && { abatementDateTime: tools.dateOf(entry.ended) }),
    recordedDate: tools.dateOf(day),
    recorder: { reference: tools.practitioner },
    ...noteOf(entry),
  };
}

/** The GP is in the record; of others only their role is known. */
function memberOf(key: string, { text }: CodeableConcept, { practitioner }: WriterTools) {
  return key === 'role-gp' ? { reference: practitioner } : { display: text ?? key };
}
