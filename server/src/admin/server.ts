// The admin API on Fastify. It listens nowhere: the edge hands requests over, so that one port, one set of limits and one
// judgement of Host and Origin serve everything.

import cookie from '@fastify/cookie';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { AdminError } from './app.ts';
import { type Arrival, type Coming, withoutEdge } from './arrival.ts';
import type { Gate } from './auth/gate.ts';
import { COMPATIBLE } from './compatible/index.ts';
import { type Collected, collect, type Described, type DescribedStream } from './described.ts';
import { docsPage, STYLE_HASH } from './docs-page.ts';
import { type EventStream, openEventStream } from './event-stream.ts';
import { openApiDocument } from './openapi.ts';
import type { AdminParts } from './parts.ts';
import { RESOURCES } from './resources/index.ts';
import { registerSession } from './resources/session.ts';
import { admit, fail, isStillIn, note, serve, type Visit } from './visit.ts';

/** The running admin API. */
export interface Admin {
  /** Answers one request of the edge. */
  handle(arrival: Arrival): void;
  /** What it has. */
  readonly collected: Collected;
  /** For tests that need no socket. */
  readonly fastify: FastifyInstance;
  /** Ends the streams; other requests finish. */
  close(): Promise<void>;
}

/** Streams that are open, and whether their listeners may still hear. */
type OpenStreams = Map<EventStream, () => boolean>;

/** Nothing is to be kept, sniffed, framed or run. */
const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

/** For the page of documentation, whose style stands in it. */
const PAGE_POLICY = `default-src 'none'; style-src '${STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'`;

const UNREADABLE_PATH: AdminError = {
  status: 400,
  code: 'invalid',
  message: 'The path is not what this endpoint takes.',
  issues: [{ path: '', message: 'must be percent-encoded UTF-8 with parts of 512 characters at most' }],
};

/** Makes the admin API. */
export async function createAdmin(parts: AdminParts, gate: Gate): Promise<Admin> {
  const app = fastify({
    logger: false,
    exposeHeadRoutes: true,
    routerOptions: { maxParamLength: 512 },
    // Paths that the router cannot read: an encoding that is none, or a part that is too long.
    frameworkErrors: (_error, request, reply) => {
      for (const [name, value] of Object.entries(SAFE_HEADERS)) reply.header(name, value);
      void fail(reply, visitOf(request), UNREADABLE_PATH);
    },
  });
  const comings = new WeakMap<object, Coming>();
  const visits = new WeakMap<FastifyRequest, Visit>();
  const open: OpenStreams = new Map();
  const collected = collect();
  registerSession(collected, parts, gate);
  for (const register of [...RESOURCES, ...COMPATIBLE]) register(collected, parts);

  await app.register(cookie);
  // Bodies are read by the edge, at the pace and within the limits that it enforces everywhere.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));

  const visitOf = (request: FastifyRequest): Visit => {
    const known = visits.get(request);
    if (known !== undefined) return known;
    const coming = comings.get(request.raw) ?? withoutEdge(request.raw);
    const visit = { coming, who: undefined, session: undefined, notes: [], error: undefined };
    visits.set(request, visit);
    return visit;
  };

  const routeOf = new Map<string, Described>();
  for (const route of collected.routes) routeOf.set(`${route.method} ${fastifyPath(route.path)}`, route);
  const described = (request: FastifyRequest): Described | undefined =>
    routeOf.get(`${request.method === 'HEAD' ? 'GET' : request.method} ${request.routeOptions.url}`);

  app.addHook('onRequest', async (request, reply) => {
    const error = admit(gate, visitOf(request), request, described(request)?.access ?? 'admin');
    if (error !== undefined) return fail(reply, visitOf(request), error);
    return undefined;
  });
  app.addHook('onSend', async (request, reply) => {
    const { coming } = visitOf(request);
    for (const [name, value] of Object.entries(SAFE_HEADERS))
      if (!reply.hasHeader(name)) reply.header(name, value);
    reply.header('x-request-id', coming.id);
    const closing = coming.closingHeaders();
    for (let at = 0; at + 1 < closing.length; at += 2) reply.header(closing[at] ?? '', closing[at + 1]);
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = described(request);
    if (route?.changes === true) note(parts, visitOf(request), request, reply, route.name);
    // Whoever has logged out, or has the old key, hears nothing more.
    if (route?.name === 'session.end' || route?.name === 'session.new-key')
      for (const [stream, isWelcome] of open) if (!isWelcome()) stream.end();
  });
  app.setErrorHandler((defect, request, reply) => {
    const visit = visitOf(request);
    parts.log.error('A request of the admin API failed.', {
      requestId: visit.coming.id,
      error: String(defect),
    });
    return fail(reply, visit, {
      status: 500,
      code: 'internal',
      message: 'The gateway failed on this request.',
      suggestion: 'Please report it with the request id.',
    });
  });
  app.setNotFoundHandler((request, reply) =>
    fail(reply, visitOf(request), {
      status: 404,
      code: 'not_found',
      message: `The admin API has no ${request.method} ${(request.url.split('?')[0] ?? '').slice(0, 200)}.`,
      suggestion: 'See /admin/docs.',
    }),
  );

  for (const route of collected.routes) {
    app.route({
      method: route.method,
      url: fastifyPath(route.path),
      handler: (request, reply) => serve(route, visitOf(request), request, reply),
    });
  }
  const welcome = (request: FastifyRequest): boolean => isStillIn(gate, visitOf(request), request);
  for (const stream of collected.streams) listen(app, stream, visitOf, open, welcome);
  describe(app, collected, parts.version);
  await app.ready();

  return {
    collected,
    fastify: app,
    handle(arrival) {
      comings.set(arrival.request, arrival);
      arrival.request.url = arrival.target;
      app.routing(arrival.request, arrival.response);
    },
    close: async () => {
      for (const [stream] of open) stream.end();
      await app.close();
    },
  };
}

/** "/upstreams/{id}" → "/upstreams/:id" */
function fastifyPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

function listen(
  app: FastifyInstance,
  { fullPath, start }: DescribedStream,
  visitOf: (request: FastifyRequest) => Visit,
  open: OpenStreams,
  welcome: (request: FastifyRequest) => boolean,
): void {
  app.route({
    method: 'GET',
    url: fullPath,
    exposeHeadRoute: false,
    handler: (request, reply) => {
      reply.hijack();
      const { coming } = visitOf(request);
      const headers = [
        ...Object.entries(SAFE_HEADERS).flat(),
        ...coming.closingHeaders(),
        'x-request-id',
        coming.id,
      ];
      let stop = (): void => {};
      const stream = openEventStream(reply.raw, headers, () => {
        open.delete(stream);
        stop();
      });
      open.set(stream, () => welcome(request));
      stop = start((event, data) => stream.send(event, data));
    },
  });
}

/** The document and the page made of it. */
function describe(app: FastifyInstance, collected: Collected, version: string): void {
  let document: ReturnType<typeof openApiDocument> | undefined;
  const made = (): ReturnType<typeof openApiDocument> => {
    document ??= openApiDocument(collected, version);
    return document;
  };
  app.get('/admin/openapi.json', (_request, reply) =>
    reply.type('application/json').send(JSON.stringify(made())),
  );
  app.get('/admin/docs', (_request, reply) =>
    reply
      .header('content-security-policy', PAGE_POLICY)
      .type('text/html; charset=utf-8')
      .send(docsPage(made())),
  );
}
