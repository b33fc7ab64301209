/** What went over the wire: the request and the answer to the letter, as curl, and a request of one's own. */
import { useSignal } from '@preact/signals';
import type { Language } from '../../cds-hooks/request.js';
import { asCurl } from '../ehr/exchange.js';
import { answer, body, ownRequest } from '../state.js';
import { CopyButton } from './CopyButton.js';
import { Received } from './Received.js';
import { RequestEditor } from './RequestEditor.js';

const WORDS = {
  nl: {
    request: 'Verzoek',
    curl: 'Kopieer als curl',
    copy: 'Kopieer JSON',
    edit: 'Zelf bewerken of plakken',
    none: 'Er is nog niets verstuurd.',
  },
  en: {
    request: 'Request',
    curl: 'Copy as curl',
    copy: 'Copy JSON',
    edit: 'Edit or paste',
    none: 'Nothing was sent yet.',
  },
  fr: {
    request: 'Requête',
    curl: 'Copier en curl',
    copy: 'Copier le JSON',
    edit: 'Modifier ou coller',
    none: 'Rien n’a encore été envoyé.',
  },
} as const;

export function Wire({ language }: { language: Language }) {
  const words = WORDS[language];
  const editing = useSignal(ownRequest.value !== undefined);
  const { value: sent } = answer;
  if (editing.value)
    return (
      <RequestEditor
        language={language}
        start={body.value ?? ''}
        onEnd={() => {
          editing.value = false;
          ownRequest.value = undefined;
        }}
      />
    );
  return (
    <div class="wire">
      <div class="row">
        <h3>{words.request}</h3>
        <button type="button" onClick={() => (editing.value = true)}>
          {words.edit}
        </button>
        {sent && <CopyButton label={words.curl} text={asCurl(sent)} language={language} />}
        {sent && <CopyButton label={words.copy} text={sent.sent} language={language} />}
      </div>
      {sent ? (
        <>
          <p class="small">
            <code>POST {sent.url}</code>
          </p>
          <pre tabIndex={0} aria-label={words.request}>
            {sent.sent}
          </pre>
          <Received exchange={sent} language={language} />
        </>
      ) : (
        <p>{words.none}</p>
      )}
    </div>
  );
}
