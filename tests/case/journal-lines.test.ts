/**
 * The journal of Dutch GP systems as the report of an encounter: sections of a Composition with an ICPC code are problems of unknown onset.
 * The shape is that which the converters of Nictiz write (gp-EncounterReport).
 */
import type { FhirResource } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import type { Case } from '../../src/case/case.js';
import { valueOf } from '../support/facts.js';
import { caseOf, daysAgo, record } from '../support/records.js';
import { PATIENT } from '../support/requests.js';

type Elements = Readonly<Record<string, unknown>>;

const ICPC = 'http://hl7.org/fhir/sid/icpc-1-nl';
const LINES = 'http://fhir.nl/fhir/NamingSystem/journaalregeltypen';
const of = (system: string, code: string) => ({ coding: [{ system, code }] });
const icpc = (code: string, value: Elements = { valueCodeableConcept: of(ICPC, code) }) => ({
  extension: [{ url: 'http://nictiz.nl/fhir/StructureDefinition/code-icpc-1-nl', ...value }],
});

const section = (type: string, elements: Elements = {}) => ({
  ...icpc('L03'),
  code: of(LINES, type),
  text: { status: 'additional', div: '<div xmlns="http://www.w3.org/1999/xhtml">Pijn in de rug</div>' },
  ...elements,
});
const report = (days: number, sections: unknown, elements: Elements = {}) =>
  record('Composition', {
    id: 'report-1',
    status: 'final',
    type: of('http://loinc.org', '67781-5'),
    date: daysAgo(days),
    title: 'Rugpijn na verhuizing',
    section: sections,
    ...elements,
  });
const episode = (id: string, status: string, elements: Elements = {}) =>
  record('EpisodeOfCare', {
    id,
    subject: undefined,
    patient: { reference: `Patient/${PATIENT}` },
    status,
    period: { start: daysAgo(300) },
    ...elements,
  });

const kindsOf = ({ tolerated }: Case): readonly string[] => tolerated.map(({ where, what }) => `${where}: ${what}`);
const leftOutOf = ({ excluded }: Case): readonly string[] => excluded.map(({ where, reason }) => `${where}: ${reason}`);
const problemsOf = (...resources: readonly FhirResource[]) => caseOf(resources).byType.get('Condition') ?? [];
/** Number of present complaints. */
const present = (...resources: readonly FhirResource[]): number => caseOf(resources).episodes.length;

