/**
 * The rules and leaflets as pages that a doctor reads: source sentence, clauses as sentences, card, examples.
 * Enters: the knowledge. Leaves: HTML documents. Holds no data of patients.
 */
import type { Language } from '../cds-hooks/request.js';
import type { Knowledge } from '../load-knowledge.js';
import { clausesOf, isGroup, type Condition, type Rule } from '../rules/rule.js';
import { html, page, type Html } from './html.js';
import { waysFrom, type Reader } from './page-ways.js';
import { firstSaid, sourceLabel, sourcesOf } from './rule-texts.js';
import { sentenceOf, traceRows } from './traceability.js';
import { textIn, type Text } from '../text.js';

const WORDS = {
  nl: {
    rules: 'Regels',
    intro: 'Elke regel met de zin waarop hij rust. Nog niet door een arts beoordeeld, tenzij anders vermeld.',
    statements: 'Van bronzin naar regel',
    when: 'Spreekt als',
    unless: 'Zwijgt als',
    weigh: 'Weegt mee voor de ernst',
    choose: 'Kiest wat wordt aangeboden',
    offers: 'Over te nemen met één klik',
    card: 'Kaart',
    examples: 'Voorbeelden',
    source: 'Bron',
    notes: 'Keuzes',
    group: { anyOf: 'een van', allOf: 'alle van', countOf: 'meerdere van' },
    review: 'Beoordeeld door een arts',
    none: 'nog niet',
  },
  en: {
    rules: 'Rules',
    intro: 'Every rule with the sentence it rests on. Not yet reviewed by a clinician, unless said otherwise.',
    statements: 'From source sentence to rule',
    when: 'Speaks when',
    unless: 'Is silent when',
    weigh: 'Weighs in for urgency',
    choose: 'Chooses what is offered',
    offers: 'To accept with one click',
    card: 'Card',
    examples: 'Examples',
    source: 'Source',
    notes: 'Choices',
    group: { anyOf: 'any of', allOf: 'all of', countOf: 'several of' },
    review: 'Reviewed by a clinician',
    none: 'not yet',
  },
  fr: {
    rules: 'Règles',
    intro: 'Chaque règle avec la phrase sur laquelle elle repose. Non relue par un clinicien, sauf mention contraire.',
    statements: 'De la phrase source à la règle',
    when: 'Parle quand',
    unless: 'Se tait quand',
    weigh: 'Pèse dans la gravité',
    choose: 'Choisit ce qui est proposé',
    offers: 'À accepter en un clic',
    card: 'Carte',
    examples: 'Exemples',
    source: 'Source',
    notes: 'Choix',
    group: { anyOf: 'un de', allOf: 'tous de', countOf: 'plusieurs de' },
    review: 'Relue par un clinicien',
    none: 'pas encore',
  },
} as const;

/** The index: rules by decision, and the table from statement to rule. */
export function rulesPage(knowledge: Knowledge, reader: Reader): string {
  const { language } = reader;
  const words = WORDS[language];
  const decisions = [...knowledge.decisions.values()].map((decision) => {
    const rules = knowledge.rules.filter((rule) => rule.decision === decision.id);
    return rules.length === 0
      ? html``
      : html`<h2>${textIn(decision.title, language)}</h2>
          <ul>
            ${rules.map((rule) => html`<li>${ruleLink(rule, language)} <small>${rule.statements.join(', ')}</small></li>`)}
          </ul>`;
  });
  const rows = traceRows(knowledge, []).map(
    (row) =>
      html`<tr>
        <td>${row.statement.id}</td>
        <td>${sentenceOf(row)}</td>
        <td>
          ${row.rules.map((rule) => html`${ruleLink(rule, language)}<br />`)}${row.leaflets.map((id) => html`<a href="/leaflets/${id}?language=${language}">${id}</a><br />`)}
        </td>
      </tr>`,
  );
  return page(
    language,
    words.rules,
    waysFrom('/rules', reader),
    html`<p>${words.intro}</p>
      ${decisions}
      <h2>${words.statements}</h2>
      <div class="wide">
        <table>
          <tbody>
            ${rows}
          </tbody>
        </table>
      </div>`,
  );
}

function ruleLink(rule: Rule, language: Language): Html {
  const cardText = firstSaid(rule);
  return html`<a href="/rules/${rule.id}?language=${language}"
    >${cardText ? textIn(cardText, language) : rule.title}</a
  >`;
}

