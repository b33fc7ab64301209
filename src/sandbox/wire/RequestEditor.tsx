/** A request of the visitor's own: sent as it is, with what is wrong in it shown in its place. */
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { Language } from '../../cds-hooks/request.js';
import { answer, hook, ownRequest, services } from '../state.js';
import { mistakeIn, placeOf, type Span } from './places.js';
import { Received } from './Received.js';

const WORDS = {
  nl: {
    label: 'Verzoek als JSON',
    send: 'Versturen',
    back: 'Terug naar het dossier',
    hint: 'Plak een verzoek uit uw eigen EPD, zonder gegevens van echte patiënten: hij gaat naar de service van zijn hook.',
    show: 'Toon de plaats',
    mistake: (line: number, column: number) => `Geen JSON: regel ${line}, teken ${column}`,
    hook: 'Dit verzoek noemt geen hook van deze service; gebruik een van',
  },
  en: {
    label: 'Request as JSON',
    send: 'Send',
    back: 'Back to the record',
    hint: 'Paste a request of your own EHR, without data of real patients: it goes to the service of its hook.',
    show: 'Show the place',
    mistake: (line: number, column: number) => `No JSON: line ${line}, character ${column}`,
    hook: 'This request names no hook of this service; use one of',
  },
  fr: {
    label: 'Requête en JSON',
    send: 'Envoyer',
    back: 'Retour au dossier',
    hint: 'Collez une requête de votre propre DPI, sans données de patients réels : elle va au service de son hook.',
    show: 'Montrer l’endroit',
    mistake: (line: number, column: number) => `Pas du JSON : ligne ${line}, caractère ${column}`,
    hook: 'Cette requête ne nomme aucun hook de ce service ; utilisez l’un de',
  },
} as const;

export function RequestEditor({ language, start, onEnd }: { language: Language; start: string; onEnd: () => void }) {
  const words = WORDS[language];
  const text = useSignal(start);
  const complaint = useSignal<{ readonly words: string; readonly span?: Span } | undefined>(undefined);
  const area = useRef<HTMLTextAreaElement>(null);
  const show = ({ offset, length }: Span): void => {
    area.current?.focus();
    area.current?.setSelectionRange(offset, offset + length);
  };
  const send = (): void => {
    const mistake = mistakeIn(text.value);
    if (mistake) {
      complaint.value = { words: `${words.mistake(mistake.line, mistake.column)} (${mistake.kind})`, span: mistake };
      show(mistake);
      return;
    }
    const service = services.value.find((one) => one.hook === hookOf(text.value));
    if (!service) {
      complaint.value = { words: `${words.hook} ${services.value.map((one) => one.hook).join(', ')}.` };
      return;
    }
    complaint.value = undefined;
    hook.value = service.hook;
    ownRequest.value = text.value;
  };
  const { value: answered } = answer;
  const isAnswered = ownRequest.value !== undefined && answered?.sent === ownRequest.value;
  const fault = isAnswered ? answered.fault : undefined;
  const faultSpan = fault?.place === undefined ? undefined : placeOf(text.value, fault.place);
  const said =
    complaint.value ??
    (fault && { words: `${fault.text} ${fault.place ?? ''}`, ...(faultSpan && { span: faultSpan }) });
  return (
    <div class="wire">
      <p class="small soft">{words.hint}</p>
      <textarea
        ref={area}
        aria-label={words.label}
        aria-invalid={said !== undefined}
        aria-describedby="request-complaint"
        spellcheck={false}
        value={text.value}
        onInput={({ currentTarget }) => (text.value = currentTarget.value)}
      />
      <p id="request-complaint" class={said && 'trouble'} role="status">
        {said?.words}{' '}
        {said?.span && (
          <button type="button" onClick={() => said.span && show(said.span)}>
            {words.show}
          </button>
        )}
      </p>
      <p class="row">
        <button type="button" class="primary" onClick={send}>
          {words.send}
        </button>
        <button type="button" onClick={onEnd}>
          {words.back}
        </button>
      </p>
      {isAnswered && <Received exchange={answered} language={language} />}
    </div>
  );
}

function hookOf(json: string): unknown {
  return (JSON.parse(json) as { readonly hook?: unknown } | null)?.hook;
}
