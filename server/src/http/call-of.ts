// What a matched route asks of an exchange with a model.

import { dialects } from '../core/dialects/index.ts';
import type { DialectCall } from '../exchange/context.ts';
import { type HeaderLookup, type Match, matchRoute } from './routes.ts';

/** The call that a matched request is; undefined where it is none to a model. */
export function callOf({ route, dialect, model, stream }: Match, query: string): DialectCall | undefined {
  if (route.kind !== 'exchange') return undefined;
  const array = stream && !/[?&]alt=sse(?:&|$)/.test(query);
  const framing = array ? 'json-array' : 'sse';
  return { name: route.name, dialect: dialects[dialect], use: route.use, model, stream, framing };
}

/** The call of a request that did not come over the wire; undefined where it has no route to a model. */
export function callFor(request: {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  header: HeaderLookup;
}): DialectCall | undefined {
  const { method, path, query } = request;
  const routing = matchRoute(method, path, (name) => request.header(name), query);
  return routing.found ? callOf(routing.match, query) : undefined;
}
