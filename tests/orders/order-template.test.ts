/** What the loader of order templates reads, and every mistake that it refuses. */
import { describe, expect, it } from 'vitest';
import { NO_DRAFTS, loadFrenchDrafts } from '../../src/draft-texts.js';
import { applyTemplate } from '../../src/orders/apply-template.js';
import { VALUE_NAMES } from '../../src/orders/case-values.js';
import { loadOrderTemplates, type OrderTemplate } from '../../src/orders/order-template.js';
import { KnowledgeError, parseYaml } from '../../src/yaml-file.js';
import { filesBelow, readText } from '../support/files.js';
import { CODE_SETS, TODAY } from '../support/records.js';
import { faultsOf } from '../support/validate.js';

const BASE = 'https://plexus-cds.example/fhir/';
const FINDING = `${BASE}CodeSystem/finding`;
const translated = (content: string) => ({
  extension: [
    {
      url: 'http://hl7.org/fhir/StructureDefinition/translation',
      extension: [
        { url: 'lang', valueCode: 'en' },
        { url: 'content', valueString: content },
      ],
    },
  ],
});

const GOOD = {
  resourceType: 'ActivityDefinition',
  id: 'check',
  extension: [{ url: `${BASE}StructureDefinition/arranged-by`, valueCode: 'gp-visit' }],
  url: `${BASE}ActivityDefinition/check`,
  version: '1.2.3',
  title: 'Controle',
  _title: translated('Check'),
  status: 'draft',
  kind: 'Appointment',
  code: { coding: [{ system: FINDING, code: 'gp-visit' }], text: 'Consult', _text: translated('Visit') },
  dynamicValue: [
    {
      path: 'requestedPeriod[0].start',
      expression: { language: 'text/fhirpath', expression: "%'episode.dayFourteen'" },
    },
    { path: 'requestedPeriod[0].end', expression: { language: 'text/fhirpath', expression: '%today + 30 days' } },
  ],
};
const CONTEXT = { codeSets: CODE_SETS, names: new Set(['episode.dayFourteen', ...VALUE_NAMES]), drafts: NO_DRAFTS };
const load = (content: unknown, context = CONTEXT): OrderTemplate =>
  [...loadOrderTemplates([{ name: 'order-templates/check.json', content }], context).values()][0]!;
const first = (path: string, expression: string) => ({
  ...GOOD,
  dynamicValue: [{ path, expression: { language: 'text/fhirpath', expression } }],
});

