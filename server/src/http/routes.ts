// Finds the route of a request: a pure function of method, path, headers and query. The paths that matter most are
// found in one map look-up; everything else is brought into canonical form first.

import { type DialectId, type Family, familyOf } from '../core/model/dialect-id.ts';
import { type SluiceError, sluiceError } from '../core/model/error.ts';
import { nearest } from '../core/near.ts';
import { canonicalPath, hasEncodedSlash, pathFault } from './path.ts';
import { ROUTES, type Route } from './route-table.ts';

/** Answers the first value of a header (lower-case name). */
export type HeaderLookup = (name: string) => string | undefined;

/** How errors are worded: as in a dialect, as the unified API does, or for the operator. */
export type ErrorFormat = DialectId | 'unified' | 'operator';

/** A route that was found. */
export interface Match {
  readonly route: Route;
  /** Canonical path: doubled and drop-in prefixes removed, still percent-encoded. */
  readonly path: string;
  readonly family: Family;
  /** For exchanges the dialect of the route, for others the one in which errors are worded. */
  readonly dialect: DialectId;
  readonly errors: ErrorFormat;
  /** Model named by the path (gemini calls, one model), percent-decoded once; may contain slashes. */
  readonly model: string | undefined;
  /** True when path or query ask for a stream (gemini). */
  readonly stream: boolean;
}

/** The outcome of looking for a route. */
export type Routing =
  | { readonly found: true; readonly match: Match }
  | {
      readonly found: false;
      readonly error: SluiceError;
      /** How to word the error. */
      readonly dialect: ErrorFormat;
      /** Methods of the path, where only the method was wrong. */
      readonly allow?: readonly string[];
      /** The known path for which only the method was wrong (a WebSocket upgrade comes as GET). */
      readonly known?: true;
    };

interface Compiled {
  readonly route: Route;
  readonly segments: readonly string[];
  /** The pattern ends with `/**`. */
  readonly open: boolean;
}

const exact = new Map<string, Route[]>();
/** Patterns with `{id}` or `/**`, by their first two segments. */
const patterned = new Map<string, Compiled[]>();
/** gemini calls by "collection:verb" prefix and verb, and routes of `/…/models/{model}`. */
const verbs = new Map<string, Route>();
const otherVerbs = new Map<string, Route>();
const items = new Map<string, Route[]>();

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** "/v1/files/abc" → "/v1/files" */
function firstTwo(path: string): string {
  const second = path.indexOf('/', 1);
  const third = second < 0 ? -1 : path.indexOf('/', second + 1);
  return third < 0 ? path : path.slice(0, third);
}

function compile(route: Route, path: string): void {
  const model = path.indexOf('{model}');
  if (model >= 0) {
    const base = path.slice(0, model);
    const verb = path.slice(model + '{model}'.length);
    if (verb === '') append(items, base, route);
    else if (verb === ':*') otherVerbs.set(base, route);
    else verbs.set(base + verb, route);
  } else if (path.endsWith('/**')) {
    const closed = path.slice(0, -'/**'.length);
    append(patterned, firstTwo(closed), { route, segments: closed.split('/'), open: true });
  } else if (path.includes('{')) {
    append(patterned, firstTwo(path), { route, segments: path.split('/'), open: false });
  } else {
    append(exact, path, route);
  }
}

for (const route of ROUTES) for (const path of route.paths) compile(route, path);

/** Where a path may leave out its version ("/chat/completions"). */
const UNVERSIONED: ReadonlySet<string> = new Set(
  [...exact.keys()]
    .filter((path) => path.startsWith('/v1/') && path !== '/v1/complete')
    .map((path) => path.slice('/v1'.length)),
);

function fits(compiled: Compiled, segments: readonly string[]): boolean {
  if (
    compiled.open ? segments.length < compiled.segments.length : segments.length !== compiled.segments.length
  )
    return false;
  return compiled.segments.every((segment, at) => segment === '{id}' || segment === segments[at]);
}

/** The family of a caller whose path alone does not say it. */
function guessFamily(path: string, header: HeaderLookup, query: string): Family {
  if (/^\/(?:upload\/|download\/)?v1(?:beta|alpha)/.test(path) || path.startsWith('/upload/'))
    return 'gemini';
  if (path.startsWith('/v1/messages') || path === '/v1/complete') return 'anthropic';
  if (header('x-goog-api-key') !== undefined) return 'gemini';
  if (header('anthropic-version') !== undefined) return 'anthropic';
  if (/[?&]key=/.test(query)) return 'gemini';
  return 'openai';
}

/** The dialect in which a caller of a family expects errors. */
function wordingOf(family: Family, path: string): DialectId {
  if (family === 'anthropic') return 'anthropic-messages';
  if (family === 'gemini') return 'gemini';
  return path.startsWith('/v1/responses') ? 'openai-responses' : 'openai-chat';
}

/** What the paths of one request have in common, while its route is looked for. */
interface Search {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly family: Family;
}

/** How a route words errors whoever calls; undefined where that depends on the caller. */
function errorFormatOf(route: Route | undefined): ErrorFormat | undefined {
  if (route?.kind === 'operator' || route?.kind === 'admin' || route?.kind === 'metrics') return 'operator';
  if (route?.kind !== 'exchange') return undefined;
  return route.unified === true ? 'unified' : route.dialect;
}

function matched(route: Route, search: Search, model: string | undefined): Routing {
  const isExchange = route.kind === 'exchange';
  const family = isExchange ? familyOf(route.dialect) : 'family' in route ? route.family : search.family;
  const dialect = isExchange ? route.dialect : wordingOf(family, search.path);
  const errors = errorFormatOf(route) ?? dialect;
  // `alt=sse` turns generateContent into a stream of one event.
  const stream =
    isExchange &&
    route.dialect === 'gemini' &&
    (route.stream === true || /[?&]alt=sse(?:&|$)/.test(search.query));
  return { found: true, match: { route, path: search.path, family, dialect, errors, model, stream } };
}

