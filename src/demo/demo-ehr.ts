/**
 * The EHR beside the service in demo mode: the example patients and those of the sandbox page in one store, its FHIR API, and what the page asks beyond it.
 */
import { constants } from 'node:zlib';
import compress, { type FastifyCompressOptions } from '@fastify/compress';
import type { Questionnaire } from 'fhir/r4.js';
import type { Language } from '../cds-hooks/request.js';
import type { DraftTexts } from '../draft-texts.js';
import type { DemoEhr } from '../http/server.js';
import { feedbackKeeper } from './communications.js';
import { exampleRecord } from './example-record.js';
import type { ExamplePatient } from './examples.js';
import { DEMO_FHIR, serveFhir } from './fhir-api.js';
import { createStore, type SeedResource, type StoreTools } from './fhir-store.js';
import { loadCourses } from './load-courses.js';
import { loadDrafts } from './load-drafts.js';
import { sandboxRecords, serveSandbox } from './sandbox-api.js';
import { serveSandboxPage } from './sandbox-page.js';
import { loadWrittenConcepts } from './written-concepts.js';

export interface DemoEhrTools extends StoreTools {
  /** The folder of the built sandbox page. */
  readonly pageDir: string;
  /** The folder `fhir-profiles`. */
  readonly profilesDir: string;
  readonly timeZone: string;
  readonly languages: readonly Language[];
  readonly drafts: DraftTexts;
  readonly examples: readonly ExamplePatient[];
  readonly questionnaires: readonly Questionnaire[];
  /** Base URL of the service as it knows itself. */
  readonly baseUrl: string;
  /** The same where it is configured; without it, links of the FHIR API follow the Host header. */
  readonly publicUrl?: string;
}

/** Brotli's own default takes a quarter of a second for what this does in a few milliseconds. */
const COMPRESSION: FastifyCompressOptions = {
  encodings: ['br', 'gzip'],
  brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } },
};

/** Reads the records and makes the EHR. Throws KnowledgeError. */
export function createDemoEhr(tools: DemoEhrTools): DemoEhr {
  const { pageDir, profilesDir, timeZone, languages, drafts, examples, questionnaires, baseUrl, ...server } = tools;
  const concepts = loadWrittenConcepts(profilesDir, languages.includes('fr'));
  const seeds = exampleRecord(examples);
  const practitioner = gpOf(seeds);
  const course = { concepts, questionnaires, drafts, practitioner, now: server.now(), zone: timeZone };
  const courses = loadCourses(profilesDir, course);
  const store = createStore([...seeds, ...questionnaires.map(asSeed), ...sandboxRecords(courses)], server);
  const index = {
    fhirServer: `${baseUrl}${DEMO_FHIR}`,
    languages,
    timeZone,
    userId: practitioner,
    ...loadDrafts(profilesDir, { concepts, drafts, practitioner }),
  };
  return {
    serve(instance) {
      serveFhir(instance, store, { ...server, timeZone });
      void instance.register(async (scope) => {
        await scope.register(compress, COMPRESSION);
        serveSandbox(scope, { ...index, courses, store });
        serveSandboxPage(scope, pageDir);
      });
    },
    keepFeedback: feedbackKeeper(store),
  };
}

function gpOf(seeds: readonly SeedResource[]): string {
  const gp = seeds.find(({ resourceType }) => resourceType === 'Practitioner');
  if (!gp) throw new Error('the example patients name no GP');
  return `Practitioner/${gp.id}`;
}

const asSeed = ({ id = '', ...resource }: Questionnaire): SeedResource => ({ ...resource, id });
