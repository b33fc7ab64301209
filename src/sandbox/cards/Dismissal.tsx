/** Passing a card over: one of its reasons, a comment, and what became of it. */
import { useSignal } from '@preact/signals';
import type { Language } from '../../cds-hooks/request.js';
import type { Card } from '../../cds-hooks/response.js';
import { dismiss } from '../answering.js';

const WORDS = {
  nl: {
    dismiss: 'Niet opvolgen …',
    reason: 'Reden',
    none: 'geen reden',
    comment: 'Toelichting (geen patiëntgegevens)',
    send: 'Feedback sturen',
    sent: 'Feedback verstuurd; de kaart blijft staan zolang de situatie dezelfde is.',
  },
  en: {
    dismiss: 'Dismiss …',
    reason: 'Reason',
    none: 'no reason',
    comment: 'Comment (no patient data)',
    send: 'Send feedback',
    sent: 'Feedback sent; the card stays as long as the situation is the same.',
  },
  fr: {
    dismiss: 'Ignorer …',
    reason: 'Raison',
    none: 'sans raison',
    comment: 'Commentaire (pas de données du patient)',
    send: 'Envoyer',
    sent: 'Envoyé ; la carte reste tant que la situation est la même.',
  },
} as const;

export function Dismissal({ card, language }: { card: Card; language: Language }) {
  const words = WORDS[language];
  const code = useSignal('');
  const comment = useSignal('');
  const sent = useSignal(false);
  const send = async (): Promise<void> => {
    const reason = card.overrideReasons.find((one) => one.code === code.value);
    sent.value = await dismiss(card, { ...(reason && { reason }), comment: comment.value });
  };
  return (
    <details class="dismissal-card">
      <summary>{words.dismiss}</summary>
      <div class="dismissal">
        <label>
          {words.reason}
          <select value={code.value} onChange={({ currentTarget }) => (code.value = currentTarget.value)}>
            <option value="">{words.none}</option>
            {card.overrideReasons.map((reason) => (
              <option value={reason.code}>{reason.display}</option>
            ))}
          </select>
        </label>
        <label>
          {words.comment}
          <input
            maxLength={200}
            value={comment.value}
            onInput={({ currentTarget }) => (comment.value = currentTarget.value)}
          />
        </label>
        <button type="button" onClick={() => void send()}>
          {words.send}
        </button>
        <p class="small" role="status">
          {sent.value && words.sent}
        </p>
      </div>
    </details>
  );
}
