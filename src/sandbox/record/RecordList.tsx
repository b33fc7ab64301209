/** The record of a day as lists, newest first; a line that is chosen shows its resource as JSON. */
import { useEffect, useRef } from 'preact/hooks';
import type { Condition, FhirResource } from 'fhir/r4.js';
import type { Language } from '../../cds-hooks/request.js';
import { dateText } from '../date-text.js';
import { record, selected } from '../state.js';
import { dateOf, placesOf, referenceTo, titleOf, valueOf } from './describe.js';

const WORDS = {
  nl: {
    empty: 'Er staat niets in het dossier.',
    yes: 'ja',
    no: 'nee',
    problems: 'Problemen',
    findings: 'Metingen en bevindingen',
    drugs: 'Medicatie',
    orders: 'Orders en verwijzingen',
    visits: 'Afspraken',
    done: 'Verrichtingen en uitslagen',
    other: 'Overig',
    statuses: {
      active: 'loopt',
      completed: 'afgerond',
      stopped: 'gestopt',
      cancelled: 'geannuleerd',
      revoked: 'ingetrokken',
      'on-hold': 'gepauzeerd',
      booked: 'gepland',
      proposed: 'voorgesteld',
      fulfilled: 'geweest',
      'in-progress': 'loopt',
      requested: 'gevraagd',
      final: 'definitief',
      draft: 'concept',
      'not-done': 'niet gedaan',
      noshow: 'niet verschenen',
      'entered-in-error': 'foutief ingevoerd',
      unconfirmed: 'vermoeden',
      provisional: 'vermoeden',
      differential: 'mogelijk',
      refuted: 'verworpen',
      resolved: 'over',
      inactive: 'niet actief',
      remission: 'in remissie',
    },
  },
  en: {
    empty: 'There is nothing in the record.',
    yes: 'yes',
    no: 'no',
    problems: 'Problems',
    findings: 'Measurements and findings',
    drugs: 'Drugs',
    orders: 'Orders and referrals',
    visits: 'Appointments',
    done: 'Procedures and results',
    other: 'Other',
    statuses: {
      active: 'active',
      completed: 'completed',
      stopped: 'stopped',
      cancelled: 'cancelled',
      revoked: 'revoked',
      'on-hold': 'on hold',
      booked: 'booked',
      proposed: 'proposed',
      fulfilled: 'done',
      'in-progress': 'in progress',
      requested: 'requested',
      final: 'final',
      draft: 'draft',
      'not-done': 'not done',
      noshow: 'did not come',
      'entered-in-error': 'entered in error',
      unconfirmed: 'suspected',
      provisional: 'suspected',
      differential: 'possible',
      refuted: 'refuted',
      resolved: 'resolved',
      inactive: 'inactive',
      remission: 'in remission',
    },
  },
  fr: {
    empty: 'Le dossier est vide.',
    yes: 'oui',
    no: 'non',
    problems: 'Problèmes',
    findings: 'Mesures et constats',
    drugs: 'Médicaments',
    orders: 'Demandes et renvois',
    visits: 'Rendez-vous',
    done: 'Actes et résultats',
    other: 'Autres',
    statuses: {
      active: 'en cours',
      completed: 'terminé',
      stopped: 'arrêté',
      cancelled: 'annulé',
      revoked: 'retiré',
      'on-hold': 'suspendu',
      booked: 'fixé',
      proposed: 'proposé',
      fulfilled: 'effectué',
      'in-progress': 'en cours',
      requested: 'demandé',
      final: 'définitif',
      draft: 'projet',
      'not-done': 'non fait',
      noshow: 'non venu',
      'entered-in-error': 'saisi par erreur',
      unconfirmed: 'suspecté',
      provisional: 'suspecté',
      differential: 'possible',
      refuted: 'écarté',
      resolved: 'résolu',
      inactive: 'inactif',
      remission: 'en rémission',
    },
  },
} as const;

type Group = 'problems' | 'findings' | 'drugs' | 'orders' | 'visits' | 'done' | 'other';

