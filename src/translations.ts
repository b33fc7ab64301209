/**
 * Texts of a FHIR resource in several languages: Dutch in the element, the others in its translation extension.
 * Enters: parsed JSON of any depth. Leaves: new trees; what enters is never changed.
 */
import type { Element, Extension } from 'fhir/r4.js';
import type { Language } from './cds-hooks/request.js';
import type { DraftTexts } from './draft-texts.js';
import { isObject } from './fhir/references.js';
import { textIn, type Text } from './text.js';

const TRANSLATION = 'http://hl7.org/fhir/StructureDefinition/translation';

type Node = Readonly<Record<string, unknown>>;

/** The words of an element in the languages of its translation extension; undefined without a translation. */
export function textOf(node: unknown, element: string): Text | undefined {
  if (!isObject(node) || typeof node[element] !== 'string') return undefined;
  const words = translationsOf(node, element);
  const en = words.get('en');
  const fr = words.get('fr');
  return en === undefined ? undefined : { nl: node[element], en, ...(fr !== undefined && { fr }) };
}

function translationsOf(node: Node, element: string): ReadonlyMap<string, string> {
  const beside = node[`_${element}`] as { readonly extension?: readonly TranslationExtension[] } | undefined;
  return new Map(
    (beside?.extension ?? [])
      .filter(({ url }) => url === TRANSLATION)
      .map(({ extension = [] }) => {
        const part = (name: string) => extension.find(({ url }) => url === name);
        return [part('lang')?.valueCode ?? '', part('content')?.valueString ?? ''];
      }),
  );
}

interface TranslationExtension {
  readonly url: string;
  readonly extension?: readonly { readonly url: string; readonly valueCode?: string; readonly valueString?: string }[];
}

/** An element in Dutch and beside it its translations, to be spread into the object that holds it. */
export function elementOf<Name extends string>(
  element: Name,
  text: Text,
): Record<Name, string> & Record<`_${Name}`, Element> {
  const translations = [translation('en', text.en), ...(text.fr === undefined ? [] : [translation('fr', text.fr)])];
  return { [element]: text.nl, [`_${element}`]: { extension: translations } } as ReturnType<typeof elementOf<Name>>;
}

function translation(language: Language, words: string): Extension {
  const extension = [
    { url: 'lang', valueCode: language },
    { url: 'content', valueString: words },
  ];
  return { url: TRANSLATION, extension };
}

/** The same tree with a French draft beside every translated text, where drafts are served. */
export function withDrafts(node: unknown, drafts: DraftTexts, place: string): unknown {
  if (Array.isArray(node)) return node.map((one: unknown) => withDrafts(one, drafts, place));
  if (!isObject(node)) return node;
  return Object.fromEntries(
    Object.entries(node).map(([name, value]) => {
      const text = name.startsWith('_') ? textOf(node, name.slice(1)) : undefined;
      const fr = text && drafts.complete(text, () => place).fr;
      if (fr === undefined) return [name, withDrafts(value, drafts, place)];
      const { extension: present } = value as { readonly extension: readonly unknown[] };
      return [name, { extension: [...present, translation('fr', fr)] }];
    }),
  );
}

/** The tree with its texts in one language and without the translations. */
export function inLanguage(node: object, language: Language): Node {
  const elements = Object.entries(node).filter(([name, value]) => !(name.startsWith('_') && isTranslation(value)));
  return Object.fromEntries(
    elements.map(([name, value]) => {
      const text = textOf(node, name);
      return [name, text ? textIn(text, language) : valueInLanguage(value, language)];
    }),
  );
}

function valueInLanguage(value: unknown, language: Language): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => valueInLanguage(one, language));
  return isObject(value) ? inLanguage(value, language) : value;
}

function isTranslation(value: unknown): boolean {
  const { extension = [] } = value as { readonly extension?: readonly { readonly url: string }[] };
  return extension.some(({ url }) => url === TRANSLATION);
}
