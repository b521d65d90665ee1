// Splits a request target into path and query. Clients behind a misconfigured proxy setting send the absolute form; it
// is taken for its path when its authority is this gateway.

import { type SluiceError, sluiceError } from '../core/model/error.ts';
import { isHost } from './strict.ts';

/** A request target. */
export interface Target {
  readonly path: string;
  /** With its question mark, or ''. */
  readonly query: string;
  /** host[:port] of the absolute form. */
  readonly authority: string | undefined;
}

const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/i;

/** Splits a target in origin form or absolute form. */
export function splitTarget(target: string): Target | SluiceError {
  let rest = target;
  let authority: string | undefined;
  if (!target.startsWith('/')) {
    const absolute = ABSOLUTE.exec(target);
    if (absolute === null) return sluiceError('invalid_request', 'The request target must be a path.');
    authority = absolute[1] ?? '';
    if (!isHost(authority))
      return sluiceError('invalid_request', 'The authority of the request target is not valid.');
    rest = absolute[2] ?? '';
    if (!rest.startsWith('/')) rest = `/${rest}`;
  }
  const mark = rest.indexOf('?');
  if (mark < 0) return { path: rest, query: '', authority };
  const query = rest.slice(mark);
  return { path: rest.slice(0, mark), query: query === '?' ? '' : query, authority };
}
