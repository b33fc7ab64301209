/** What signs and marks of the chart mean; only those that it shows. */
import type { Indicator } from '../../cds-hooks/response.js';
import type { Language } from '../../cds-hooks/request.js';
import type { EventKind } from './course-events.js';
import type { Gap } from './strip.js';
import { Mark } from './Mark.js';
import { Sign } from './Sign.js';

const WORDS = {
  nl: {
    title: 'Legenda',
    onset: 'Dag 0 = begin van de klachten',
    levels: { critical: 'kritiek', warning: 'waarschuwing', info: 'informatie' },
    gaps: { 'not-asked': 'nog niet gevraagd', failed: 'antwoord mislukt, dus onbekend' },
    kinds: {
      problem: 'probleem',
      finding: 'bevinding',
      form: 'vragenlijst',
      drug: 'geneesmiddel',
      order: 'aanvraag',
      procedure: 'behandeling',
      report: 'uitslag',
      appointment: 'afspraak',
      task: 'taak',
    },
  },
  en: {
    title: 'Legend',
    onset: 'Day 0 = onset of the complaint',
    levels: { critical: 'critical', warning: 'warning', info: 'information' },
    gaps: { 'not-asked': 'not yet asked', failed: 'answer failed, so unknown' },
    kinds: {
      problem: 'problem',
      finding: 'finding',
      form: 'questionnaire',
      drug: 'drug',
      order: 'order',
      procedure: 'treatment',
      report: 'report',
      appointment: 'appointment',
      task: 'task',
    },
  },
  fr: {
    title: 'Légende',
    onset: 'Jour 0 = début de la plainte',
    levels: { critical: 'critique', warning: 'avertissement', info: 'information' },
    gaps: { 'not-asked': 'pas encore demandé', failed: 'réponse manquée, donc inconnu' },
    kinds: {
      problem: 'problème',
      finding: 'constatation',
      form: 'questionnaire',
      drug: 'médicament',
      order: 'demande',
      procedure: 'traitement',
      report: 'résultat',
      appointment: 'rendez-vous',
      task: 'tâche',
    },
  },
} as const;

interface Props {
  readonly language: Language;
  readonly indicators: ReadonlySet<Indicator>;
  readonly kinds: ReadonlySet<EventKind>;
  readonly gaps: ReadonlySet<Gap['why']>;
}

const GAPS = ['not-asked', 'failed'] as const;
const INDICATORS = ['critical', 'warning', 'info'] as const;
const KINDS = ['drug', 'procedure', 'order', 'appointment', 'report', 'finding', 'problem', 'form', 'task'] as const;

export function Legend({ language, indicators, kinds, gaps }: Props) {
  const words = WORDS[language];
  return (
    <ul class="course-legend" aria-label={words.title}>
      <li>{words.onset}</li>
      {INDICATORS.filter((indicator) => indicators.has(indicator)).map((indicator) => (
        <li key={indicator}>
          <svg width={18} height={18} viewBox="0 0 18 18" aria-hidden="true">
            <Sign indicator={indicator} x={9} y={9} size={14} />
          </svg>
          {words.levels[indicator]}
        </li>
      ))}
      {GAPS.filter((why) => gaps.has(why)).map((why) => (
        <li key={why}>
          <svg width={18} height={18} viewBox="0 0 18 18" aria-hidden="true">
            <rect class="gap" x={1} y={1} width={16} height={16} fill={`url(#gap-${why})`} />
          </svg>
          {words.gaps[why]}
        </li>
      ))}
      {KINDS.filter((kind) => kinds.has(kind)).map((kind) => (
        <li key={kind}>
          <svg width={18} height={18} viewBox="0 0 18 18" aria-hidden="true">
            <Mark kind={kind} x={9} y={9} />
          </svg>
          {words.kinds[kind]}
        </li>
      ))}
    </ul>
  );
}
