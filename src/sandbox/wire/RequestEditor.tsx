/** A request of the visitor's own: sent as it is, with what is wrong in it shown in its place. */
import { batch, useSignal } from '@preact/signals';
import type { TargetedClipboardEvent } from 'preact';
import { useRef } from 'preact/hooks';
import type { Language } from '../../cds-hooks/request.js';
import type { Exchange } from '../ehr/exchange.js';
import { answer, hook, ownRequest, services, timesSent } from '../state.js';
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

interface Complaint {
  readonly words: string;
  readonly span?: Span;
}

interface RequestEditorProps {
  readonly language: Language;
  /** What stands in the editor at first. */
  readonly start: string;
  readonly onEnd: () => void;
}

export function RequestEditor({ language, start, onEnd }: RequestEditorProps) {
  const words = WORDS[language];
  const text = useSignal(start);
  const complaint = useSignal<Complaint | undefined>(undefined);
  const area = useRef<HTMLTextAreaElement>(null);
  const show = ({ offset, length }: Span): void => {
    area.current?.focus();
    area.current?.setSelectionRange(offset, offset + length);
  };
  const send = (): void => {
    complaint.value = complaintBefore(text.value, language);
    if (complaint.value?.span) show(complaint.value.span);
    if (!complaint.value) sendOwn(text.value);
  };
  const isAnswered = ownRequest.value !== undefined && answer.value?.sent === ownRequest.value;
  const answered = isAnswered ? answer.value : undefined;
  const said = complaint.value ?? complaintOf(answered, text.value);
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
        onPaste={(event) => pasteAtOnce(event, (pasted) => (text.value = pasted))}
      />
      <p id="request-complaint" class={said && 'trouble'} role="status">
        {said?.words} {said?.span && <ShowButton span={said.span} label={words.show} onShow={show} />}
      </p>
      <p class="row">
        <button type="button" class="primary" onClick={send}>
          {words.send}
        </button>
        <button type="button" onClick={onEnd}>
          {words.back}
        </button>
      </p>
      {answered && <Received exchange={answered} language={language} />}
    </div>
  );
}

function ShowButton({ span, label, onShow }: { span: Span; label: string; onShow: (span: Span) => void }) {
  return (
    <button type="button" onClick={() => onShow(span)}>
      {label}
    </button>
  );
}

/** What keeps a text from being sent: it is no JSON, or no hook of a service. */
function complaintBefore(text: string, language: Language): Complaint | undefined {
  const words = WORDS[language];
  const mistake = mistakeIn(text);
  if (mistake) return { words: `${words.mistake(mistake.line, mistake.column)} (${mistake.kind})`, span: mistake };
  const hooks = services.value.map((one) => one.hook);
  return hooks.some((one) => one === hookOf(text)) ? undefined : { words: `${words.hook} ${hooks.join(', ')}.` };
}

/** What the service says is wrong, and where that stands. */
function complaintOf(answered: Exchange | undefined, text: string): Complaint | undefined {
  const { fault } = answered ?? {};
  if (!fault) return undefined;
  const span = fault.place === undefined ? undefined : placeOf(text, fault.place);
  return { words: `${fault.text} ${fault.place ?? ''}`, ...(span && { span }) };
}

/** Sends a request as it is to the service of its hook, also when it was sent before. */
function sendOwn(text: string): void {
  const service = services.value.find((one) => one.hook === hookOf(text));
  if (!service) return;
  batch(() => {
    hook.value = service.hook;
    ownRequest.value = text;
    timesSent.value += 1;
  });
}

/** Undefined where there is none, and for a text that no parser can take in. */
function hookOf(json: string): unknown {
  try {
    return (JSON.parse(json) as { readonly hook?: unknown } | null)?.hook;
  } catch {
    return undefined;
  }
}

/** Browsers paste into a text area line by line, which for the request of a whole record takes seconds; this takes the text in one piece. */
function pasteAtOnce(event: TargetedClipboardEvent<HTMLTextAreaElement>, onText: (text: string) => void): void {
  const { currentTarget: area, clipboardData } = event;
  const pasted = clipboardData?.getData('text/plain') ?? '';
  if (pasted === '') return;
  event.preventDefault();
  area.setRangeText(pasted, area.selectionStart, area.selectionEnd, 'end');
  onText(area.value);
}
