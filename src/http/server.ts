/**
 * The HTTP server: everything it needs enters as `ServerTools`, a Fastify instance that does not listen yet leaves.
 * Routes are registered by name. Decides nothing itself and keeps no state between requests.
 */
import cors from '@fastify/cors';
import Fastify, { LogController } from 'fastify';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { CapabilityStatement } from 'fhir/r4.js';
import type { Feedback } from '../cds-hooks/feedback.js';
import type { Language } from '../cds-hooks/request.js';
import type { Service } from '../cds-hooks/services.js';
import type { Decide } from '../decide.js';
import type { ExplanationTexts } from '../export/explanation-texts.js';
import type { Gather } from '../gather.js';
import type { Client } from '../load-clients.js';
import type { Authenticate } from '../trust/authenticate.js';
import { authenticateCalls, openRoutes } from './authentication.js';
import { acceptOnlyJson } from './body.js';
import { answerClientError, answerFrameworkError, answerInPlaceOfNode, replyWithOutcomes } from './error-replies.js';
import { logRequests } from './logging.js';
import type { Metrics } from './metrics.js';
import { describeApi } from './openapi/document.js';
import type { ExampleRequest } from './openapi/examples.js';
import type { PreferenceSettings } from './preferences.js';
import { discovery } from './routes/discovery.js';
import { docs } from './routes/docs.js';
import { explain } from './routes/explain.js';
import { feedback } from './routes/feedback.js';
import { health } from './routes/health.js';
import { metrics } from './routes/metrics.js';
import { pages } from './routes/pages.js';
import { services } from './routes/services.js';

export interface RuleStatus {
  /** Number of rules that are served. */
  readonly loaded: number;
  /** Ids of rules or decisions that are switched off. */
  readonly disabled: readonly string[];
}

export interface ServerSettings extends PreferenceSettings {
  /** Bytes. */
  readonly bodyLimit: number;
  /** Whether POST /explain/{id} is served. */
  readonly explain: boolean;
  /** Whether GET /cds-services is answered without a token. */
  readonly discovery: 'open' | 'closed';
  /** Base URL as clients call it, without trailing slash. */
  readonly publicUrl?: string;
}

/** Writes the pages for people; undefined for an id that does not exist. */
export interface Pages {
  readonly rules: (language: Language) => string;
  readonly rule: (id: string, language: Language) => string | undefined;
  readonly leaflet: (id: string, language: Language) => string | undefined;
}

/** An EHR beside the service, to try it with. */
export interface DemoEhr {
  /** Adds its routes. */
  readonly serve: (server: FastifyInstance) => void;
  /** Keeps feedback where it can be read back. May throw: it holds only so much. */
  readonly keepFeedback: (serviceId: string, feedback: readonly Feedback[]) => void;
}

export interface ServerTools {
  readonly config: ServerSettings;
  readonly services: readonly Service[];
  readonly decide: Decide;
  readonly gather: Gather;
  /** Who calls. */
  readonly authenticate: Authenticate;
  /** The client of a call that nobody signed, by the FHIR server that it names. */
  readonly findClient: (fhirServer: string | undefined) => Client;
  readonly rules: RuleStatus;
  readonly pages: Pages;
  readonly explanationTexts: ExplanationTexts;
  /** What we ask of an EHR's FHIR server. */
  readonly capabilityStatement: CapabilityStatement;
  /** Requests that the OpenAPI document shows, one of each service. */
  readonly examples: readonly ExampleRequest[];
  readonly logger: FastifyBaseLogger;
  readonly metrics: Metrics;
  /** Makes the correlation id of a request. */
  readonly newId: () => string;
  /** In demo mode only. */
  readonly demoEhr?: DemoEhr;
}

/** Milliseconds. A slow or half-open client is cut off; Node looks for such connections once per interval. */
const REQUEST_TIMEOUT = 30_000;
const HEADERS_TIMEOUT = { headersTimeout: 10_000, connectionsCheckingInterval: 5_000 };
/** Missing, it is refused in our words, not in Node's, which are none. */
const HOST_HEADER = { requireHostHeader: false };

/** Builds the server with all its routes; `listen` is the caller's. */
export function buildServer(tools: ServerTools): FastifyInstance {
  const server: FastifyInstance = Fastify({
    loggerInstance: tools.logger,
    // Fastify's own lines hold URLs and error messages, which can hold patient data; ours are in logging.ts.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: tools.newId,
    bodyLimit: tools.config.bodyLimit,
    http: { ...HEADERS_TIMEOUT, ...HOST_HEADER },
    requestTimeout: REQUEST_TIMEOUT,
    routerOptions: { ignoreTrailingSlash: true },
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerClientError,
    return503OnClosing: false,
  });
  replyWithOutcomes(server);
  answerInPlaceOfNode(server);
  logRequests(server, tools.metrics);
  authenticateCalls(server, tools.authenticate, tools.metrics);
  acceptOnlyJson(server);
  if (tools.config.mode === 'demo') openToBrowsers(server);
  const prepareDocument = describeApi(server, tools);
  // A plugin of its own: the document holds only routes that come after what collects them.
  void server.register(async (scope) => {
    for (const routes of [discovery, services, feedback, explain, pages, health, metrics]) routes(scope, tools);
    docs(scope, tools, prepareDocument);
  });
  void server.register(async (scope) => {
    openRoutes(scope);
    tools.demoEhr?.serve(scope);
  });
  return server;
}

/** Any origin in demo mode; in production no origin is allowed until there is a list of them. */
function openToBrowsers(server: FastifyInstance): void {
  server.register(cors, {
    origin: true,
    methods: ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'],
    allowedHeaders: ['authorization', 'content-type', 'accept'],
    exposedHeaders: ['location', 'etag'],
    strictPreflight: false,
  });
}
