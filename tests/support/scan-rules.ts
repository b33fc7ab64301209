/**
 * Reads one YAML file of medical knowledge as text and reports what does not belong in it.
 * Fact definitions (rules/facts/) may hold FHIRPath; nothing may hold a code of a code system or HTML.
 */
export interface YamlFinding {
  readonly where: string;
  readonly what: string;
}

interface Forbidden {
  readonly what: string;
  readonly pattern: RegExp;
}

const CODES: readonly Forbidden[] = [
  {
    what: 'address of a code system',
    pattern:
      /snomed\.info|loinc\.org|whocc\.no|hl7\.org\/fhir\/sid|terminology\.hl7\.org|unitsofmeasure\.org|urn:oid:|hl7\.org\/fhir\/sid\/icd/i,
  },
  { what: 'SNOMED CT code', pattern: /(?<![\w.,/-])\d{6,18}(?![\w.,/-]|[.,]\d)/ },
  { what: 'LOINC code', pattern: /(?<![\w./-])\d{4,5}-\d(?![\w-])/ },
  { what: 'ATC code', pattern: /(?<![\w-])[A-Z]\d{2}[A-Z]{1,2}(\d{2})?(?![\w-])/ },
  { what: 'ICD-10 or ICPC code', pattern: /(?<![\w-])[A-Z]\d{2}\.\d{1,2}(?![\w-])/ },
];

const HTML: Forbidden = { what: 'HTML', pattern: /<\/?[a-z][a-z0-9]*(\s[^<>]*)?\/?>|<!--|&(nbsp|lt|gt|amp|#\d+);/i };

const FHIRPATH: Forbidden = {
  what: 'FHIRPath',
  pattern:
    /\.(where|exists|ofType|first|last|single|select|all|any|empty|count|not|resolve|memberOf|toString)\(|%resource|%context/,
};

/** A fact must not read the clock or the network: both are handed to the engine, in TypeScript. */
const REACHING_OUT: Forbidden = {
  what: 'FHIRPath that reaches out',
  pattern: /\b(today|now|timeOfDay|resolve|memberOf)\(/,
};

/** @param path below the root, for example `rules/na/na-suspicion.yaml` */
export function scanYaml(path: string, text: string): YamlFinding[] {
  const holdsFhirPath = path.startsWith('rules/facts/');
  const forbidden = [...CODES, HTML, holdsFhirPath ? REACHING_OUT : FHIRPATH];
  return text.split('\n').flatMap((line, index) => {
    const words = withoutAddresses(line);
    return forbidden
      .filter(({ what, pattern }) => pattern.test(what === CODES[0]?.what ? line : words))
      .map(({ what }) => ({ where: `${path}:${index + 1}`, what: `${what}: ${line.trim()}` }));
  });
}

/** Guidelines and articles have addresses with long numbers in them; those are not codes. */
function withoutAddresses(line: string): string {
  return line.replace(/https?:\/\/\S+|\b10\.\d{4,9}\/\S+/g, ' ');
}