/** One rule. */
export function rulePage(rule: Rule, knowledge: Knowledge, reader: Reader): string {
  const { language } = reader;
  const words = WORDS[language];
  const { card } = rule;
  const texts = [card.summary, card.detail, card.bullet].filter((text) => text !== undefined);
  const examples = rule.examples.map(
    (example) =>
      html`<tr>
        <td>${example.name}</td>
        <td>${example.expect}${example.indicator === undefined ? '' : ` (${example.indicator})`}</td>
        <td>${factsText(example.facts)}</td>
      </tr>`,
  );
  return page(
    language,
    rule.title,
    waysFrom(`/rules/${rule.id}`, reader),
    html`<p class="soft">
        ${rule.id} ${rule.version} · ${rule.decision} · ${rule.family} · ${rule.level} · ${rule.statements.join(', ')} ·
        ${rule.hooks.join(', ')} · ${words.review}:
        ${rule.review === 'none' ? words.none : `${rule.review.by}, ${rule.review.date}`}
      </p>
      <h2>${words.source}</h2>
      ${quotesOf(rule, knowledge, language)}
      ${conditionList(words.when, rule.when, language)}${conditionList(words.unless, rule.unless, language)}${conditionList(words.weigh, rule.weigh, language)}${conditionList(words.choose, rule.choose, language)}
      <h2>${words.card}</h2>
      ${texts.map((text: Text) => html`<p>${textIn(text, language)}</p>`)} ${offersOf(rule, knowledge, language)}
      ${
        rule.notes.length === 0
          ? html``
          : html`<h2>${words.notes}</h2>
              <ul>
                ${rule.notes.map((note) => html`<li>${note}</li>`)}
              </ul>`
      }
      <h2>${words.examples}</h2>
      <div class="wide">
        <table>
          <tbody>
            ${examples}
          </tbody>
        </table>
      </div>`,
  );
}

/** What a GP can accept with one click, in the words of the card. */
function offersOf({ card }: Rule, { templates }: Knowledge, language: Language): Html {
  if (card.suggestions.length === 0) return html``;
  const titlesOf = (ids: readonly string[]): string =>
    ids
      .flatMap((id) => templates.get(id)?.title ?? [])
      .map((title) => textIn(title, language))
      .join(' + ');
  const items = card.suggestions.map((suggestion) => {
    const words = 'order' in suggestion ? titlesOf([...suggestion.order, ...suggestion.with]) : suggestion.label;
    return html`<li>${typeof words === 'string' ? words : words ? textIn(words, language) : ''}</li>`;
  });
  return html`<h2>${WORDS[language].offers}</h2>
    <ul>
      ${items}
    </ul>`;
}

function quotesOf(rule: Rule, knowledge: Knowledge, language: Language): readonly Html[] {
  return sourcesOf(rule, knowledge).map(
    ({ label, where, quote, paraphrase }) =>
      html`<blockquote>
        ${quote === undefined ? html`${paraphrase ? textIn(paraphrase, language) : ''}` : html`<span lang="nl">${quote}</span>`}<br /><small
          >${textIn(label, language)}${where === undefined ? '' : `, ${where}`}</small
        >
      </blockquote>`,
  );
}

function conditionList(heading: string, conditions: readonly Condition[], language: Language): Html {
  if (conditions.length === 0) return html``;
  const items = conditions.map((condition) => {
    const members = isGroup(condition)
      ? html` (${WORDS[language].group[condition.combine]})
          <ul>
            ${clausesOf(condition).map((clause) => html`<li>${textIn(clause.text, language)}</li>`)}
          </ul>`
      : html``;
    return html`<li>${textIn(condition.text, language)}${members}</li>`;
  });
  return html`<h2>${heading}</h2>
    <ul>
      ${items}
    </ul>`;
}

function factsText(facts: Readonly<Record<string, unknown>>): string {
  return Object.entries(facts)
    .map(([id, value]) => `${id} = ${String(value)}`)
    .join('; ');
}

/** One leaflet. */
export function leafletPage(id: string, knowledge: Knowledge, reader: Reader): string | undefined {
  const { language } = reader;
  const leaflet = knowledge.texts.leaflets.get(id);
  if (!leaflet) return undefined;
  const sections = leaflet.sections.map(
    ({ heading, items }) =>
      html`<h2>${textIn(heading, language)}</h2>
        <ul>
          ${items.map((item) => html`<li>${textIn(item.text, language)}</li>`)}
        </ul>`,
  );
  const source = textIn(sourceLabel(leaflet.source.doc, knowledge), language);
  return page(
    language,
    textIn(leaflet.title, language),
    waysFrom(`/leaflets/${id}`, reader),
    html`${sections}
      <p class="soft">${WORDS[language].source}: ${source}</p>`,
  );
}
