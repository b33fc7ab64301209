import { describe, expect, test } from 'vitest';
import { loadFrenchDrafts } from '../src/draft-texts.js';
import { KnowledgeError, parseYaml } from '../src/yaml-file.js';
import { filesBelow, readText } from './support/files.js';
import { dutchSentences } from './support/texts.js';

const draftsOf = (...pages: readonly string[]) =>
  loadFrenchDrafts(pages.map((page, index) => parseYaml(`fr/${index}.yaml`, page)));

describe('drafts of a language', () => {
  const page = parseYaml('rules/page.yaml', 'card:\n  lines:\n    - { nl: "Bel vandaag", en: "Call today" }\n');

  test('stand beside the sentence that they translate', () => {
    expect(draftsOf('"Bel vandaag": "Appeler aujourd’hui"').completeFile(page).value).toEqual({
      card: { lines: [{ nl: 'Bel vandaag', en: 'Call today', fr: 'Appeler aujourd’hui' }] },
    });
  });

  test('fall away when the sentence changes: the start is refused with its place', () => {
    expect(() => draftsOf('"Bel nu": "Appeler maintenant"').completeFile(page)).toThrow(
      new KnowledgeError(
        'rules/page.yaml:3',
        'there is no French draft of "Bel vandaag"; add it below rules/translations/fr',
      ),
    );
  });

  test.each([
    ['an empty draft', ['"Bel nu": ""'], 'fr/0.yaml:1'],
    ['the same sentence in two files', ['"Bel nu": "Appeler"', '"Bel nu": "Téléphoner"'], 'fr/1.yaml:1'],
  ])('%s is refused', (_, pages, place) => {
    expect(() => draftsOf(...pages)).toThrow(place);
  });
});

describe('the French drafts', () => {
  const pairs = filesBelow('rules/translations/fr', '.yaml').flatMap((name) =>
    Object.entries(parseYaml(name, readText(name)).value as Readonly<Record<string, string>>),
  );
  const sentences = dutchSentences();

  test('translate every sentence of the rules, and none that is gone', () => {
    const drafted = new Set(pairs.map(([dutch]) => dutch));
    expect(sentences.size).toBeGreaterThan(1000);
    expect([...sentences].filter((dutch) => !drafted.has(dutch))).toEqual([]);
    expect([...drafted].filter((dutch) => !sentences.has(dutch))).toEqual([]);
  });

  test('keep every number and every placeholder of the sentence', () => {
    const marks = (text: string): readonly string[] => (text.match(/\{[^}]+\}|\d+(?:[.,]\d+)?/g) ?? []).sort();
    expect(pairs.filter(([dutch, french]) => marks(dutch).join() !== marks(french).join())).toEqual([]);
  });

  test('never say that there are no red flags', () => {
    expect(pairs.filter(([, french]) => /(aucun|pas de) drapeaux? rouge/i.test(french))).toEqual([]);
  });
});
