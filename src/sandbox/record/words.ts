/** Words of a FHIR element in a language: Dutch stands in the element itself, others in its translation extension. */
import type { Language } from '../../cds-hooks/request.js';

/** FHIR's extension beside a canonical address: what stands there is called. */
export const DISPLAY = 'http://hl7.org/fhir/StructureDefinition/display';

const TRANSLATION = 'http://hl7.org/fhir/StructureDefinition/translation';

interface Translated {
  readonly extension?: readonly { readonly url: string; readonly extension?: readonly Part[] }[];
}

interface Part {
  readonly url: string;
  readonly valueCode?: string;
  readonly valueString?: string;
}

/** The words of `node[element]`; as they stand where there is no translation, empty where nothing stands. */
export function wordsIn(node: object, element: string, language: Language): string {
  const { [element]: standing, [`_${element}`]: beside } = node as Readonly<Record<string, unknown>>;
  const translations = ((beside as Translated | undefined)?.extension ?? []).filter(({ url }) => url === TRANSLATION);
  const wanted = translations.find(({ extension = [] }) =>
    extension.some(({ url, valueCode }) => url === 'lang' && valueCode === language),
  );
  const words = wanted?.extension?.find(({ url }) => url === 'content')?.valueString;
  return words ?? (typeof standing === 'string' ? standing : '');
}
