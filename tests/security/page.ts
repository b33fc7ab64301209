/** The page of what was seen: one line for each attack. */
import type { Answer } from '../support/service.js';
import { issueOf } from '../support/json.js';
import type { Attack } from './attack.js';

/** The rows of the list are 1 to this. */
export const LAST_ROW = 73;

/** What was answered in each mode. */
export type Seen = Readonly<Partial<Record<'demo' | 'production', string>>>;

/** Status and issue code of an answer, or of what is expected. */
export function said(one: Attack | Answer): string {
  const issue = 'text' in one ? issueIn(one) : one.issue;
  if (one.status === 0) return 'cut off';
  return issue === undefined ? `${one.status}` : `${one.status} ${issue}`;
}

function issueIn({ status, json }: Answer): string | undefined {
  return status < 400 ? undefined : issueOf(json).code;
}

const HEAD = `# Hostile input and what comes of it

One line for each attack of the project's list of hostile input, which has ${LAST_ROW} rows: what is sent, what the service is to answer, and what two running services
answered, one in demo mode and one in production mode with a registered client. \`npm test\` sends every attack and compares this page with what it saw;
\`npx vitest run --project unit tests/security -u\` writes it. The attacks stand in \`tests/security/\`.

Seen in every line, and not repeated there: a refusal is an OperationOutcome; no answer and no log line holds the text that the attack carries; no connection
is opened but to the FHIR servers and key sets that the registry names. A number is the HTTP status, the word behind it the code of the issue. "–": not sent in
this mode, since the other says it, or since it costs seconds.
`;

/** Writes the page. Throws when an attack was not carried out. */
export function pageOf(themes: Readonly<Record<string, readonly Attack[]>>, seen: ReadonlyMap<Attack, Seen>): string {
  const tables = Object.entries(themes).map(([theme, attacks]) =>
    [
      `\n## ${theme}\n`,
      '| row | sent | expected | demo | production | seen beside it |',
      '|---|---|---|---|---|---|',
      ...attacks.map((attack) => lineOf(attack, seen.get(attack) ?? {})),
      '',
    ].join('\n'),
  );
  return HEAD + tables.join('');
}

function lineOf(attack: Attack, seen: Seen): string {
  const observed = (['demo', 'production'] as const).map((mode) => {
    if (attack.only !== undefined && attack.only !== mode) return '–';
    const answer = seen[mode];
    if (answer === undefined) throw new Error(`not carried out in ${mode}: row ${attack.row}, ${attack.attack}`);
    return answer;
  });
  const cells = [`${attack.row}`, attack.attack, said(attack), ...observed, attack.holds?.that ?? ''];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`.replace(/ {2}\|$/, ' |');
}
