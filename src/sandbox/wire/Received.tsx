/** The answer of the service as it came: status, time, headers and body. */
import type { Language } from '../../cds-hooks/request.js';
import type { Exchange } from '../ehr/exchange.js';

const WORDS = {
  nl: { response: 'Antwoord', headers: 'Antwoordkoppen', size: 'tekens' },
  en: { response: 'Response', headers: 'Response headers', size: 'characters' },
  fr: { response: 'Réponse', headers: 'En-têtes de la réponse', size: 'caractères' },
} as const;

export function Received({ exchange, language }: { exchange: Exchange; language: Language }) {
  const words = WORDS[language];
  return (
    <>
      <h3>{words.response}</h3>
      <p class="small">
        HTTP {exchange.status} · {Math.round(exchange.milliseconds)} ms · {exchange.received.length} {words.size}
      </p>
      <details>
        <summary>{words.headers}</summary>
        <dl>
          {exchange.headers.map(([name, value]) => (
            <>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </>
          ))}
        </dl>
      </details>
      <pre tabIndex={0} aria-label={words.response}>
        {indented(exchange.received)}
      </pre>
    </>
  );
}

/** For reading; what is no JSON is shown as it came. */
function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
