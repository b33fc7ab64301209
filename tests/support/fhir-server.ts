/** An HTTP server in the place of an EHR's FHIR server, as good or as bad as a test wants it, that records what it is asked. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FhirServerDouble {
  /** Base URL without trailing slash. */
  readonly base: string;
  /** `GET /fhir/Condition?patient=1`, in the order in which they came. */
  readonly asked: string[];
  readonly headers: IncomingMessage['headers'][];
  /** Replaces the behaviour. */
  answers: RequestListener;
  readonly close: () => Promise<void>;
}

/** Starts one on a free port of 127.0.0.1. */
export async function startFhirServer(answers: RequestListener = notFound): Promise<FhirServerDouble> {
  const asked: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    headers.push(request.headers);
    double.answers(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const double: FhirServerDouble = {
    base: `http://127.0.0.1:${port}/fhir`,
    asked,
    headers,
    answers,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return double;
}

/** Sends a resource, or whatever else is to be taken for one. */
export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/fhir+json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

function notFound(_request: IncomingMessage, response: ServerResponse): void {
  sendJson(response, { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'not-found' }] }, 404);
}
