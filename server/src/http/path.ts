// Brings the path of a request into its one canonical form: checks that nothing in it can mean two things to two
// parsers, then removes what misconfigured base URLs add (doubled versions, drop-in prefixes, a trailing slash).

import type { Family } from '../core/model/dialect-id.ts';

/** A canonical path, with the family that its prefix named, if any. */
export interface CanonicalPath {
  readonly path: string;
  readonly family: Family | undefined;
}

const PREFIXES: readonly (readonly [string, Family])[] = [
  ['/openai', 'openai'],
  ['/anthropic', 'anthropic'],
  ['/gemini', 'gemini'],
];

/** A version segment at the start, followed by more. */
const VERSION = /^\/v1(?:alpha|beta1?)?(?=\/|$)/;

/** Vertex AI's form of a Gemini model path: /v1beta1[/projects/p/locations/l]/publishers/google/models/m:verb */
const VERTEX = /^\/v1(?:beta1)?(?:\/projects\/[^/]+\/locations\/[^/]+)?\/publishers\/google(?=\/models\/)/;

/** What may stand in a path, as RFC 3986 has it: unreserved, sub-delims, ":", "@", "/" and percent-encoded bytes. */
const PATH_CHARACTERS = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*$/;
/** Encoded NUL and other control characters, and an encoded backslash. */
const ENCODED_DANGER = /%(?:[01][0-9a-f]|7f|5c)/i;
/** A "." or ".." segment, with dots in any encoding. */
const DOT_SEGMENT = /\/(?:\.|%2e){1,2}(?:\/|$)/i;
const ENCODED_SLASH = /%2f/i;

/**
 * Why a path cannot be accepted, as a sentence, or undefined. Encoded slashes are left to the caller, because model
 * names may hold them.
 */
export function pathFault(path: string): string | undefined {
  if (!path.startsWith('/')) return 'The request target must begin with a slash.';
  if (!PATH_CHARACTERS.test(path)) return 'The path holds characters that must be percent-encoded.';
  if (ENCODED_DANGER.test(path)) return 'The path holds an encoded control character or backslash.';
  if (path.includes('//')) return 'The path holds an empty segment ("//").';
  if (DOT_SEGMENT.test(path) || DOT_SEGMENT.test(path.replace(/%2f/gi, '/')))
    return 'The path holds a "." or ".." segment.';
  return undefined;
}

/** True where the path holds a slash in encoded form. */
export function hasEncodedSlash(path: string): boolean {
  return ENCODED_SLASH.test(path);
}

function withoutDropIn(path: string): CanonicalPath {
  for (const [prefix, family] of PREFIXES) {
    if (!path.startsWith(`${prefix}/`)) continue;
    const rest = path.slice(prefix.length);
    if (
      VERSION.test(rest) ||
      rest.startsWith('/upload/') ||
      rest.startsWith('/download/') ||
      rest.startsWith('/ws/') ||
      rest.startsWith('/api/')
    ) {
      return { path: rest, family };
    }
    return { path: `${family === 'gemini' ? '/v1beta' : '/v1'}${rest}`, family };
  }
  return { path, family: undefined };
}

/** "/v1/v1/x" → "/v1/x": the last version named is the one that the client's library wrote itself. */
function withoutDoubledVersion(path: string): string {
  for (let match = VERSION.exec(path); match !== null; match = VERSION.exec(path)) {
    const rest = path.slice(match[0].length);
    const again =
      VERSION.test(rest) ||
      rest.startsWith('/upload/') ||
      rest.startsWith('/download/') ||
      rest.startsWith('/ws/') ||
      rest === '/api/hello';
    if (!again) return path;
    path = rest;
  }
  return path;
}

/** The canonical form of a path that pathFault() accepts. */
export function canonicalPath(path: string): CanonicalPath {
  if (path.length > 1 && path.endsWith('/')) path = path.slice(0, -1);
  const dropIn = withoutDropIn(path);
  const single = withoutDoubledVersion(dropIn.path);
  // Gemini's own OpenAI-compatible surface: https://ai.google.dev/gemini-api/docs/openai
  if (single.startsWith('/v1beta/openai/'))
    return { path: `/v1${single.slice('/v1beta/openai'.length)}`, family: 'openai' };
  const vertex = VERTEX.exec(single);
  if (vertex !== null) return { path: `/v1beta${single.slice(vertex[0].length)}`, family: 'gemini' };
  return { path: single, family: dropIn.family };
}
