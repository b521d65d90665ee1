// What happens to each request, in order: is it well-formed, where does it go, may a page send it, who sends it. What
// passes is handed to the exchange; everything else is answered here, in the caller's own format.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Settings } from '../config/settings.ts';
import { dialects } from '../core/dialects/index.ts';
import type { DialectId } from '../core/model/dialect-id.ts';
import { type SluiceError, sluiceError } from '../core/model/error.ts';
import type { Clock, Deadlines, Inbound, Log, RawHeaders } from '../exchange/ports.ts';
import { refuse } from '../exchange/refuse.ts';
import { type Authenticator, createAuthenticator, takeQueryCredentials } from './authenticate.ts';
import { RequestBody } from './body.ts';
import type { Connection, Connections } from './connections.ts';
import { isOwnHost, judgeOrigin, preflightHeaders } from './guard.ts';
import { EdgeInbound } from './inbound.ts';
import type { EdgeLimits } from './limits.ts';
import { answerLocally } from './local.ts';
import { EdgeReply } from './reply.ts';
import { newRequestId } from './request-id.ts';
import type { LocalRoute } from './route-table.ts';
import { type HeaderLookup, type Match, matchRoute, type Routing } from './routes.ts';
import { headFault } from './strict.ts';
import { splitTarget, type Target } from './target.ts';

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
  /** Takes an authenticated request of a route whose kind is not `local`. */
  handle(inbound: Inbound, match: Match): void;
  /**
   * Answers pages (GET / for browsers, and paths without a route) over Node's own objects; false when it does not want
   * to. Host and Origin have been judged; credentials have not.
   */
  page?(request: IncomingMessage, response: ServerResponse): boolean;
}

/** What a client's Expect header asked for. */
export type Expectation = 'none' | 'continue' | 'unknown';

/** Takes one request from Node. */
export type Receive = (request: IncomingMessage, response: ServerResponse, expectation: Expectation) => void;

/** One request on its way through the checks. */
interface Arrival {
  readonly id: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: RequestBody;
  readonly reply: EdgeReply;
  readonly connection: Connection;
  readonly settings: Settings;
}

function wantsWebSocket(request: IncomingMessage): boolean {
  const upgrade = request.headers.upgrade;
  return upgrade !== undefined && /(?:^|,)\s*websocket\s*(?:,|$)/i.test(upgrade);
}

function isBrowserPage(request: IncomingMessage): boolean {
  return request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
}

function foreignHost(host: string): SluiceError {
  return sluiceError('forbidden', `The host name ${host.slice(0, 100)} is not a name of this gateway.`, {
    suggestion: 'Use the address it listens on, or add the name to server.allowedHosts.',
  });
}

/** Why a request may not reach this gateway under the names it used. */
function hostFault(arrival: Arrival, target: Target): SluiceError | undefined {
  const { request, settings } = arrival;
  const localAddress = request.socket.localAddress ?? '';
  const host = request.headers.host ?? '';
  if (!isOwnHost(host, localAddress, settings.server)) return foreignHost(host);
  if (target.authority !== undefined && !isOwnHost(target.authority, localAddress, settings.server)) {
    return foreignHost(target.authority);
  }
  return undefined;
}

