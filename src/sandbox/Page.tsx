/** The page: patients at the left, the open one with its course, its cards, and the parts beside them. */
import { useComputed, useSignalEffect } from '@preact/signals';
import type { Language } from '../cds-hooks/request.js';
import { textIn } from '../text.js';
import { addToRecord, here, orTrouble, replaceInRecord } from './answering.js';
import { CardList } from './cards/CardList.js';
import { CourseChart } from './course/CourseChart.js';
import { recordOn } from './course/record.js';
import { EditFacts } from './edit/EditFacts.js';
import { HookPanel } from './hooks/HookPanel.js';
import { askWhy, readFormsOnce, startOver } from './opening.js';
import { PatientList } from './patients/PatientList.js';
import { Feedback } from './record/Feedback.js';
import { RecordList } from './record/RecordList.js';
import { Tabs } from './shell/Tabs.js';
import { showResource, tab } from './shell/tabs.js';
import { Top } from './shell/Top.js';
import * as state from './state.js';
import { RuleList } from './why/RuleList.js';
import { Wire } from './wire/Wire.js';

const WORDS = {
  nl: {
    startOver: 'Wijzigingen terugdraaien',
    unanswered: 'De service heeft nog geen antwoord gegeven om uit te leggen.',
    loading: 'Wordt gelezen …',
    trouble: 'De service antwoordt niet. Loopt hij nog?',
  },
  en: {
    startOver: 'Undo my changes',
    unanswered: 'The service has not given an answer to explain yet.',
    loading: 'Reading …',
    trouble: 'The service does not answer. Is it still running?',
  },
  fr: {
    startOver: 'Annuler mes modifications',
    unanswered: 'Le service n’a pas encore donné de réponse à expliquer.',
    loading: 'Lecture …',
    trouble: 'Le service ne répond pas. Tourne-t-il encore ?',
  },
} as const;

export function Page() {
  const { value: language } = state.language;
  useSignalEffect(() => {
    document.documentElement.lang = state.language.value;
  });
  useSignalEffect(() => {
    if (tab.value === 'rules') void orTrouble(askWhy);
    if (tab.value === 'facts') void orTrouble(readFormsOnce);
  });
  const words = WORDS[language];
  return (
    <>
      <Top language={language} />
      <div class="columns">
        <PatientList language={language} />
        <main>
          {state.course.value ? (
            <OpenPatient language={language} />
          ) : (
            <p>{state.trouble.value ? words.trouble : words.loading}</p>
          )}
        </main>
      </div>
    </>
  );
}

function OpenPatient({ language }: { language: Language }) {
  return (
    <div class="work">
      <Story language={language} />
      <div class="answers">
        <HookPanel language={language} />
        <CardList language={language} />
      </div>
      <div class="parts">
        <Tabs
          language={language}
          parts={{
            record: () => <RecordList language={language} />,
            facts: () => <Facts language={language} />,
            rules: () => <Rules language={language} />,
            wire: () => <Wire key={state.course.value?.id} language={language} />,
            feedback: () => <Feedback language={language} />,
          }}
        />
      </div>
    </div>
  );
}

function Story({ language }: { language: Language }) {
  const wholeRecord = useComputed(() =>
    state.course.value ? recordOn(state.course.value, state.changes.value, state.course.value.last) : [],
  );
  const { value: course } = state.course;
  if (!course) return null;
  return (
    <section class="panel story" aria-labelledby="patient">
      <div class="row">
        <h2 id="patient" tabIndex={-1}>
          {textIn(course.title, language)}
        </h2>
        {state.changes.value.length > 0 && (
          <button
            type="button"
            onClick={() => {
              // The button goes with the changes.
              document.getElementById('patient')?.focus({ preventScroll: true });
              void orTrouble(startOver);
            }}
          >
            {WORDS[language].startOver}
          </button>
        )}
      </div>
      <p>{textIn(course.story, language)}</p>
      <CourseChart
        course={course}
        record={wholeRecord.value}
        cardsByDay={state.cardsByDay.value}
        day={state.day.value}
        onDay={(day) => (state.day.value = day)}
        language={language}
        selected={state.selected.value}
        onSelect={showResource}
      />
    </section>
  );
}

function Facts({ language }: { language: Language }) {
  const { value: course } = state.course;
  if (!course) return null;
  // Taken when it is drawn: what was typed is sent a moment later, when another patient or day may be shown.
  const at = here();
  return (
    <EditFacts
      key={course.id}
      record={state.record.value}
      date={state.date.value}
      patientId={course.patientId}
      language={language}
      scores={state.index.value?.scores ?? []}
      questionnaires={state.questionnaires.value}
      onCreate={(resource) => void orTrouble(() => addToRecord(resource, at))}
      onReplace={(resource) => void orTrouble(() => replaceInRecord(resource, at))}
    />
  );
}

function Rules({ language }: { language: Language }) {
  const { answer, trace, texts } = state;
  if (!answer.value || answer.value.fault) return <p>{WORDS[language].unanswered}</p>;
  if (!trace.value || !texts.value) return <p class="soft">{WORDS[language].loading}</p>;
  return <RuleList trace={trace.value} texts={texts.value} language={language} showResource={showResource} />;
}
