// What happens to each request, in order: is it well-formed, where does it go, may a page send it, who sends it. What
// passes is handed to the exchange; everything else is answered here, in the caller's own format.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Settings } from '../config/settings.ts';
import { dialects } from '../core/dialects/index.ts';
import { type SluiceError, sluiceError } from '../core/model/error.ts';
import type { Guests } from '../exchange/guests.ts';
import type { Clock, Deadlines, Inbound, Log, RawHeaders, Reply } from '../exchange/ports.ts';
import { refuse } from '../exchange/refuse.ts';
import type { ResponseSession } from '../exchange/response-session.ts';
import { refuseUnified } from '../exchange/unified/refuse-unified.ts';
import { type Authenticator, createAuthenticator, takeQueryCredentials } from './authenticate.ts';
import { RequestBody } from './body.ts';
import { callerAddress } from './caller-address.ts';
import type { Closing, Connection, Connections } from './connections.ts';
import { isBrowserPage, isForOperators } from './for-operators.ts';
import { hostFault, judgeOrigin, preflightHeaders } from './guard.ts';
import type { HandedOver } from './hand-over.ts';
import { headerLookup } from './headers.ts';
import { EdgeInbound } from './inbound.ts';
import type { EdgeLimits } from './limits.ts';
import { answerLocally } from './local.ts';
import { answerMetrics, type MetricsPage, mayReadMetrics } from './metrics.ts';
import { answerOperator, type OperatorAccess, refuseOperator } from './operator.ts';
import { type EdgeAnswer, EdgeReply } from './reply.ts';
import { newRequestId } from './request-id.ts';
import { createResponsesSockets } from './responses-socket.ts';
import type { LocalRoute, OperatorRoute, Route } from './route-table.ts';
import { type ErrorFormat, type HeaderLookup, type Match, matchRoute, type Routing } from './routes.ts';
import type { HandedOn } from './side-door.ts';
import { headFault } from './strict.ts';
import { splitTarget, type Target } from './target.ts';
import { type Handshake, matchHandshake, wantsWebSocket } from './websocket.ts';

/** What the edge needs of the rest of the gateway. */
export interface EdgeOptions {
  /** The configuration of this moment. */
  settings(): Settings;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly log: Log;
  readonly version: string;
  /** True while new exchanges are taken; GET /ready tells. */
  ready(): boolean;
  /** Clients besides those of the configuration. */
  readonly guests?: Guests;
  /** Answers the operator; without it nobody is one. */
  readonly operator?: OperatorAccess;
  /** Makes the page of metrics; without it there is none. */
  readonly metrics?: MetricsPage;
  /** Answers what belongs to the admin API; without it there is none. */
  admin?(handed: HandedOver): void;
  /** Takes requests that are not those of clients (operators, metrics, pages) to the process that answers them. */
  forward?(handed: HandedOn): void;
  /** Takes an authenticated request of a route that the edge does not answer itself. */
  handle(inbound: Inbound, match: Match): void;
  /** Begins the conversations of a WebSocket on a route of exchanges; without it such a wish is refused. */
  converse?(handshake: Inbound, match: Match): ResponseSession;
  /**
   * Answers pages (GET / for browsers, and paths without a route) over Node's own objects; false when it does not want
   * to. Host and Origin have been judged; credentials have not.
   */
  page?(request: IncomingMessage, response: ServerResponse): boolean;
}

/** What a client's Expect header asked for. */
export type Expectation = 'none' | 'continue' | 'unknown';

/** Takes requests from Node. */
export interface Receiver {
  receive(request: IncomingMessage, response: ServerResponse, expectation: Expectation): void;
  /** Takes a wish for a WebSocket on a route that has them. */
  receiveHandshake(request: IncomingMessage, handshake: Handshake): void;
  /** Says goodbye to WebSockets that carry exchanges: at once where nothing runs, after the answer elsewhere. */
  endConversations(): void;
}

/** One request on its way through the checks. */
interface Arrival {
  readonly id: string;
  readonly request: IncomingMessage;
  /** Undefined for a wish for a WebSocket, which Node gives no response. */
  readonly response: ServerResponse | undefined;
  readonly body: RequestBody;
  readonly reply: EdgeAnswer;
  /** See EdgeReply.lend(). */
  readonly lend?: () => () => RawHeaders;
  readonly connection: Connection;
  readonly settings: Settings;
  readonly handshake: Handshake | undefined;
}

