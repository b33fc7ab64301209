/**
 * The reasons for leaving the advice of a card: a small code system that is ours alone.
 * Plain data for code-systems.ts. A code stays as it is once shipped: an EHR ties a user's choice to it.
 */
interface OverrideReason {
  readonly code: string;
  readonly nl: string;
  readonly en: string;
  /** The set that a rule names under `card.override`. */
  readonly set: 'emerg' | 'flag' | 'na' | 'drug' | 'time' | 'cancel' | 'pt' | 'info';
  /** The HL7 reason that fits; left out where none does. */
  readonly hl7?: string;
}

export const NON_ADHERENCE = 'http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes';

export const OVERRIDE_REASONS: readonly OverrideReason[] = [
  {
    set: 'emerg',
    code: 'already-referred-as-emergency',
    nl: 'Al met spoed verwezen',
    en: 'Already referred as emergency',
    hl7: 'action-completed',
  },
  {
    set: 'emerg',
    code: 'excluded-after-examination',
    nl: 'Klinisch uitgesloten na onderzoek',
    en: 'Excluded after examination',
    hl7: 'cds-not-applicable',
  },
  {
    set: 'emerg',
    code: 'known-old-and-stable',
    nl: 'Bekend, oud en stabiel',
    en: 'Known, old and stable',
    hl7: 'cds-not-applicable',
  },
  {
    set: 'flag',
    code: 'flag-assessed-no-action-now',
    nl: 'Rode vlag beoordeeld, nu geen actie',
    en: 'Flag assessed, no action now',
  },
  {
    set: 'flag',
    code: 'work-up-already-started',
    nl: 'Onderzoek al ingezet',
    en: 'Work-up already started',
    hl7: 'indication-order-exists',
  },
  {
    set: 'flag',
    code: 'data-wrong-or-outdated',
    nl: 'Gegeven onjuist of verouderd',
    en: 'Data wrong or outdated',
    hl7: 'cds-not-applicable',
  },
  {
    set: 'na',
    code: 'na-clinically-unlikely',
    nl: 'NA klinisch onwaarschijnlijk',
    en: 'NA clinically unlikely',
    hl7: 'cds-not-applicable',
  },
  {
    set: 'na',
    code: 'other-diagnosis-established',
    nl: 'Andere diagnose vastgesteld',
    en: 'Other diagnosis established',
    hl7: 'cds-not-applicable',
  },
  {
    set: 'na',
    code: 'already-with-neurologist',
    nl: 'Al bij neuroloog of plexuspoli',
    en: 'Already with neurologist or plexus clinic',
    hl7: 'action-completed',
  },
  {
    set: 'drug',
    code: 'other-indication-than-na',
    nl: 'Andere indicatie dan NA',
    en: 'Other indication than NA',
    hl7: 'cds-not-applicable',
  },
  {
    set: 'drug',
    code: 'contraindication-weighed',
    nl: 'Contra-indicatie afgewogen, voordeel groter',
    en: 'Contraindication weighed, benefit is greater',
  },
  {
    set: 'drug',
    code: 'discussed-with-specialist-or-pharmacist',
    nl: 'Overlegd met specialist of apotheker',
    en: 'Discussed with specialist or pharmacist',
  },
  {
    set: 'drug',
    code: 'already-uses-and-tolerates',
    nl: 'Patiënt gebruikt en verdraagt dit al',
    en: 'Patient already uses and tolerates this',
  },
  { set: 'time', code: 'requested-by-specialist', nl: 'Specialist vraagt dit nu', en: 'Requested by specialist' },
  {
    set: 'time',
    code: 'red-flag-or-deficit-present',
    nl: 'Rode vlag of uitval aanwezig',
    en: 'Red flag or deficit present',
    hl7: 'cds-not-applicable',
  },
  {
    set: 'time',
    code: 'appointment-falls-in-window',
    nl: 'Afspraak valt binnen het venster',
    en: 'Appointment falls in the window',
    hl7: 'cds-not-applicable',
  },
  {
    set: 'time',
    code: 'waiting-list-or-practical-reason',
    nl: 'Wachttijd of praktische reden',
    en: 'Waiting list or practical reason',
    hl7: 'not-convenient-feasible',
  },
  {
    set: 'cancel',
    code: 'not-clearly-better',
    nl: 'Patiënt niet duidelijk beter',
    en: 'Patient not clearly better',
    hl7: 'cds-not-applicable',
  },
  {
    set: 'cancel',
    code: 'still-needed-for-other-reason',
    nl: 'Afspraak blijft nodig om andere reden',
    en: 'Still needed for another reason',
  },
  {
    set: 'pt',
    code: 'na-experienced-therapist-sets-programme',
    nl: 'Therapeut met NA-ervaring stelt programma op',
    en: 'NA-experienced therapist sets the programme',
  },
  { set: 'pt', code: 'paresis-resolved', nl: 'Geen parese meer', en: 'Paresis resolved', hl7: 'cds-not-applicable' },
  {
    set: 'pt',
    code: 'patient-preference-after-explanation',
    nl: 'Patiëntvoorkeur na uitleg',
    en: 'Patient preference after explanation',
    hl7: 'does-not-align-preferences',
  },
  { set: 'info', code: 'already-discussed', nl: 'Al besproken', en: 'Already discussed', hl7: 'action-completed' },
  { set: 'info', code: 'not-applicable', nl: 'Niet van toepassing', en: 'Not applicable', hl7: 'cds-not-applicable' },
];
