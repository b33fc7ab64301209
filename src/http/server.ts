/**
 * The HTTP server: everything it needs enters as `ServerTools`, a Fastify instance that does not listen yet leaves.
 * Routes are registered by name. Decides nothing itself and keeps no state between requests.
 */
import Fastify, { LogController } from 'fastify';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { CapabilityStatement } from 'fhir/r4.js';
import type { Audit } from '../audit/audit.js';
import type { Feedback } from '../cds-hooks/feedback.js';
import type { Language } from '../cds-hooks/request.js';
import type { Service } from '../cds-hooks/services.js';
import type { Decide } from '../decide.js';
import type { ExplanationTexts } from '../export/explanation-texts.js';
import type { Gather } from '../gather.js';
import type { Client } from '../load-clients.js';
import type { Authenticate } from '../trust/authenticate.js';
import { authenticateCalls, openRoutes } from './authentication.js';
import { auditCalls } from './auditing.js';
import { acceptOnlyJson, answerBeforeBodies } from './body.js';
import { openToBrowsers } from './browsers.js';
import { answerInPlaceOfNode, clientErrorAnswer, frameworkErrorAnswer, replyWithOutcomes } from './error-replies.js';
import { limitCalls, limitRefusals, type LimitSettings } from './limits.js';
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
import { securityHeaders } from './security-headers.js';
import { TIMEOUTS, type Timeouts } from './timeouts.js';

export interface RuleStatus {
  /** Number of rules that are served. */
  readonly loaded: number;
  /** Ids of rules or decisions that are switched off. */
  readonly disabled: readonly string[];
}

export interface ServerSettings extends PreferenceSettings, LimitSettings {
  /** Bytes. */
  readonly bodyLimit: number;
  /** Origins of pages that may call from a browser. */
  readonly corsOrigins: readonly string[] | 'any';
  /** Addresses and networks whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
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
  /** Absent where nothing is audited. */
  readonly audit?: Audit;
  /** Makes the correlation id of a request. */
  readonly newId: () => string;
  /** In demo mode only. */
  readonly demoEhr?: DemoEhr;
  /** Others than `TIMEOUTS`. */
  readonly timeouts?: Timeouts;
  /** Another than `REFUSALS_PER_MINUTE`. */
  readonly refusalsPerMinute?: number;
}

/** Bytes of request line and headers: four times the largest token that an EHR is known to send; Node's own number. */
const MOST_HEADER_BYTES = 16_384;

/** Ours: then a connection is closed after an answer that says so, and a load balancer deals the next one anew. */
const REQUESTS_PER_CONNECTION = 10_000;

/** Builds the server with all its routes; `listen` is the caller's. */
export function buildServer(tools: ServerTools): FastifyInstance {
  const { config } = tools;
  const headers = securityHeaders(config.publicUrl);
  const server: FastifyInstance = Fastify({
    ...connectionOptions(tools),
    loggerInstance: tools.logger,
    // Fastify's own lines hold URLs and error messages, which can hold patient data; ours are in logging.ts.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: tools.newId,
    bodyLimit: config.bodyLimit,
    routerOptions: { ignoreTrailingSlash: true },
    frameworkErrors: frameworkErrorAnswer(headers),
    clientErrorHandler: clientErrorAnswer(headers),
    return503OnClosing: false,
  });
  replyWithOutcomes(server, headers);
  answerInPlaceOfNode(server);
  logRequests(server, tools.metrics);
  auditCalls(server, tools);
  openToBrowsers(server, config);
  const refuse = limitRefusals(server, tools.refusalsPerMinute);
  // After the plugins before it, so that a page can read a refusal as well.
  server.after(() => {
    const limits = limitCalls(server, config, tools.metrics);
    answerBeforeBodies(server);
    authenticateCalls(server, { ...tools, limits, refuse });
    acceptOnlyJson(server);
  });
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

/** What a connection may take, and whose word says where it came from. */
function connectionOptions({ config, timeouts = TIMEOUTS }: Pick<ServerTools, 'config' | 'timeouts'>) {
  const { headers, request, idle, silence, look } = timeouts;
  return {
    http: {
      headersTimeout: headers,
      connectionsCheckingInterval: look,
      maxHeaderSize: MOST_HEADER_BYTES,
      // Missing, it is refused in our words, not in Node's, which are none.
      requireHostHeader: false,
    },
    requestTimeout: request,
    keepAliveTimeout: idle,
    connectionTimeout: silence,
    maxRequestsPerSocket: REQUESTS_PER_CONNECTION,
    trustProxy: config.trustedProxies.length > 0 && [...config.trustedProxies],
  };
}
