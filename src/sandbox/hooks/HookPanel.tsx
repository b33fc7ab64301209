/** Which hook fires, and with which drafts. */
import { useSignal } from '@preact/signals';
import type { FhirResource } from 'fhir/r4.js';
import type { Hook, Language } from '../../cds-hooks/request.js';
import { textIn } from '../../text.js';
import { draft as addDraft, sign, withdraw } from '../answering.js';
import { dateText } from '../date-text.js';
import { DraftFields } from '../edit/DraftFields.js';
import { defaultsOf, fillDraft } from '../edit/fill-draft.js';
import { dateOf, placesOf, referenceTo, titleOf, valueOf } from '../record/describe.js';
import { course, date, drafts, hook, index, ownRequest } from '../state.js';

const HOOKS = ['patient-view', 'order-select', 'order-sign', 'appointment-book'] as const;

const WORDS = {
  nl: {
    hook: 'Wat doet de huisarts?',
    'patient-view': 'Opent het dossier',
    'order-select': 'Kiest een order',
    'order-sign': 'Ondertekent',
    'appointment-book': 'Plant een afspraak',
    choose: 'Concept',
    add: 'Als concept toevoegen',
    drafts: 'Concepten',
    remove: 'Weghalen',
    sign: 'Alles ondertekenen',
  },
  en: {
    hook: 'What does the GP do?',
    'patient-view': 'Opens the record',
    'order-select': 'Chooses an order',
    'order-sign': 'Signs',
    'appointment-book': 'Books an appointment',
    choose: 'Draft',
    add: 'Add as a draft',
    drafts: 'Drafts',
    remove: 'Take away',
    sign: 'Sign all',
  },
  fr: {
    hook: 'Que fait le médecin ?',
    'patient-view': 'Ouvre le dossier',
    'order-select': 'Choisit une prescription',
    'order-sign': 'Signe',
    'appointment-book': 'Fixe un rendez-vous',
    choose: 'Projet',
    add: 'Ajouter comme projet',
    drafts: 'Projets',
    remove: 'Retirer',
    sign: 'Tout signer',
  },
} as const;

export function HookPanel({ language }: { language: Language }) {
  const words = WORDS[language];
  return (
    <section class="panel" aria-label={words.hook}>
      <fieldset class="hooks">
        <legend class="small soft">{words.hook}</legend>
        {HOOKS.map((one) => (
          <label>
            <input type="radio" name="hook" value={one} checked={hook.value === one} onChange={() => chooseHook(one)} />
            <span>
              {words[one]} <small class="soft">{one}</small>
            </span>
          </label>
        ))}
      </fieldset>
      {hook.value !== 'patient-view' && <DraftChooser key={hook.value} hook={hook.value} language={language} />}
      {drafts.value.length > 0 && <DraftList language={language} />}
    </section>
  );
}

/** Orders stay drafts between choosing and signing; a draft appointment is another thing. */
function chooseHook(next: Hook): void {
  const areOrders = (one: Hook): boolean => one === 'order-select' || one === 'order-sign';
  if (!(areOrders(hook.value) && areOrders(next))) drafts.value = [];
  // A request of one's own was for another hook.
  ownRequest.value = undefined;
  hook.value = next;
}

function DraftChooser({ hook: ofHook, language }: { hook: Hook; language: Language }) {
  const words = WORDS[language];
  const choices = (index.value?.drafts ?? []).filter(({ hooks }) => hooks.includes(ofHook));
  const chosen = useSignal(choices[0]?.id ?? '');
  const choice = choices.find(({ id }) => id === chosen.value);
  const values = useSignal(choice ? defaultsOf(choice) : {});
  if (!choice || !course.value) return null;
  const { patientId } = course.value;
  return (
    <div class="draft-chooser">
      <label class="row">
        {words.choose}
        <select
          value={chosen.value}
          onChange={({ currentTarget }) => {
            chosen.value = currentTarget.value;
            const next = choices.find(({ id }) => id === currentTarget.value);
            values.value = next ? defaultsOf(next) : {};
          }}
        >
          {choices.map(({ id, text }) => (
            <option value={id}>{textIn(text, language)}</option>
          ))}
        </select>
      </label>
      <DraftFields
        draft={choice}
        values={values.value}
        onValues={(next) => (values.value = next)}
        language={language}
        date={date.value}
      />
      <button
        type="button"
        class="primary"
        onClick={({ currentTarget }) => {
          const draft = fillDraft(choice, values.value, { patientId, date: date.value });
          if (!goToWrong(currentTarget.parentElement)) addDraft(draft);
        }}
      >
        {words.add}
      </button>
    </div>
  );
}

/** Moves to a field whose text is not what counts, so that the person says which is meant; whether there is one. */
function goToWrong(fields: HTMLElement | null): boolean {
  const wrong = fields?.querySelector<HTMLInputElement>('input:invalid');
  wrong?.focus();
  return wrong !== null && wrong !== undefined;
}

/** What is drafted, where, how much, and when unless that is today. */
function draftText(draft: FhirResource, language: Language): string {
  const value = valueOf(draft, language);
  const day = dateOf(draft)?.slice(0, 10) ?? date.value;
  return [
    titleOf(draft, language),
    ...placesOf(draft, language),
    ...(typeof value === 'string' ? [value] : []),
    ...(day === date.value ? [] : [dateText(day, language)]),
  ].join(', ');
}

function DraftList({ language }: { language: Language }) {
  const words = WORDS[language];
  return (
    <>
      <ul class="drafts" aria-label={words.drafts}>
        {drafts.value.map((one) => (
          <li key={one.id}>
            <span>{draftText(one, language)}</span>
            <button type="button" class="plain" onClick={() => withdraw(referenceTo(one))}>
              {words.remove}
            </button>
          </li>
        ))}
      </ul>
      <p class="row">
        <button type="button" onClick={() => void sign()}>
          {words.sign}
        </button>
      </p>
    </>
  );
}
