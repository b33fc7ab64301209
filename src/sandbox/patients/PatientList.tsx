/** The example patients, one of them open. */
import { useSignal } from '@preact/signals';
import type { Language } from '../../cds-hooks/request.js';
import { textIn } from '../../text.js';
import { orTrouble } from '../answering.js';
import { openPatient } from '../opening.js';
import { course, index } from '../state.js';

const WORDS = {
  nl: { patients: 'Patiënten', search: 'Zoek een verhaal', found: (count: number) => `${count} gevonden` },
  en: { patients: 'Patients', search: 'Search a story', found: (count: number) => `${count} found` },
  fr: { patients: 'Patients', search: 'Chercher une histoire', found: (count: number) => `${count} trouvés` },
} as const;

export function PatientList({ language }: { language: Language }) {
  const words = WORDS[language];
  const sought = useSignal('');
  const patients = (index.value?.patients ?? []).filter(({ title, story }) =>
    `${textIn(title, language)} ${textIn(story, language)}`.toLowerCase().includes(sought.value.trim().toLowerCase()),
  );
  return (
    <nav class="patients panel" aria-labelledby="patients">
      <h2 id="patients">{words.patients}</h2>
      <input
        type="search"
        aria-label={words.search}
        placeholder={words.search}
        value={sought.value}
        onInput={({ currentTarget }) => (sought.value = currentTarget.value)}
      />
      <span class="hidden" role="status">
        {sought.value !== '' && words.found(patients.length)}
      </span>
      <ul>
        {patients.map(({ id, title }) => (
          <li key={id}>
            <button
              type="button"
              data-patient={id}
              aria-current={course.value?.id === id}
              onClick={() => void orTrouble(() => openPatient(id))}
            >
              {textIn(title, language)}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}