describe('a journal line in a Composition', () => {
  it('is a problem of the Composition, recorded on its date, and that is not the onset', () => {
    const theCase = caseOf([report(3, [section('E')])], { incomplete: ['Condition'] });
    expect(theCase.episodes).toMatchObject([
      { group: 'back-only', conditions: [{ reference: 'Composition/report-1' }] },
    ]);
    expect(theCase.episodes[0]?.onset).toBeUndefined();
    expect(theCase.byType.get('Condition')).toMatchObject([{ resource: { recordedDate: daysAgo(3) } }]);
    expect(kindsOf(theCase)).toEqual(['Composition: read as a Condition of unknown onset']);
    expect(theCase.excluded).toEqual([]);
    expect(valueOf('episode.daysSinceOnset', [report(3, [section('E')])])).toBeUndefined();
  });

  it.each([
    ['E', 0, 1],
    ['S', 28, 1],
    ['E', 28, 1],
    ['S', 29, 0],
    ['E', 29, 0],
    ['O', 0, 0],
    ['P', 0, 0],
  ])('%s of %i days ago: %i present complaints', (type, days, count) => {
    const theCase = caseOf([report(days, [section(type)])]);
    expect(theCase.episodes).toHaveLength(count);
    expect(JSON.stringify([theCase.tolerated, theCase.excluded])).not.toMatch(/rug/i);
  });

  it('that is old says neither that there was an earlier complaint nor that there was none', () => {
    const theCase = caseOf([report(60, [section('E')])]);
    expect(leftOutOf(theCase)).toEqual(['Composition: journal line of an earlier complaint']);
    expect(theCase.completeness('Condition')).toBe('incomplete');
  });

  it('that is no complaint is a history whatever its age', () => {
    const cancer = icpc('', { valueCodeableConcept: of('http://hl7.org/fhir/sid/icd-10', 'C61') });
    const theCase = caseOf([report(2000, [section('E', cancer)])]);
    expect(theCase.byConcept.get('malignancy')).toMatchObject([{ state: 'past' }]);
  });

  it.each([
    ['final', 'E', undefined],
    ['amended', 'E', undefined],
    ['preliminary', 'E', 'unconfirmed'],
    ['final', 'S', 'unconfirmed'],
    ['preliminary', 'S', 'unconfirmed'],
  ])('%s, %s: present, its verification %s', (status, type, verification) => {
    const [problem] = problemsOf(report(1, [section(type)], { status }));
    const { verificationStatus } = problem!.resource as { verificationStatus?: { coding: { code: string }[] } };
    expect([problem?.state, verificationStatus?.coding[0]?.code]).toEqual(['active', verification]);
  });

  it.each([
    ['entered in error', { status: 'entered-in-error' }, 'void'],
    ['of another patient', { subject: { reference: 'Patient/somebody-else' } }, 'other patient'],
    ['of nobody', { subject: undefined }, 'no patient'],
    ['modified', { modifierExtension: [{ url: 'urn:x' }] }, 'unknown modifier extension'],
  ])('%s is left out', (_, elements, reason) => {
    const theCase = caseOf([report(1, [section('E')], elements)]);
    expect([theCase.episodes.length, ...leftOutOf(theCase)]).toEqual([0, `Composition: ${reason}`]);
  });
});

describe('where the line and its code stand', () => {
  it.each([
    ['a section as an object', section('E')],
    ['a section in a section without a code', [{ title: 'Deelcontact', section: [section('E')] }]],
    [
      'a section in the section of another line',
      [section('P', { section: [section('O', { section: [section('E')] })] })],
    ],
    ['the code as a Coding', [section('E', icpc('', { valueCoding: { system: ICPC, code: 'L03' } }))]],
    [
      'the systems by their OIDs',
      [
        {
          ...icpc('', { valueCodeableConcept: of('urn:oid:2.16.840.1.113883.2.4.4.31.1', 'L03') }),
          code: of('urn:oid:2.16.840.1.113883.2.4.4.32.2', 'E'),
        },
      ],
    ],
    [
      'the extension by another base',
      [
        section('E', {
          extension: [{ url: 'https://elsewhere.example/code-icpc-1-nl', valueCodeableConcept: of(ICPC, 'L03') }],
        }),
      ],
    ],
    [
      'a second code that nobody knows',
      [section('E', { extension: [...icpc('ZZ').extension, ...icpc('L03').extension] })],
    ],
  ])('%s: a present complaint', (_, sections) => {
    expect(present(report(1, sections))).toBe(1);
  });

  it.each([
    ['no section', undefined],
    ['a section without a code', [{ ...section('E'), code: undefined }]],
    ['a type of line of another system', [section('E', { code: of('urn:x', 'E') })]],
    ['a line without an ICPC code', [section('E', { extension: undefined })]],
    [
      'an extension of another name',
      [section('E', { extension: [{ url: 'urn:not-code-icpc-1-nl', valueCoding: { system: ICPC, code: 'L03' } }] })],
    ],
    ['an extension without a value', [section('E', icpc('', {}))]],
    [
      'a code beside the line that it belongs to',
      [section('E', { extension: undefined, section: [{ ...icpc('L03') }] })],
    ],
  ])('%s: no problem, and the Composition is not read', (_, sections) => {
    const theCase = caseOf([report(1, sections)]);
    expect([theCase.episodes.length, ...leftOutOf(theCase)]).toEqual([0, 'Composition: not read']);
  });

  it('each line is a problem of its own', () => {
    const problems = problemsOf(report(1, [section('S'), section('O'), section('E', icpc('L92'))]));
    expect(problems.map(({ reference }) => reference)).toEqual(['Composition/report-1', 'Composition/report-1']);
    expect(new Set(problems.flatMap(({ concepts }) => concepts)).size).toBeGreaterThan(1);
  });

  it('what modifies a section modifies what stands in it, and not what stands beside it', () => {
    const modified = { modifierExtension: [{ url: 'urn:x' }] };
    const nested = section('P', { ...modified, section: [{ section: [section('E')] }] });
    const theCase = caseOf([report(1, [nested, section('E', icpc('L92'))])]);
    expect([theCase.episodes.length, ...leftOutOf(theCase)]).toEqual([1, 'Composition: unknown modifier extension']);
    expect(present(report(1, [section('E', modified)]))).toBe(0);
  });

  it('sections without end are no danger', () => {
    let deep: unknown = section('E');
    for (let depth = 0; depth < 100_000; depth++) deep = { section: [deep] };
    expect(present(report(1, [deep]))).toBe(1);
  });
});