const GROUP_OF: Readonly<Record<string, Group>> = {
  Condition: 'problems',
  Observation: 'findings',
  QuestionnaireResponse: 'findings',
  MedicationRequest: 'drugs',
  MedicationStatement: 'drugs',
  ServiceRequest: 'orders',
  Task: 'orders',
  Appointment: 'visits',
  Procedure: 'done',
  DiagnosticReport: 'done',
};
const GROUPS: readonly Group[] = ['problems', 'findings', 'drugs', 'orders', 'visits', 'done', 'other'];

export function RecordList({ language }: { language: Language }) {
  const words = WORDS[language];
  const lines = record.value.filter(({ resourceType }) => resourceType !== 'Patient');
  if (lines.length === 0) return <p>{words.empty}</p>;
  return (
    <div class="record">
      {GROUPS.map((group) => {
        const ofGroup = lines.filter(({ resourceType }) => (GROUP_OF[resourceType] ?? 'other') === group);
        if (ofGroup.length === 0) return null;
        return (
          <section key={group}>
            <h3>{words[group]}</h3>
            <ul>
              {ofGroup.sort(newestFirst).map((resource) => (
                <Line key={referenceTo(resource)} resource={resource} language={language} />
              ))}
            </ul>
          </section>
        );
      })}
    </div>
  );
}

const newestFirst = (a: FhirResource, b: FhirResource): number => (dateOf(b) ?? '').localeCompare(dateOf(a) ?? '');

function Line({ resource, language }: { resource: FhirResource; language: Language }) {
  const reference = referenceTo(resource);
  const isChosen = selected.value === reference;
  const line = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isChosen) line.current?.scrollIntoView({ block: 'nearest' });
  }, [isChosen]);
  return (
    <li ref={line}>
      <button
        type="button"
        aria-expanded={isChosen}
        data-reference={reference}
        onClick={() => (selected.value = isChosen ? undefined : reference)}
      >
        {/* Kept together: a text that turns its direction must not turn the rest of the page round. */}
        <bdi>{describe(resource, language)}</bdi>
        <span class="line-date">{dateText(dateOf(resource) ?? '', language, 'short')}</span>
      </button>
      {isChosen && <pre class="resource">{JSON.stringify(resource, null, 2)}</pre>}
    </li>
  );
}

/** Goes without saying: that a measurement is final, that a problem is there. */
const UNSAID = new Set(['final', 'amended', 'corrected', 'confirmed']);

function describe(resource: FhirResource, language: Language): string {
  const value = valueOf(resource, language);
  const said = typeof value === 'boolean' ? WORDS[language][value ? 'yes' : 'no'] : value;
  const words = [said, standingOf(resource, language)].filter((one) => one !== undefined);
  const title = [titleOf(resource, language), ...placesOf(resource, language)].join(', ');
  return words.length === 0 ? title : `${title}: ${words.join(', ')}`;
}

/** How it stands; a suspicion, what was refuted and what is over must not read as a problem that is there. */
function standingOf(resource: FhirResource, language: Language): string | undefined {
  const status = resource.resourceType === 'Condition' ? certaintyOf(resource) : statusOf(resource);
  if (status === undefined || UNSAID.has(status)) return undefined;
  if (resource.resourceType === 'QuestionnaireResponse' && status === 'completed') return undefined;
  return (WORDS[language].statuses as Readonly<Record<string, string>>)[status] ?? status;
}

const statusOf = (resource: FhirResource): string | undefined => (resource as { readonly status?: string }).status;

/** What keeps a problem from being one of today that is sure; undefined when nothing does. */
function certaintyOf({ verificationStatus, clinicalStatus }: Condition): string | undefined {
  const verified = verificationStatus?.coding?.[0]?.code;
  if (verified !== undefined && !UNSAID.has(verified)) return verified;
  const clinical = clinicalStatus?.coding?.[0]?.code;
  return clinical === 'active' ? undefined : clinical;
}