/** A request that ends at the edge, and how. */
interface Refusal {
  readonly error: SluiceError;
  readonly dialect: ErrorFormat;
  readonly headers?: RawHeaders;
  /** The connection is closed after the answer. */
  readonly close?: true;
}

/** The address that failures are counted against and the audit log names. */
function callerOf({ request, connection, settings }: Arrival): string {
  const { trustedProxies } = settings.server;
  return callerAddress(connection.address, request.headers['x-forwarded-for'], trustedProxies);
}

/** The method that a preflight asks for; '' where it asks for none. */
function preflightMethod(request: IncomingMessage): string {
  return request.headers['access-control-request-method'] ?? '';
}

/** True for what programs call that use models; the rest is for whoever runs the gateway. */
function isForClients({ access }: Route): boolean {
  return access === 'client' || access === 'anyone';
}

/** OPTIONS: a preflight from a granted origin, or the plain question which methods there are. */
function answerOptions(arrival: Arrival, path: string, header: HeaderLookup): void {
  const { request, reply } = arrival;
  const routing = matchRoute('OPTIONS', path, header);
  const methods = routing.found ? routing.match.route.methods : (routing.allow ?? ['GET', 'HEAD', 'POST']);
  const allow = ['allow', [...methods, 'OPTIONS'].join(', ')];
  const preflight =
    request.headers.origin !== undefined && request.headers['access-control-request-method'] !== undefined;
  reply.head(204, preflight ? [...allow, ...preflightHeaders(request.headers, methods)] : allow);
  reply.end();
}

function showsPage({ request, response }: Arrival, options: EdgeOptions): boolean {
  return response !== undefined && options.page?.(request, response) === true;
}

function missing(
  arrival: Arrival,
  routing: Routing & { found: false },
  options: EdgeOptions,
): Refusal | undefined {
  const { error, dialect, allow } = routing;
  if (allow !== undefined) return { error, dialect, headers: ['allow', allow.join(', ')] };
  // A path that could mean two things is the last one on its connection.
  if (error.code !== 'not_found') return { error, dialect, close: true };
  return showsPage(arrival, options) ? undefined : { error, dialect };
}

function noWebSocket(dialect: ErrorFormat): Refusal {
  const error = sluiceError('upgrade_required', 'This path does not accept WebSocket connections.', {
    suggestion: 'Send the same request as an HTTP POST.',
  });
  return { error, dialect, headers: ['upgrade', 'HTTP/1.1'], close: true };
}

function tell(reply: Reply, { error, dialect, headers }: Refusal, id: string): void {
  if (dialect === 'unified') refuseUnified(reply, error, id, headers);
  else if (dialect === 'operator') refuseOperator(reply, error, id, headers);
  else refuse(reply, dialects[dialect], error, id, headers);
}

const METRICS_HELP =
  'Send the token of "metrics.token" in sluice.jsonc, or that of the operator, as Authorization: Bearer.';

