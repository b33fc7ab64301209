/** The texts of the knowledge: every one that a card, a page or a code system can show. */
import type { CodeSystem } from 'fhir/r4.js';
import { textOf } from '../../src/translations.js';
import type { Text } from '../../src/text.js';
import { parseYaml } from '../../src/yaml-file.js';
import { filesBelow, readText } from './files.js';

/** Dutch sentences of all rules, facts, leaflets and tables, of the concepts, of the order templates and Questionnaires, of the sandbox page, and of the reasons that cards offer. */
export function dutchSentences(): ReadonlySet<string> {
  const pages = [
    ...filesBelow('rules', '.yaml'),
    ...filesBelow('fhir-profiles/sandbox', '.yaml'),
    'fhir-profiles/concepts.yaml',
  ];
  const texts = pages.flatMap((name) => textsIn(parseYaml(name, readText(name)).value));
  const reasons = JSON.parse(readText('fhir-profiles/code-systems/override-reason.json')) as CodeSystem;
  const displays = (reasons.concept ?? []).flatMap(({ designation = [] }) =>
    designation.filter(({ language }) => language === 'nl').map(({ value }) => value),
  );
  const resources = ['order-templates', 'questionnaires'].flatMap((folder) =>
    filesBelow(`fhir-profiles/${folder}`, '.json'),
  );
  const templates = resources.flatMap((name) => translatedIn(JSON.parse(readText(name)) as unknown));
  return new Set([...texts.map(({ nl }) => nl), ...displays, ...templates]);
}

/** Texts of FHIR that stand beside their translation. */
function translatedIn(node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null) return [];
  const own = Object.keys(node).flatMap((name) => textOf(node, name)?.nl ?? []);
  return [...own, ...Object.values(node).flatMap(translatedIn)];
}

function textsIn(value: unknown): readonly Text[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('nl' in value && 'en' in value) return [value as Text];
  return Object.values(value).flatMap(textsIn);
}
