/**
 * Order templates: the FHIR ActivityDefinitions of `fhir-profiles/order-templates`, one for each thing that a card can order.
 * Enters: parsed JSON. Leaves: checked templates, their texts in every served language. Throws KnowledgeError. Runs at start-up only.
 */
import type { ActivityDefinition, Coding } from 'fhir/r4.js';
import { JURISDICTIONS, type Jurisdiction, type Language } from '../cds-hooks/request.js';
import type { DraftTexts } from '../draft-texts.js';
import { CANONICAL_BASE, type CodeSets } from '../fhir/code-sets.js';
import { isObject } from '../fhir/references.js';
import type { Text } from '../text.js';
import { KnowledgeError } from '../yaml-file.js';
import { inLanguage, textOf, withDrafts } from '../translations.js';

/** What can be ordered. */
export const ORDER_TYPES = ['MedicationRequest', 'ServiceRequest', 'Task', 'Appointment', 'Condition'] as const;
export type OrderType = (typeof ORDER_TYPES)[number];

/** An element of the order that depends on the case: a FHIRPath of one variable, or of one and a number of days. */
export interface DynamicValue {
  /** Names of elements, and places in lists. */
  readonly path: readonly (string | number)[];
  /** Id of a fact, or a value of `case-values.ts`. */
  readonly name: string;
  readonly days: number;
}

export interface OrderTemplate {
  readonly id: string;
  readonly type: OrderType;
  readonly title: Text;
  /** `url|version`, by which an order says what it was made from. */
  readonly canonical: string;
  /** Concepts of which one on its way makes this order superfluous. */
  readonly arrangedBy: readonly string[];
  /** Drugs in use or drafted beside which it is not offered. */
  readonly notWith: readonly string[];
  /** Concepts of its codes. */
  readonly concepts: readonly string[];
  /** Where it may be offered; everywhere when empty. */
  readonly jurisdictions: readonly Jurisdiction[];
  /** An image or an infiltration, which not every GP orders. */
  readonly isExamination: boolean;
  /** Milligrams in one tablet of the product, where the template names one. */
  readonly mgPerTablet?: number;
  readonly values: readonly DynamicValue[];
  readonly definition: ActivityDefinition;
  /** The definition in the words of each language, without the translations; shared by all orders made from it, so never changed. */
  readonly words: Readonly<Record<Language, Readonly<Record<string, unknown>>>>;
}

const OURS = `${CANONICAL_BASE}/StructureDefinition/`;
const ARRANGED_BY = `${OURS}arranged-by`;
const NOT_WITH = `${OURS}not-with`;
const ORDER_TYPE = `${OURS}order-type`;
const TABLET_STRENGTH = `${OURS}tablet-strength`;
const COUNTRIES = 'urn:iso:std:iso:3166';

/** A file of a template. */
export interface TemplateFile {
  readonly name: string;
  readonly content: unknown;
}

/** What templates are checked against. */
export interface TemplateContext {
  readonly codeSets: CodeSets;
  /** Facts and other values that an expression may name. */
  readonly names: ReadonlySet<string>;
  readonly drafts: DraftTexts;
}

/** Reads all templates, by id. */
export function loadOrderTemplates(
  files: readonly TemplateFile[],
  context: TemplateContext,
): ReadonlyMap<string, OrderTemplate> {
  return new Map(files.map((file) => [idOf(file), readTemplate(file, context)]));
}

const idOf = ({ name }: TemplateFile): string => name.replace(/^.*\/|\.json$/g, '');

/** Refuses the file that is read. */
type Fail = (sentence: string) => never;