describe('the episode of a line', () => {
  const inEpisode = (id: string) => ({
    extension: [
      {
        url: 'http://nictiz.nl/fhir/StructureDefinition/extension-context-nl-core-episodeofcare',
        valueReference: { reference: `EpisodeOfCare/${id}` },
      },
    ],
  });
  const entries = (...ids: readonly string[]) => ({
    entry: [{ reference: 'Observation/o1' }, ...ids.map((id) => ({ reference: `EpisodeOfCare/${id}` }))],
  });

  it.each([
    [
      'the extension of the Composition',
      report(200, [section('E')], inEpisode('e')),
      report(3, [section('E')], inEpisode('e')),
    ],
    ['an entry of the section', report(200, [section('E', entries('e'))]), report(3, [section('E', entries('e'))])],
  ])('%s: the line counts while it runs, and no longer', (_, old, recent) => {
    for (const running of ['active', 'onhold']) expect(present(old, episode('e', running))).toBe(1);
    expect(present(recent, episode('e', 'finished'))).toBe(0);
    // An episode that is void or that was not sent says nothing.
    for (const others of [[], [episode('e', 'entered-in-error')]]) {
      expect([present(old, ...others), present(recent, ...others)]).toEqual([0, 1]);
    }
  });

  it('of two of which one is over either can be the line’s: its age decides', () => {
    const both = [episode('e', 'active'), episode('f', 'finished')];
    const line = (days: number) => report(days, [section('E', entries('e', 'f'))]);
    expect([present(line(28), ...both), present(line(29), ...both)]).toEqual([1, 0]);
    expect(present(line(200), episode('e', 'active'), episode('f', 'waitlist'))).toBe(1);
    expect(present(line(3), episode('e', 'finished'), episode('f', 'finished'))).toBe(0);
  });

  it('what the episodes or another line list already is not said again', () => {
    const listed = 'problem that is listed already';
    const observed = record('Observation', {
      status: 'final',
      code: of(LINES, 'E'),
      effectiveDateTime: daysAgo(1),
      component: [{ valueCodeableConcept: of(ICPC, 'L03') }],
    });
    const theCase = caseOf([
      report(2, [section('S'), section('E')]),
      episode('e', 'active', { type: [of(ICPC, 'L03')] }),
      observed,
    ]);
    expect(theCase.episodes).toMatchObject([{ conditions: [{ reference: 'EpisodeOfCare/e' }] }]);
    expect(theCase.excluded).toEqual([
      { where: 'Composition', reason: listed, count: 2 },
      { where: 'Observation', reason: listed, count: 1 },
    ]);
    const alone = caseOf([report(2, [section('E')]), observed]);
    expect(alone.episodes).toHaveLength(1);
    expect(alone.excluded).toEqual([{ where: 'Composition', reason: listed, count: 1 }]);
  });
});