/** A request that ends at the edge, and how. */
interface Refusal {
  readonly error: SluiceError;
  readonly dialect: DialectId;
  readonly headers?: RawHeaders;
  /** The connection is closed after the answer. */
  readonly close?: true;
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

function missing(
  arrival: Arrival,
  routing: Routing & { found: false },
  options: EdgeOptions,
): Refusal | undefined {
  const { error, dialect, allow } = routing;
  if (allow !== undefined) return { error, dialect, headers: ['allow', allow.join(', ')] };
  // A path that could mean two things is the last one on its connection.
  if (error.code !== 'not_found') return { error, dialect, close: true };
  return options.page?.(arrival.request, arrival.response) === true ? undefined : { error, dialect };
}

function noWebSocket(dialect: DialectId): Refusal {
  const error = sluiceError('upgrade_required', 'This path does not accept WebSocket connections.', {
    suggestion: 'Send the same request as an HTTP POST.',
  });
  return { error, dialect, headers: ['upgrade', 'HTTP/1.1'], close: true };
}

/** Makes the function that takes requests. `closing` is true once the server no longer accepts connections. */
export function createReceiver(
  options: EdgeOptions,
  limits: EdgeLimits,
  connections: Connections,
  closing: () => boolean,
): Receive {
  const { clock } = options;
  const bodyContext = { clock, deadlines: options.deadlines, limits };
  const authenticator: Authenticator = createAuthenticator(() => clock.monotonicMs());

  function admit(arrival: Arrival, match: Match, target: Target): Refusal | undefined {
    const { request, body, reply, connection, settings } = arrival;
    const query = takeQueryCredentials(target.query);
    const identity = authenticator.identify(request.headers, query.credentials, settings, connection.address);
    if (!identity.ok) return { error: identity.error, dialect: match.dialect };
    const { bodyLimitBytes } = settings.server;
    const oversize = match.route.kind === 'exchange' ? body.oversize(bodyLimitBytes) : undefined;
    if (oversize !== undefined) return { error: oversize, dialect: match.dialect };
    const inbound = new EdgeInbound(request, body, reply, {
      id: arrival.id,
      path: match.path,
      query: query.rest,
      client: identity.client,
      bodyLimitBytes,
      receivedMs: clock.monotonicMs(),
      receivedAtMs: clock.epochMs(),
    });
    options.handle(inbound, match);
    return undefined;
  }

  function serveLocally(arrival: Arrival, route: LocalRoute): void {
    const { request, response, reply } = arrival;
    const wantsPage = route.local === 'root' && isBrowserPage(request);
    if (wantsPage && options.page?.(request, response) === true) return;
    answerLocally(route.local, reply, options);
  }

  function serve(arrival: Arrival, target: Target): Refusal | undefined {
    const { request, reply, settings } = arrival;
    const method = request.method ?? '';
    const header: HeaderLookup = (name) => {
      const value = request.headers[name];
      return typeof value === 'string' ? value : undefined;
    };
    const routing = matchRoute(method, target.path, header, target.query);
    const dialect = routing.found ? routing.match.dialect : routing.dialect;
    const fault = hostFault(arrival, target);
    if (fault !== undefined) return { error: fault, dialect };
    const isOpen = routing.found && routing.match.route.access === 'anyone';
    // Someone who follows a link to the dashboard comes from another site, too.
    const isVisit = !routing.found && request.headers['sec-fetch-dest'] === 'document';
    const harmless = (isOpen || isVisit) && (method === 'GET' || method === 'HEAD');
    const passage = judgeOrigin(request.headers, harmless, settings.server);
    reply.addHeaders(passage.headers);
    if (passage.error !== undefined) return { error: passage.error, dialect };
    if (method === 'OPTIONS') {
      answerOptions(arrival, target.path, header);
      return undefined;
    }
    if (wantsWebSocket(request) && (routing.found || routing.known === true)) return noWebSocket(dialect);
    if (!routing.found) return missing(arrival, routing, options);
    const { match } = routing;
    if (match.route.kind !== 'local') return admit(arrival, match, target);
    serveLocally(arrival, match.route);
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

  return (request, response, expectation) => {
    const { socket } = request;
    const connection = connections.of(socket);
    // Bytes that follow a refused message are not requests.
    if (connection.closing) return;
    const id = newRequestId();
    const body = new RequestBody(request, response, bodyContext, expectation === 'continue');
    const reply = new EdgeReply(request, response, body, connection, {
      deadReaderMs: limits.deadReaderMs,
      closing,
      closeGently: () => connections.closeGently(socket, limits.lingerMs),
    });
    const arrival: Arrival = { id, request, response, body, reply, connection, settings: options.settings() };
    let refusal: Refusal | undefined;
    try {
      refusal = check(arrival, expectation);
    } catch (thrown) {
      refusal = defect(arrival, thrown);
    }
    if (refusal === undefined) return;
    if (refusal.close === true) reply.closeAfter();
    refuse(reply, dialects[refusal.dialect], refusal.error, id, refusal.headers);
  };
}