function readTemplate(file: TemplateFile, context: TemplateContext): OrderTemplate {
  const fail: Fail = (sentence) => {
    throw new KnowledgeError(file.name, sentence);
  };
  if (!isActivityDefinition(file.content)) return fail('this is no ActivityDefinition with url, version and title');
  const definition = withDrafts(file.content, context.drafts, file.name) as ActivityDefinition;
  if (definition.id !== idOf(file)) fail(`the id ${String(definition.id)} is not the file's name; rename one of them`);
  const title = textOf(definition, 'title') ?? fail('the title needs a translation into English');
  requireEnglish(definition, fail);
  const arrangedBy = valuesOf(definition, ARRANGED_BY);
  if (arrangedBy.length === 0)
    fail(`name with ${ARRANGED_BY} the concept of which an order makes this one superfluous`);
  const notWith = valuesOf(definition, NOT_WITH);
  for (const concept of [...arrangedBy, ...notWith])
    if (!context.codeSets.has(concept)) fail(`there is no value set ${concept} in fhir-profiles/value-sets`);
  const concepts = codingsOf(definition).map(({ system, code }) => {
    const found = context.codeSets.conceptsOf({ system, code });
    return found.length > 0 ? found : fail(`the code ${String(system)}|${String(code)} is in none of our value sets`);
  });
  const mgPerTablet = extensionsOf(definition, TABLET_STRENGTH)[0]?.valueQuantity?.value;
  return {
    id: definition.id ?? '',
    type:
      typeOf(definition) ?? fail(`say with kind, or with ${ORDER_TYPE}, which of ${ORDER_TYPES.join(', ')} it makes`),
    title,
    canonical: `${String(definition.url)}|${String(definition.version)}`,
    arrangedBy,
    notWith,
    concepts: concepts.flat(),
    jurisdictions: jurisdictionsOf(definition, fail),
    isExamination: concepts.flat().some((concept) => /^draft-(?:img|inf)-/.test(concept)),
    ...(mgPerTablet !== undefined && { mgPerTablet }),
    values: (definition.dynamicValue ?? []).map(({ path, expression }) =>
      dynamicValue(path, expression.expression ?? '', context.names, fail),
    ),
    definition,
    words: {
      nl: inLanguage(definition, 'nl'),
      en: inLanguage(definition, 'en'),
      fr: inLanguage(definition, 'fr'),
    },
  };
}

function jurisdictionsOf({ jurisdiction = [] }: ActivityDefinition, fail: Fail): readonly Jurisdiction[] {
  const codings = jurisdiction.flatMap(({ coding = [] }) => coding);
  return codings.map(({ system, code }) =>
    system === COUNTRIES
      ? (JURISDICTIONS.find((one) => one === code) ?? fail(`${String(code)} is no jurisdiction that is served`))
      : fail(`a jurisdiction is a code of ${COUNTRIES}`),
  );
}

/** Without its translation an English card would carry a Dutch order. */
function requireEnglish(
  { description, code, productCodeableConcept, dosage, ...more }: ActivityDefinition,
  fail: Fail,
): void {
  const texts: readonly (readonly [unknown, string])[] = [
    [{ description, _description: more._description }, 'description'],
    [code, 'text'],
    [productCodeableConcept, 'text'],
    ...(dosage ?? []).map((one) => [one, 'text'] as const),
  ];
  for (const [node, element] of texts)
    if (isObject(node) && typeof node[element] === 'string' && !textOf(node, element))
      fail(`the text "${node[element]}" needs a translation into English`);
}

function isActivityDefinition(content: unknown): content is ActivityDefinition {
  if (!isObject(content) || content['resourceType'] !== 'ActivityDefinition') return false;
  return ['url', 'version', 'title'].every((element) => typeof content[element] === 'string');
}

/** ActivityDefinition.kind names requests only; a problem for the list is named by an extension of ours. */
function typeOf(definition: ActivityDefinition): OrderType | undefined {
  const named = definition.kind ?? extensionsOf(definition, ORDER_TYPE)[0]?.valueCode;
  return ORDER_TYPES.find((type) => type === named);
}

const extensionsOf = ({ extension = [] }: ActivityDefinition, url: string) =>
  extension.filter((one) => one.url === url);

const valuesOf = (definition: ActivityDefinition, url: string): readonly string[] =>
  extensionsOf(definition, url).flatMap(({ valueCode }) => valueCode ?? []);

/** The codes that an order made from it carries. */
export function codingsOf({ code, productCodeableConcept }: ActivityDefinition): readonly Coding[] {
  return (productCodeableConcept ?? code)?.coding ?? [];
}

/** `%today`, `%'episode.dayFourteen'`, `%today + 1 days`: so much of FHIRPath, and no more, is understood. */
const EXPRESSION = /^%(?:'([\w.]+)'|(\w+))(?: \+ (\d{1,3}) days)?$/;
/** `occurrencePeriod.start`, `requestedPeriod[0].end`. */
const PATH = /^[a-z]\w*(?:\[\d\])?(?:\.[a-z]\w*(?:\[\d\])?)*$/i;

function dynamicValue(path: string, expression: string, names: ReadonlySet<string>, fail: Fail): DynamicValue {
  const [, quoted, bare, days] = EXPRESSION.exec(expression) ?? fail(`the expression ${expression} is not understood`);
  if (!PATH.test(path)) fail(`the path ${path} is not understood`);
  const name = quoted ?? bare ?? '';
  if (!names.has(name)) fail(`there is no fact or value ${name}`);
  const steps = path.split(/[.[]/).map((step) => (step.endsWith(']') ? Number.parseInt(step, 10) : step));
  return { path: steps, name, days: Number(days ?? 0) };
}
