/**
 * The Questionnaires of `fhir-profiles/questionnaires`: files enter; the resource with its texts in every served language, and what an answer
 * to each of its questions records, leave. Throws KnowledgeError with file, line and cure. Runs at start-up only.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CodeableConcept, Coding, Extension, Questionnaire, QuestionnaireItem } from 'fhir/r4.js';
import { isMuscle } from './case/body.js';
import type { Form, Question } from './case/forms.js';
import type { DraftTexts } from './draft-texts.js';
import { CANONICAL_BASE, type CodeSets } from './fhir/code-sets.js';
import { conceptsOf, isObject } from './fhir/references.js';
import { textOf, withDrafts } from './translations.js';
import { KnowledgeError, parseYaml, type YamlFile } from './yaml-file.js';

/** A Questionnaire as it is served, and as its answers are read. */
export interface LoadedQuestionnaire extends Form {
  readonly resource: Questionnaire;
}

/** What Questionnaires are checked against. */
export interface QuestionnaireContext {
  readonly codeSets: CodeSets;
  readonly drafts: DraftTexts;
  /** Ids of the statements that a question may rest on. */
  readonly statements: { readonly has: (id: string) => boolean };
}

const OURS = `${CANONICAL_BASE}/StructureDefinition/`;
const ANSWER_BODY_SITE = `${OURS}answer-body-site`;
const STATEMENT = `${OURS}statement`;
/** In FHIR's own words: this item asks the body site of an Observation. */
const BODY_SITE = 'http://hl7.org/fhir/StructureDefinition/Observation#Observation.bodySite';

/** The files below `profilesDir` (fhir-profiles). JSON is YAML too, so that a complaint can name the line. */
export function readQuestionnaires(profilesDir: string): readonly YamlFile[] {
  const dir = join(profilesDir, 'questionnaires');
  const names = readdirSync(dir).filter((name) => name.endsWith('.json'));
  return names.map((name) => parseYaml(`fhir-profiles/questionnaires/${name}`, readFileSync(join(dir, name), 'utf8')));
}

/** Checks all Questionnaires, by id. */
export function loadQuestionnaires(
  files: readonly YamlFile[],
  context: QuestionnaireContext,
): ReadonlyMap<string, LoadedQuestionnaire> {
  return new Map(files.map((file) => [idOf(file), readQuestionnaire(file, context)]));
}

const idOf = ({ name }: YamlFile): string => name.replace(/^.*\/|\.json$/g, '');

type Path = readonly (string | number)[];
/** Refuses what stands at a path of the file. */
type Fail = (path: Path, sentence: string) => never;

interface Reading {
  readonly context: QuestionnaireContext;
  readonly fail: Fail;
  readonly linkIds: Set<string>;
  readonly questions: Map<string, Question>;
}

/** What the items of a group have from it. */
interface Surroundings {
  readonly bodySite: readonly Coding[];
  readonly placeItems: readonly PlaceItem[];
}

interface PlaceItem {
  readonly linkId: string;
  readonly asks: 'place' | 'side';
}

function readQuestionnaire(file: YamlFile, context: QuestionnaireContext): LoadedQuestionnaire {
  const fail: Fail = (path, sentence) => {
    throw new KnowledgeError(file.at(path), sentence);
  };
  if (!isQuestionnaire(file.value)) return fail([], 'this is no Questionnaire with url, version and items');
  const id = idOf(file);
  if (file.value.id !== id) fail(['id'], `the id ${String(file.value.id)} is not the file's name; rename one of them`);
  if (file.value.url !== `${CANONICAL_BASE}/Questionnaire/${id}`)
    fail(['url'], `the url is not that of its id; write ${CANONICAL_BASE}/Questionnaire/${id}`);
  for (const element of ['title', 'description']) requireEnglish(file.value, element, [], fail);
  const reading = { context, fail, linkIds: new Set<string>(), questions: new Map<string, Question>() };
  readItems(file.value.item ?? [], ['item'], { bodySite: [], placeItems: [] }, reading);
  const resource = withDrafts(file.value, context.drafts, file.name) as Questionnaire;
  return { resource, questions: reading.questions };
}

function isQuestionnaire(content: unknown): content is Questionnaire {
  if (!isObject(content) || content['resourceType'] !== 'Questionnaire') return false;
  return typeof content['url'] === 'string' && typeof content['version'] === 'string' && Array.isArray(content['item']);
}

/** An item that asks a place or a side says it of all questions beside it and below them. */
function readItems(items: readonly QuestionnaireItem[], path: Path, outer: Surroundings, reading: Reading): void {
  const own = items.flatMap((item, index) =>
    item.type === 'choice' ? [readPlaceItem(item, [...path, index], reading)] : [],
  );
  const surroundings = { ...outer, placeItems: [...outer.placeItems, ...own] };
  items.forEach((item, index) => readItem(item, [...path, index], surroundings, reading));
}

