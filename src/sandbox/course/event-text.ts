/** An event in words: its short name on the chart, and all that there is to say of it. */
import type { Language } from '../../cds-hooks/request.js';
import { dayText } from './day-text.js';
import type { CourseEvent, EventItem } from './course-events.js';

const WORDS = {
  nl: {
    findings: 'bevindingen',
    yes: 'ja',
    no: 'nee',
    until: 't/m',
    open: 'einde niet genoteerd',
    void: 'geannuleerd of verworpen',
    kinds: {
      problem: 'Probleem',
      finding: 'Bevinding',
      form: 'Vragenlijst',
      drug: 'Geneesmiddel',
      order: 'Aanvraag',
      procedure: 'Verrichting of behandeling',
      report: 'Uitslag',
      appointment: 'Afspraak',
      task: 'Taak',
    },
  },
  en: {
    findings: 'findings',
    yes: 'yes',
    no: 'no',
    until: 'until',
    open: 'end not recorded',
    void: 'cancelled or refuted',
    kinds: {
      problem: 'Problem',
      finding: 'Finding',
      form: 'Questionnaire',
      drug: 'Drug',
      order: 'Order',
      procedure: 'Procedure or treatment',
      report: 'Report',
      appointment: 'Appointment',
      task: 'Task',
    },
  },
  fr: {
    findings: 'constatations',
    yes: 'oui',
    no: 'non',
    until: "jusqu'au",
    open: 'fin non notée',
    void: 'annulé ou réfuté',
    kinds: {
      problem: 'Problème',
      finding: 'Constatation',
      form: 'Questionnaire',
      drug: 'Médicament',
      order: 'Demande',
      procedure: 'Intervention ou traitement',
      report: 'Résultat',
      appointment: 'Rendez-vous',
      task: 'Tâche',
    },
  },
} as const;

/** The title of the event, or how many findings of one day it stands for. */
export function nameOf({ items }: CourseEvent, language: Language): string {
  const [only] = items;
  return only && items.length === 1 ? itemText(only, language) : `${items.length} ${WORDS[language].findings}`;
}

function itemText({ title, value }: EventItem, language: Language): string {
  if (value === undefined || value === true) return title;
  return `${title}: ${value === false ? WORDS[language].no : value}`;
}

/** Kind, titles and days, as one sentence or two. */
export function describeEvent(
  { kind, from, to, items, void: isVoid }: CourseEvent,
  start: string,
  language: Language,
): string {
  const words = WORDS[language];
  const until =
    to === undefined ? `, ${words.open}` : to === from ? '' : ` ${words.until} ${dayText(start, to, language)}`;
  const what = items.map((item) => itemText(item, language)).join('; ');
  return `${words.kinds[kind]}: ${what}${isVoid ? ` (${words.void})` : ''}. ${dayText(start, from, language)}${until}`;
}
