/** A card that shows a string of the record wherever a rule can put one: no rule that ships does, and any could. */
import type { Language } from '../../src/cds-hooks/request.js';
import type { Card } from '../../src/cds-hooks/response.js';
import { planCards } from '../../src/cards/group.js';
import { renderCards } from '../../src/cards/render.js';
import { UNKNOWN_CLIENT } from '../../src/load-clients.js';
import { evaluate } from '../../src/rules/evaluate.js';
import { CONTEXT, FACTS, NOBODY, readFrom, ruleOf } from './rules.js';

const same = (text: string) => ({ nl: text, en: text, fr: text });

/** In the summary, at the start and in the middle of the detail, in a line of its own and in a list. */
const RULES = [
  ruleOf('leads', {
    card: {
      summary: same('Pain: {complaint.note}, since 3 days'),
      detail: same('{complaint.note} and {complaint.note}.\n{complaint.note}\nSince 3 days, {complaint.sites}.'),
    },
  }),
  ruleOf('rides', { card: { bullet: same('{complaint.note}') } }),
];

/** The card, in a language, its detail as Markdown or as plain text. */
export function cardWithText(text: string, language: Language, markdown = true): Card {
  const read = readFrom({ 'complaint.note': text, 'complaint.sites': [text, 'arm', text] });
  const outcomes = RULES.map((rule) => evaluate(rule, NOBODY, read));
  const { plans } = planCards(outcomes, CONTEXT.decisions, 'patient-view');
  const [card] = renderCards(plans, {
    texts: {
      facts: new Map(FACTS.map((declaration, number) => [declaration.id, { number, declaration }])),
      sources: CONTEXT.sources,
      links: CONTEXT.links,
      leaflets: new Map(),
      overrides: {},
      base: 'https://example.org/fhir',
    },
    read,
    language,
    demo: true,
    publicUrl: 'https://plexus.example',
    randomId: () => 'an-id',
    ordering: {
      orders: {
        patientId: 'p1',
        reasonsOf: () => [],
        today: 0,
        drafts: [],
        isCode: () => false,
        conceptsOf: () => [],
        isArranged: () => false,
        mayBeGiven: () => true,
        isPlannedFor: () => true,
      },
      templates: new Map(),
      jurisdiction: 'NL',
      language,
      gpMayOrderImaging: false,
      orderCodes: {},
    },
    takes: { ...UNKNOWN_CLIENT.capabilities, markdown },
    incomplete: [],
  });
  if (!card) throw new RangeError('the rules gave no card');
  return card;
}
