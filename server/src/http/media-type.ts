// Decides whether a request body is declared to be plain JSON. The header is parsed, not compared as text: case, spaces
// and parameters must not open a way around the rule.

import type { IncomingHttpHeaders } from 'node:http';
import { type SluiceError, sluiceError } from '../core/model/error.ts';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const SUBTYPE = /^application\/(?:json|[^/]+\+json)$/;
const UTF8: ReadonlySet<string> = new Set(['utf-8', 'utf8', 'us-ascii']);

/** One `name=value` parameter; the value may stand in quotes, which are taken off. */
function parameterFault(text: string): boolean {
  const equals = text.indexOf('=');
  const name = text.slice(0, Math.max(0, equals)).toLowerCase();
  const written = text.slice(equals + 1);
  const value =
    written.length > 1 && written.startsWith('"') && written.endsWith('"') ? written.slice(1, -1) : written;
  if (!TOKEN.test(name) || !TOKEN.test(value)) return true;
  return name === 'charset' && !UTF8.has(value.toLowerCase());
}

/**
 * True for application/json and application/*+json in UTF-8. Read by splitting, so that no value costs more than its
 * length: https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1
 */
export function isJsonType(value: string): boolean {
  if (value === 'application/json') return true;
  const [type = '', ...parameters] = value.split(';');
  const [vendor = '', subtype = ''] = type.trim().toLowerCase().split('/');
  if (!TOKEN.test(vendor) || !TOKEN.test(subtype) || !SUBTYPE.test(type.trim().toLowerCase())) return false;
  return parameters.every((parameter) => parameter.trim() === '' || !parameterFault(parameter.trim()));
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
