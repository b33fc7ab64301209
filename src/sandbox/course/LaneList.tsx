/** The lanes as a table, for who does not see the drawing and for who wants the sentences: each card with its days. */
import type { Language } from '../../cds-hooks/request.js';
import { dayText } from './day-text.js';
import type { Gap, Lane } from './strip.js';

const WORDS = {
  nl: {
    title: 'Kaarten als tabel',
    columns: ['Besluit', 'Kaart', 'Ernst', 'Van', 'Tot en met'],
    levels: { critical: 'kritiek', warning: 'waarschuwing', info: 'informatie' },
    'not-asked': 'Nog niet gevraagd',
    failed: 'Antwoord mislukt, dus onbekend',
    later: 'daarna',
  },
  en: {
    title: 'Cards as a table',
    columns: ['Decision', 'Card', 'Urgency', 'From', 'Until'],
    levels: { critical: 'critical', warning: 'warning', info: 'information' },
    'not-asked': 'Not yet asked',
    failed: 'Answer failed, so unknown',
    later: 'later',
  },
  fr: {
    title: 'Cartes sous forme de tableau',
    columns: ['Décision', 'Carte', 'Gravité', 'Du', "Jusqu'au"],
    levels: { critical: 'critique', warning: 'avertissement', info: 'information' },
    'not-asked': 'Pas encore demandé',
    failed: 'Réponse manquée, donc inconnu',
    later: 'ensuite',
  },
} as const;

interface Props {
  readonly lanes: readonly Lane[];
  readonly gaps: readonly Gap[];
  readonly start: string;
  readonly language: Language;
  readonly onDay: (day: number) => void;
}

export function LaneList({ lanes, gaps, start, language, onDay }: Props) {
  const words = WORDS[language];
  return (
    <details class="course-table">
      <summary>{words.title}</summary>
      {/* Wider than a small screen; who scrolls with the keyboard must reach it. */}
      <div class="wide" role="region" aria-label={words.title} tabIndex={0}>
        <table>
          <Head columns={words.columns} />
          <tbody>
            {lanes.flatMap(({ code, label, spans }) =>
              spans.map(({ from, to, indicator, wordings, row }) => (
                <tr key={`${code} ${from} ${row}`}>
                  <th scope="row">{label}</th>
                  <td>
                    {wordings[0]?.summary}
                    {wordings.length > 1 && ` (${words.later}: ${wordings.at(-1)?.summary ?? ''})`}
                  </td>
                  <td>{words.levels[indicator]}</td>
                  <Days {...{ from, to, start, language, onDay }} />
                </tr>
              )),
            )}
            {gaps.map(({ from, to, why }) => (
              <tr key={from}>
                <th scope="row" colSpan={3}>
                  {words[why]}
                </th>
                <Days {...{ from, to, start, language, onDay }} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function Head({ columns }: { readonly columns: readonly string[] }) {
  return (
    <thead>
      <tr>
        {columns.map((column) => (
          <th key={column} scope="col">
            {column}
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** The first and last day, each as a way to go there. */
function Days({
  from,
  to,
  start,
  language,
  onDay,
}: Pick<Gap, 'from' | 'to'> & Pick<Props, 'start' | 'language' | 'onDay'>) {
  return [from, to].map((day, index) => (
    <td key={index}>
      <button type="button" onClick={() => onDay(day)}>
        {dayText(start, day, language)}
      </button>
    </td>
  ));
}