/** Makes the function that takes requests. `closing` is there once the server no longer accepts connections. */
export function createReceiver(
  options: EdgeOptions,
  limits: EdgeLimits,
  connections: Connections,
  closing: () => Closing | undefined,
): Receiver {
  const { clock } = options;
  const bodyContext = { clock, deadlines: options.deadlines, limits };
  const sockets = createResponsesSockets({
    clock,
    deadlines: options.deadlines,
    deadReaderMs: limits.deadReaderMs,
  });
  const authenticator: Authenticator = createAuthenticator(
    () => clock.monotonicMs(),
    () => clock.epochMs(),
    options.guests,
  );

  function admit(arrival: Arrival, match: Match, target: Target): Refusal | undefined {
    const { request, body, reply, connection, settings, handshake } = arrival;
    const query = takeQueryCredentials(target.query);
    const credentials = [...query.credentials, ...(handshake?.credentials ?? [])];
    const identity = authenticator.identify(request.headers, credentials, settings, connection.address);
    if (!identity.ok) return { error: identity.error, dialect: match.errors };
    const { bodyLimitBytes } = settings.server;
    const oversize = match.route.kind === 'exchange' ? body.oversize(bodyLimitBytes) : undefined;
    if (oversize !== undefined) return { error: oversize, dialect: match.errors };
    const inbound = new EdgeInbound(request, body, reply, {
      id: arrival.id,
      path: match.path,
      query: query.rest,
      client: identity.client,
      bodyLimitBytes,
      receivedMs: clock.monotonicMs(),
      receivedAtMs: clock.epochMs(),
      upgrade: handshake,
    });
    if (handshake === undefined || match.route.kind !== 'exchange') options.handle(inbound, match);
    else if (options.converse === undefined) return noWebSocket(match.errors);
    else
      sockets.open(request, handshake, {
        session: options.converse(inbound, match),
        bodyLimitBytes,
        requestId: arrival.id,
      });
    return undefined;
  }

  function serveLocally(arrival: Arrival, route: LocalRoute): void {
    const { request, reply } = arrival;
    const wantsPage = route.local === 'root' && isBrowserPage(request);
    if (wantsPage && showsPage(arrival, options)) return;
    answerLocally(route.local, reply, options);
  }

  function serveOperator(arrival: Arrival, route: OperatorRoute, path: string): Refusal | undefined {
    const { request, body, reply, id } = arrival;
    const { operator } = options;
    const error = authenticator.operatorFault(request.headers, operator?.token(), callerOf(arrival));
    if (operator === undefined || error !== undefined) {
      const unknown = sluiceError('unauthenticated', 'This gateway has no operator.');
      return { error: error ?? unknown, dialect: 'operator' };
    }
    answerOperator({ operator, route, path, body, reply, id, log: options.log });
    return undefined;
  }

  function serveMetrics(arrival: Arrival): Refusal | undefined {
    const { request, reply, connection, id, settings } = arrival;
    const { metrics: rules } = settings;
    if (options.metrics === undefined || rules?.enabled !== true)
      return { error: sluiceError('not_found', 'This gateway keeps no metrics.'), dialect: 'operator' };
    const { headers } = request;
    if (!mayReadMetrics(headers, rules, connection.address)) {
      const error = authenticator.operatorFault(headers, options.operator?.token(), callerOf(arrival));
      if (error !== undefined) return { error: { ...error, suggestion: METRICS_HELP }, dialect: 'operator' };
    }
    answerMetrics(options.metrics, reply, id, options.log);
    return undefined;
  }

  function serveAdmin(arrival: Arrival, path: string, target: Target): Refusal | undefined {
    const { id, request, response, body, lend, connection, settings } = arrival;
    if (options.admin === undefined || response === undefined || lend === undefined)
      return { error: sluiceError('not_found', 'This gateway has no admin API.'), dialect: 'operator' };
    const query = takeQueryCredentials(target.query);
    const origin = `http://${request.headers.host ?? 'localhost'}`;
    const closingHeaders = lend();
    options.admin({
      id,
      request,
      response,
      target: `${path}${query.rest}`,
      address: callerOf(arrival),
      origin,
      readBody: (limitBytes) => body.read(limitBytes),
      closingHeaders,
      client: () => authenticator.identify(request.headers, query.credentials, settings, connection.address),
    });
    return undefined;
  }

  /** True where another process answers. */
  function forwards({ request, response, lend, connection }: Arrival, routing: Routing): boolean {
    if (options.forward === undefined || response === undefined || lend === undefined) return false;
    if (!isForOperators(request, routing)) return false;
    options.forward({ request, response, address: connection.address, closingHeaders: lend() });
    return true;
  }

  function serve(arrival: Arrival, target: Target): Refusal | undefined {
    const { request, reply, settings } = arrival;
    const method = request.method ?? '';
    const header = headerLookup(request);
    const match = arrival.handshake === undefined ? matchRoute : matchHandshake;
    const routing = match(method, target.path, header, target.query);
    const dialect = routing.found ? routing.match.errors : routing.dialect;
    const { localAddress } = request.socket;
    const fault = hostFault([request.headers.host ?? '', target.authority], localAddress, settings.server);
    if (fault !== undefined) return { error: fault, dialect };
    const isOpen = routing.found && routing.match.route.access === 'anyone';
    // Someone who follows a link to the dashboard comes from another site, too.
    const isVisit = !routing.found && request.headers['sec-fetch-dest'] === 'document';
    const harmless = (isOpen || isVisit) && (method === 'GET' || method === 'HEAD');
    // A page that may call models is not thereby allowed to change the gateway, or to look into it.
    const sought =
      method === 'OPTIONS' ? match(preflightMethod(request), target.path, header, target.query) : routing;
    const isForPages = !sought.found || isForClients(sought.match.route);
    const server = isForPages ? settings.server : { ...settings.server, corsOrigins: [] };
    const passage = judgeOrigin(request.headers, harmless, server);
    reply.addHeaders(passage.headers);
    if (passage.error !== undefined) return { error: passage.error, dialect };
    if (method === 'OPTIONS') {
      answerOptions(arrival, target.path, header);
      return undefined;
    }
    if (
      arrival.handshake === undefined &&
      wantsWebSocket(request) &&
      (routing.found || routing.known === true)
    )
      return noWebSocket(dialect);
    if (forwards(arrival, routing)) return undefined;
    if (!routing.found) return missing(arrival, routing, options);
    const { route } = routing.match;
    if (route.kind === 'operator') return serveOperator(arrival, route, routing.match.path);
    if (route.kind === 'metrics') return serveMetrics(arrival);
    if (route.kind === 'admin') return serveAdmin(arrival, routing.match.path, target);
    if (route.kind !== 'local') return admit(arrival, routing.match, target);
    serveLocally(arrival, route);
    return undefined;
  }

  function check(arrival: Arrival, expectation: Expectation): Refusal | undefined {
    const { request } = arrival;
    const fault = headFault(request, limits.headerCount);
    if (fault !== undefined) return { error: fault, dialect: 'openai-chat', close: true };
    const target = splitTarget(request.url ?? '');
    if ('code' in target) return { error: target, dialect: 'openai-chat', close: true };
    if (expectation === 'unknown') {
      const error = sluiceError('invalid_request', 'The only expectation accepted is 100-continue.', {
        status: 417,
      });
      return { error, dialect: 'openai-chat', close: true };
    }
    return serve(arrival, target);
  }

  function defect(arrival: Arrival, thrown: unknown): Refusal | undefined {
    options.log.error('A request could not be handled.', { requestId: arrival.id, error: String(thrown) });
    const error = sluiceError('internal', 'The gateway failed on this request.', {
      suggestion: 'Please report it with the request id.',
    });
    if (!arrival.reply.started) return { error, dialect: 'openai-chat', close: true };
    arrival.reply.cut();
    return undefined;
  }

  function answer(arrival: Arrival, expectation: Expectation): void {
    let refusal: Refusal | undefined;
    try {
      refusal = check(arrival, expectation);
    } catch (thrown) {
      refusal = defect(arrival, thrown);
    }
    if (refusal === undefined) return;
    const { reply, id } = arrival;
    if (refusal.close === true) reply.closeAfter();
    tell(reply, refusal, id);
  }

  return {
    receive(request, response, expectation): void {
      const { socket } = request;
      const connection = connections.of(socket);
      // Bytes that follow a refused message are not requests.
      if (connection.closing) return;
      const body = new RequestBody(request, response, bodyContext, expectation === 'continue');
      const reply = new EdgeReply(request, response, body, connection, {
        deadReaderMs: limits.deadReaderMs,
        closing: () => closing() !== undefined,
        closeKept: () => connections.closeIdle(socket, closing()?.lastCallMs ?? 0),
        closeGently: () => connections.closeGently(socket, limits.lingerMs),
      });
      const settings = options.settings();
      const id = newRequestId();
      const lend = (): (() => RawHeaders) => reply.lend();
      const arrival = {
        id,
        request,
        response,
        body,
        reply,
        lend,
        connection,
        settings,
        handshake: undefined,
      };
      answer(arrival, expectation);
    },
    receiveHandshake(request, handshake): void {
      const { reply } = handshake;
      const connection = connections.of(request.socket);
      const body = new RequestBody(request, { writeContinue: () => {} }, bodyContext, false);
      const settings = options.settings();
      const id = newRequestId();
      answer({ id, request, response: undefined, body, reply, connection, settings, handshake }, 'none');
    },
    endConversations: () => sockets.end(),
  };
}
