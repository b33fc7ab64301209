/** The example requests of fhir-profiles/examples, with their dates filled in for today. */
import { readdirSync, readFileSync } from 'node:fs';
import { resolveTokens } from '../../src/demo/date-tokens.js';
import type { HookRequest } from './requests.js';

const FOLDER = new URL('../../fhir-profiles/examples/', import.meta.url);

export interface Example {
  readonly id: string;
  readonly title: string;
  readonly hook: string;
  readonly service: string;
  readonly request: HookRequest;
}

/** Every example request. */
export function readExamples(now = Date.now(), zone = 'Europe/Amsterdam'): readonly Example[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .map((name) => resolveTokens(JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as Example, { now, zone }));
}
