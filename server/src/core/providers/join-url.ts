// Joins an upstream's base URL and the path of a request, without doubled or lost parts. String work only.

/** Where a request goes: `origin` is scheme, host and port; `target` is path and query. */
export interface JoinedUrl {
  readonly origin: string;
  readonly target: string;
}

/** "v1", "v4", "v1beta", "v1alpha2", …: a path segment that names a version of an API. */
function isVersion(segment: string | undefined): boolean {
  return segment !== undefined && /^v\d{1,3}((alpha|beta|internal)\d{0,3})?$/.test(segment);
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

/** Splits an absolute http(s) URL. A fragment means nothing to a server and is dropped. */
function splitBase(base: string): { origin: string; path: string[]; query: string } {
  const fragment = base.indexOf('#');
  const url = fragment === -1 ? base : base.slice(0, fragment);
  const mark = url.indexOf('?');
  const place = mark === -1 ? url : url.slice(0, mark);
  const scheme = place.indexOf('://');
  const slash = place.indexOf('/', scheme === -1 ? 0 : scheme + 3);
  return {
    origin: slash === -1 ? place : place.slice(0, slash),
    path: slash === -1 ? [] : segmentsOf(place.slice(slash)),
    query: mark === -1 ? '' : url.slice(mark + 1),
  };
}

function endsWith(path: readonly string[], tail: readonly string[]): boolean {
  const from = path.length - tail.length;
  return from >= 0 && tail.every((segment, i) => path[from + i] === segment);
}

/** An operator may have pasted the address of one endpoint ("…/v1/chat/completions"); the base is what precedes it. */
function withoutEndpoint(base: readonly string[]): readonly string[] {
  for (const tail of [['chat', 'completions'], ['responses'], ['messages']]) {
    const end = base.length - tail.length;
    if (endsWith(base, tail) && isVersion(base[end - 1])) return base.slice(0, end);
  }
  return base;
}

/** "…/openai/deployments/<name>": its dated API has no version segment. */
function isAzureDeployment(base: readonly string[]): boolean {
  return base.at(-2) === 'deployments' && base.at(-3) === 'openai';
}

/** True when the base already says which version is meant, so that the request's own version segment must go. */
function namesVersion(base: readonly string[], baseQuery: string): boolean {
  if (isVersion(base.at(-1)) || isAzureDeployment(base)) return true;
  // "/v1beta/openai" of Gemini, "/v1/<account>/<gateway>/openai" of relays, "/openai?api-version=…" of Azure.
  return base.at(-1) === 'openai' && (base.some(isVersion) || baseQuery.includes('api-version='));
}

/** How many segments at the end of the base are the same as those at the start of the path. */
function overlapOf(base: readonly string[], path: readonly string[]): number {
  // A deployment may be called "chat": only its full path counts as an overlap.
  const least = isAzureDeployment(base) ? 3 : 1;
  for (let size = Math.min(base.length, path.length); size >= least; size--) {
    if (endsWith(base, path.slice(0, size))) return size;
  }
  return 0;
}

function joinPaths(
  rawBase: readonly string[],
  baseQuery: string,
  path: readonly string[],
): readonly string[] {
  const base = withoutEndpoint(rawBase);
  // Gemini's uploads put their prefix in front of the version: /upload/v1beta/files.
  if (path[0] === 'upload' && isVersion(path[1]) && isVersion(base.at(-1))) {
    return [...base.slice(0, -1), 'upload', ...base.slice(-1), ...path.slice(2)];
  }
  // So do its WebSockets, which name the version in their last segment: /ws/….v1beta.GenerativeService.…
  if (path[0] === 'ws' && isVersion(base.at(-1))) return [...base.slice(0, -1), ...path];
  const overlap = overlapOf(base, path);
  if (overlap > 0) return [...base, ...path.slice(overlap)];
  const unversioned = isVersion(path[0]) ? path.slice(1) : path;
  if (unversioned.length > 0 && !isAzureDeployment(base) && endsWith(base, unversioned)) return base;
  return [...base, ...(namesVersion(base, baseQuery) ? unversioned : path)];
}

/** The base's parameters, then those of the client that the base does not set. */
function joinQueries(base: string, client: string): string {
  const nameOf = (pair: string): string => pair.split('=', 1)[0] ?? '';
  const fromBase = base.split('&').filter((pair) => pair !== '');
  const taken = new Set(fromBase.map(nameOf));
  const fromClient = client.split('&').filter((pair) => pair !== '' && !taken.has(nameOf(pair)));
  const pairs = [...fromBase, ...fromClient];
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/**
 * Joins an absolute base URL (which may carry a query), a request path and a query ('' or with its question mark).
 * A version that the base names replaces the one in the path; parts that both have are not doubled.
 */
export function joinUrl(base: string, path: string, query: string): JoinedUrl {
  const { origin, path: basePath, query: baseQuery } = splitBase(base);
  const joined = joinPaths(basePath, baseQuery, segmentsOf(path));
  const clientQuery = query.startsWith('?') ? query.slice(1) : query;
  return { origin, target: `/${joined.join('/')}${joinQueries(baseQuery, clientQuery)}` };
}
