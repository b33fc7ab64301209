/**
 * What the OpenAPI document shows of each service: the request of an example patient, and what this very service answers to it.
 * Asked for once, when somebody first opens the document; nothing is counted and nothing is logged of it.
 */
import { parseRequest } from '../../cds-hooks/parse-request.js';
import type { Card } from '../../cds-hooks/response.js';
import { settlePreferences } from '../preferences.js';
import type { ServerTools } from '../server.js';

/** A request to a service, as an EHR would send it. */
export interface ExampleRequest {
  /** Id of the service. */
  readonly service: string;
  readonly title: string;
  readonly request: Readonly<Record<string, unknown>>;
}

export interface ExampleCall extends ExampleRequest {
  readonly answer: { readonly cards: readonly Card[] };
}

type Tools = Pick<ServerTools, 'examples' | 'services' | 'config' | 'findClient' | 'gather' | 'decide'>;

/** The examples of services that are served, each with its answer. */
export function answerExamples(tools: Tools): Promise<readonly ExampleCall[]> {
  const { examples, services, config, findClient, gather, decide } = tools;
  const calls = services.flatMap((service) => {
    const example = examples.find((one) => one.service === service.id);
    return example ? [{ service, example }] : [];
  });
  return Promise.all(
    calls.map(async ({ service, example }) => {
      const parsed = parseRequest(example.request, service);
      const client = findClient(parsed.fhirServer);
      const settled = settlePreferences(parsed, undefined, config, client);
      const { cards } = decide(settled, await gather(settled, service, client), { client, explain: false });
      return { ...example, answer: { cards } };
    }),
  );
}

const ANSWER = '-answer';

/** The examples by the names under which the document has them. */
export function exampleObjects(calls: readonly ExampleCall[]) {
  return Object.fromEntries(
    calls.flatMap(({ service, title, request, answer }) => [
      [service, { summary: `${service}: ${title}`, value: request }],
      [`${service}${ANSWER}`, { summary: `${service}: ${title}`, value: answer }],
    ]),
  );
}

/** Where a route points to them: requests, or the answers to them. */
export function exampleReferences(
  { examples, services }: Pick<Tools, 'examples' | 'services'>,
  of: 'request' | 'answer',
) {
  const shown = services.filter(({ id }) => examples.some(({ service }) => service === id));
  return Object.fromEntries(
    shown.map(({ id }) => [id, { $ref: `#/components/examples/${id}${of === 'answer' ? ANSWER : ''}` }]),
  );
}