function pick(routes: readonly Route[], search: Search, model: string | undefined): Routing {
  let first: Route | undefined;
  for (const route of routes) {
    if (!route.methods.includes(search.method)) continue;
    if (!('family' in route) || route.family === search.family) return matched(route, search, model);
    first ??= route;
  }
  if (first !== undefined) return matched(first, search, model);
  const allow = [...new Set(routes.flatMap((route) => route.methods))];
  const error = sluiceError('method_not_allowed', `${search.path} does not accept ${search.method}.`, {
    suggestion: `Use ${allow.join(' or ')}.`,
  });
  const dialect = errorFormatOf(routes[0]) ?? wordingOf(search.family, search.path);
  return { found: false, error, dialect, allow, known: true };
}

/** The same for a path without a route: below /admin/ it is the operator who asks. */
function wordingFor({ family, path }: Search): ErrorFormat {
  return path.startsWith('/admin/') ? 'operator' : wordingOf(family, path);
}

function refuse(message: string, search: Search): Routing {
  return { found: false, error: sluiceError('invalid_request', message), dialect: wordingFor(search) };
}

/** A model name as it stands in a path, decoded; undefined when it cannot be one. */
function decodeModel(encoded: string): string | undefined {
  try {
    const model = decodeURIComponent(encoded);
    if (model.length > 512) return undefined;
    return model === '' || model.startsWith('/') || model.endsWith('/') || model.includes('//')
      ? undefined
      : model;
  } catch {
    return undefined;
  }
}

/** Routes of the form `/…/models/{model}` and `/…/models/{model}:verb`; undefined when the path has neither form. */
function matchModelPath(search: Search): Routing | undefined {
  const second = search.path.indexOf('/', 1);
  const third = second < 0 ? -1 : search.path.indexOf('/', second + 1);
  if (third < 0) return undefined;
  const base = search.path.slice(0, third + 1);
  const rest = search.path.slice(third + 1);
  // A few clients encode the colon before the verb.
  const colon = rest.lastIndexOf(':');
  const encodedColon = colon < 0 ? rest.search(/%3a[a-z]+$/i) : -1;
  const cut = colon >= 0 ? colon : encodedColon;
  const verb = cut < 0 ? '' : rest.slice(cut + (colon >= 0 ? 1 : 3));
  const call = cut < 0 ? undefined : verbs.get(`${base}:${verb}`);
  const one = items.get(base);
  const other = call === undefined && cut >= 0 && search.method === 'POST' ? otherVerbs.get(base) : undefined;
  const routes = call !== undefined ? [call] : other !== undefined ? [other] : one;
  if (routes === undefined) return undefined;
  const encoded = routes === one ? rest : rest.slice(0, cut);
  // A call that names no model may be served with the one that a route gives.
  const unnamed = encoded === '' && call !== undefined && !base.endsWith('/tunedModels/');
  const name = unnamed ? '' : decodeModel(encoded);
  if (name === undefined) return refuse('The model name in the path is not valid.', search);
  // Tuned models are addressed with their collection.
  return pick(routes, search, base.endsWith('/tunedModels/') ? `tunedModels/${name}` : name);
}

function matchPattern(search: Search): Routing | undefined {
  const candidates = patterned.get(firstTwo(search.path));
  if (candidates === undefined) return undefined;
  const segments = search.path.split('/');
  const routes = candidates
    .filter((candidate) => fits(candidate, segments))
    .map((candidate) => candidate.route);
  if (routes.length === 0) return undefined;
  if (hasEncodedSlash(search.path)) return refuse('The path holds an encoded slash.', search);
  return pick(routes, search, undefined);
}

function notFound(search: Search): Routing {
  const [near] = nearest(search.path, exact.keys(), 1);
  const error = sluiceError(
    'not_found',
    `There is no route for ${search.method} ${search.path.slice(0, 200)}.`,
    {
      suggestion: near === undefined ? 'Check the base URL of your client.' : `Did you mean ${near}?`,
    },
  );
  return { found: false, error, dialect: wordingFor(search) };
}

/**
 * Finds the route of a request. `path` is the target without query, `query` the rest with its question mark or ''.
 * Paths that could mean two things (dot segments, doubled or encoded slashes, control characters) are refused.
 */
export function matchRoute(method: string, path: string, header: HeaderLookup, query = ''): Routing {
  const direct = exact.get(path);
  if (direct !== undefined) {
    const only = direct.length === 1 ? direct[0] : undefined;
    // One row that is bound to a dialect: nothing has to be guessed.
    if (only?.kind === 'exchange' && only.methods.includes(method)) {
      return matched(only, { method, path, query, family: familyOf(only.dialect) }, undefined);
    }
    return pick(direct, { method, path, query, family: guessFamily(path, header, query) }, undefined);
  }
  // A base URL with a trailing slash gives "//v1/…": that much is forgiven.
  const trimmed = path.startsWith('//') ? path.replace(/^\/+/, '/') : path;
  const fault = pathFault(trimmed);
  if (fault !== undefined)
    return refuse(fault, { method, path, query, family: guessFamily(trimmed, header, query) });
  const canonical = canonicalPath(trimmed);
  const versioned = UNVERSIONED.has(canonical.path) ? `/v1${canonical.path}` : canonical.path;
  const family = canonical.family ?? guessFamily(versioned, header, query);
  const search: Search = { method, path: versioned, query, family };
  const known = exact.get(versioned);
  if (known !== undefined) return pick(known, search, undefined);
  return matchModelPath(search) ?? matchPattern(search) ?? notFound(search);
}