describe('an order template', () => {
  it('is read with its texts, its values and what makes it superfluous', () => {
    expect(load(GOOD)).toMatchObject({
      id: 'check',
      type: 'Appointment',
      title: { nl: 'Controle', en: 'Check' },
      canonical: `${BASE}ActivityDefinition/check|1.2.3`,
      arrangedBy: ['gp-visit'],
      jurisdictions: [],
      values: [
        { path: ['requestedPeriod', 0, 'start'], name: 'episode.dayFourteen', days: 0 },
        { path: ['requestedPeriod', 0, 'end'], name: 'today', days: 30 },
      ],
    });
  });

  it('has its French draft where drafts are served, in its texts as well', () => {
    const drafts = loadFrenchDrafts([parseYaml('fr.yaml', '"Controle": "Contrôle"\n"Consult": "Consultation"\n')]);
    const template = load(GOOD, { ...CONTEXT, drafts });
    expect(template.title.fr).toBe('Contrôle');
    const subject = { patientId: 'p1', episode: undefined, reasons: [], codes: undefined };
    const orderCase = {
      today: TODAY,
      start: TODAY,
      jurisdiction: 'BE' as const,
      mgPerTablet: undefined,
      fact: () => TODAY,
    };
    const order = applyTemplate(template, subject, { ...orderCase, language: 'fr' });
    expect(order?.resource).toMatchObject({ serviceType: [{ text: 'Consultation' }] });
    expect(JSON.stringify(order?.resource)).not.toContain('translation');
  });

  it.each<[string, unknown, string]>([
    [
      'another resource',
      { ...GOOD, resourceType: 'PlanDefinition' },
      'this is no ActivityDefinition with url, version and title',
    ],
    ['no version', { ...GOOD, version: undefined }, 'this is no ActivityDefinition with url, version and title'],
    ['an id that is not the name of the file', { ...GOOD, id: 'chek' }, "the id chek is not the file's name"],
    ['a title in one language', { ...GOOD, _title: undefined }, 'the title needs a translation into English'],
    [
      'a text in one language',
      { ...GOOD, code: { ...GOOD.code, _text: undefined } },
      'the text "Consult" needs a translation into English',
    ],
    [
      'nothing that makes it superfluous',
      { ...GOOD, extension: [] },
      'name with https://plexus-cds.example/fhir/StructureDefinition/arranged-by',
    ],
    [
      'a concept that is none',
      { ...GOOD, extension: [{ ...GOOD.extension[0], valueCode: 'gp-vist' }] },
      'there is no value set gp-vist in fhir-profiles/value-sets',
    ],
    [
      'a code that we do not know',
      { ...GOOD, code: { coding: [{ system: FINDING, code: 'gp-vist' }] } },
      `the code ${FINDING}|gp-vist is in none of our value sets`,
    ],
    ['no kind', { ...GOOD, kind: undefined }, 'say with kind, or with'],
    ['a kind that is not made', { ...GOOD, kind: 'CarePlan' }, 'which of MedicationRequest, ServiceRequest, Task'],
    [
      'a country that is not served',
      { ...GOOD, jurisdiction: [{ coding: [{ system: 'urn:iso:std:iso:3166', code: 'FR' }] }] },
      'FR is no jurisdiction that is served',
    ],
    [
      'a country in other codes',
      { ...GOOD, jurisdiction: [{ coding: [{ system: 'urn:countries', code: 'BE' }] }] },
      'a jurisdiction is a code of urn:iso:std:iso:3166',
    ],
    [
      'an expression of more than we read',
      first('requestedPeriod[0].start', '%today.addDays(3)'),
      'the expression %today.addDays(3) is not understood',
    ],
    [
      'a path of more than we read',
      first('requestedPeriod.where(true)', '%today'),
      'the path requestedPeriod.where(true) is not understood',
    ],
    [
      'a fact that is none',
      first('requestedPeriod[0].start', "%'episode.dayFortien'"),
      'there is no fact or value episode.dayFortien',
    ],
  ])('is refused with its file and a cure: %s', (_what, content, sentence) => {
    expect(() => load(content)).toThrow(KnowledgeError);
    expect(() => load(content)).toThrow(sentence);
    expect(() => load(content)).toThrow('order-templates/check.json');
  });

  it('makes nothing without what it needs, and nothing once its window has passed', () => {
    const template = load(first('requestedPeriod[0].end', "%'episode.dayFourteen'"));
    const subject = { patientId: 'p1', episode: undefined, reasons: [], codes: undefined };
    const on = (day: number | undefined) =>
      applyTemplate(template, subject, {
        today: TODAY,
        start: TODAY,
        jurisdiction: 'NL',
        language: 'nl',
        mgPerTablet: undefined,
        fact: () => day,
      });
    expect(on(undefined)).toBeUndefined();
    expect(on(TODAY - 1)).toBeUndefined();
    expect(on(TODAY)).toBeDefined();
    expect(on(TODAY + 1)).toBeDefined();
  });
});

describe('the order templates that ship', () => {
  const files = filesBelow('fhir-profiles/order-templates', '.json');
  const rules = filesBelow('rules', '.yaml').map(readText).join('\n');
  const catalogue = JSON.parse(readText('rules/catalogue.json')) as readonly { readonly id: string }[];
  const ids = new Set(catalogue.map(({ id }) => id));

  it.each(files)('%s is valid R4, rests on statements, and is ordered by a rule', (file) => {
    const template = JSON.parse(readText(file)) as {
      id: string;
      url: string;
      relatedArtifact?: readonly { readonly label: string }[];
    };
    expect(faultsOf(template as never)).toEqual([]);
    expect(template.url).toBe(`${BASE}ActivityDefinition/${template.id}`);
    expect(template.relatedArtifact?.length).toBeGreaterThan(0);
    expect(template.relatedArtifact?.filter(({ label }) => !ids.has(label))).toEqual([]);
    expect(rules).toMatch(new RegExp(`(?:order|dose): ${template.id}\\b|[[ ]${template.id}[\\],]`));
  });

  // Issue and knowledge 5.2: no dose is invented.
  it.each(['stomach-protection', 'laxative', 'gabapentin', 'paracetamol', 'ibuprofen'])(
    '%s names no dose of its own',
    (id) => {
      const text = readText(`fhir-profiles/order-templates/${id}.json`);
      expect(text).not.toContain('doseAndRate');
      expect(text).toContain('%doseByFormulary');
    },
  );
});