function readItem(item: QuestionnaireItem, path: Path, outer: Surroundings, reading: Reading): void {
  const { fail, linkIds } = reading;
  if (linkIds.has(item.linkId)) fail([...path, 'linkId'], `the linkId ${item.linkId} stands twice; rename one of them`);
  linkIds.add(item.linkId);
  requireEnglish(item, 'text', path, fail);
  refuseForced(item, path, fail);
  for (const { valueCode } of extensionsOf(item, STATEMENT))
    if (valueCode === undefined || !reading.context.statements.has(valueCode))
      fail([...path, 'extension'], `${String(valueCode)} is no statement of rules/catalogue.json`);
  if (item.type !== 'group' && item.item !== undefined)
    fail([...path, 'item'], 'items stand in groups, not below a question');
  if (item.type === 'choice') return;
  const surroundings = { ...outer, bodySite: [...outer.bodySite, ...ownBodySite(item, path, reading)] };
  if (item.type === 'group') readItems(item.item ?? [], [...path, 'item'], surroundings, reading);
  else reading.questions.set(item.linkId, readQuestion(item, path, surroundings, reading));
}

/** Unknown is not "no": what was not asked may stay open, and every answer is that of whoever fills in the form. */
function refuseForced({ required, initial, answerOption = [] }: QuestionnaireItem, path: Path, fail: Fail): void {
  if (required === true) fail([...path, 'required'], 'no answer is required: what was not asked stays unknown');
  if (initial !== undefined || answerOption.some(({ initialSelected }) => initialSelected === true))
    fail([...path, 'initial'], 'no answer is given beforehand; leave the initial value out');
}

function readPlaceItem(item: QuestionnaireItem, path: Path, { context, fail }: Reading): PlaceItem {
  if (item.definition !== BODY_SITE)
    return fail(path, `a choice asks a place or a side; say so with the definition ${BODY_SITE}`);
  const kinds = (item.answerOption ?? []).map(({ valueCoding }, index) => {
    const at = [...path, 'answerOption', index];
    requireEnglish(valueCoding, 'display', at, fail);
    return kindOf(valueCoding ?? {}, at, { context, fail });
  });
  const [asks, ...others] = new Set(kinds);
  if (asks === undefined || others.length > 0) return fail(path, 'the options must be all places or all sides');
  return { linkId: item.linkId, asks };
}

type Judge = Pick<Reading, 'context' | 'fail'>;

function kindOf(coding: Coding, path: Path, { context, fail }: Judge): PlaceItem['asks'] {
  const concepts = conceptsOf({ coding }, context.codeSets);
  if (concepts.some((concept) => concept.startsWith('side-'))) return 'side';
  if (concepts.some((concept) => concept.startsWith('site-') || isMuscle(concept))) return 'place';
  return fail(path, `${String(coding.system)}|${String(coding.code)} is no site, side or muscle of our value sets`);
}

function ownBodySite(item: QuestionnaireItem, path: Path, judge: Judge): readonly Coding[] {
  const concepts = extensionsOf(item, ANSWER_BODY_SITE).flatMap((one) => one.valueCodeableConcept ?? []);
  const codings = concepts.flatMap(({ coding = [] }: CodeableConcept) => coding);
  for (const coding of codings) kindOf(coding, [...path, 'extension'], judge);
  return codings;
}

const STRENGTH = 'muscle-strength-mrc';
const NUMBERS = ['nrs-pain', STRENGTH];

function readQuestion(
  item: QuestionnaireItem,
  path: Path,
  { bodySite, placeItems }: Surroundings,
  { context, fail }: Reading,
): Question {
  const [code, ...others] = item.code ?? [];
  const concepts = conceptsOf({ coding: code }, context.codeSets);
  if (code === undefined || others.length > 0 || concepts.length === 0)
    return fail([...path, 'code'], `the question ${item.linkId} needs one code of our value sets`);
  const type = concepts.some((concept) => NUMBERS.includes(concept)) ? 'integer' : 'boolean';
  if (item.type !== type)
    fail([...path, 'type'], `an answer that records ${concepts.join()} is of type ${type}, not ${item.type}`);
  const places = bodySite.filter((coding) => kindOf(coding, path, { context, fail }) === 'place');
  if (concepts.includes(STRENGTH) && !conceptsOf({ coding: places }, context.codeSets).some(isMuscle))
    fail(path, `say with ${ANSWER_BODY_SITE} of which muscle the strength is`);
  // A place of its own is nearer than that of the complaint.
  const asked = places.length > 0 ? placeItems.filter(({ asks }) => asks === 'side') : placeItems;
  return {
    code: { ...code },
    answer: type === 'integer' ? 'valueInteger' : 'valueBoolean',
    bodySite: bodySite.map((coding) => ({ ...coding })),
    placedBy: asked.map(({ linkId }) => linkId),
  };
}

function requireEnglish(node: unknown, element: string, path: Path, fail: Fail): void {
  if (!textOf(node, element)) fail([...path, element], `the ${element} needs a translation into English`);
}

const extensionsOf = ({ extension = [] }: QuestionnaireItem, url: string): readonly Extension[] =>
  extension.filter((one) => one.url === url);
