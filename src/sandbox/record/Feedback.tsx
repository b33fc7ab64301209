/** The feedback that the demo EHR has kept: what an EHR's own users would never see, and an integrator wants to. */
import { useEffect } from 'preact/hooks';
import type { Language } from '../../cds-hooks/request.js';
import { orTrouble } from '../answering.js';
import { readFeedback } from '../ehr/demo-ehr.js';
import { feedback } from '../state.js';

const WORDS = {
  nl: {
    intro: 'Wat de service van kaarten hoorde, nieuwste eerst; bewaard in het demodossier als Communication.',
    none: 'Nog geen feedback. Neem een voorstel over of volg een kaart niet op.',
  },
  en: {
    intro: 'What the service heard about cards, newest first; kept in the demo EHR as Communication.',
    none: 'No feedback yet. Accept a suggestion or dismiss a card.',
  },
  fr: {
    intro:
      'Ce que le service a appris des cartes, le plus récent d’abord ; gardé dans le dossier de démonstration comme Communication.',
    none: 'Pas encore de retour. Acceptez une proposition ou ignorez une carte.',
  },
} as const;

export function Feedback({ language }: { language: Language }) {
  const words = WORDS[language];
  useEffect(() => void orTrouble(async () => (feedback.value = await readFeedback())), []);
  return (
    <>
      <p class="small soft">{words.intro}</p>
      {feedback.value.length === 0 && <p>{words.none}</p>}
      <ul>
        {feedback.value.map(({ id, topic, sent, payload = [] }) => (
          <li key={id}>
            <p class="small soft">
              {topic?.text} · {sent}
            </p>
            {payload.map(({ contentString }) => (
              <p>{contentString}</p>
            ))}
          </li>
        ))}
      </ul>
    </>
  );
}
