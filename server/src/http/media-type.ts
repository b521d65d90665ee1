// Decides whether a request body is declared to be plain JSON. The header is parsed, not compared as text: case, spaces
// and parameters must not open a way around the rule.

import type { IncomingHttpHeaders } from 'node:http';
import { type SluiceError, sluiceError } from '../core/model/error.ts';

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
/** type/subtype, then parameters: https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1 */
const MEDIA_TYPE = new RegExp(
  `^[ \\t]*(${TOKEN}/${TOKEN})((?:[ \\t]*;[ \\t]*(?:${TOKEN}=(?:${TOKEN}|"[^"\\\\]*"))?)*)[ \\t]*$`,
);
const CHARSET = new RegExp(`;[ \\t]*charset=("?)(${TOKEN})\\1[ \\t]*(?:;|$)`, 'gi');
const UTF8: ReadonlySet<string> = new Set(['utf-8', 'utf8', 'us-ascii']);
/** Longer values are not media types, and the pattern is not run on them. */
const MAX_LENGTH = 200;

/** True for application/json and application/*+json in UTF-8. */
export function isJsonType(value: string): boolean {
  if (value === 'application/json') return true;
  if (value.length > MAX_LENGTH) return false;
  const match = MEDIA_TYPE.exec(value);
  if (match === null) return false;
  const type = (match[1] ?? '').toLowerCase();
  if (type !== 'application/json' && !/^application\/.+\+json$/.test(type)) return false;
  for (const charset of (match[2] ?? '').matchAll(CHARSET)) {
    if (!UTF8.has((charset[2] ?? '').toLowerCase())) return false;
  }
  return true;
}

/**
 * Why the declared form of a JSON body cannot be accepted, or undefined. A body without Content-Type is taken for JSON,
 * because some programs leave it out; pages cannot use that, since they are judged by Origin before.
 */
export function mediaFault(headers: IncomingHttpHeaders): SluiceError | undefined {
  const type = headers['content-type'];
  if (type !== undefined && type !== '' && !isJsonType(type)) {
    return sluiceError('unsupported_media_type', 'The Content-Type is not JSON in UTF-8.', {
      suggestion: 'Send Content-Type: application/json.',
    });
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== '' && encoding.trim().toLowerCase() !== 'identity') {
    return sluiceError('unsupported_media_type', 'The body has a Content-Encoding.', {
      suggestion: 'Send it uncompressed.',
    });
  }
  return undefined;
}
