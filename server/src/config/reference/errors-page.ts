// docs/reference/errors.md, made from the table of error codes.

import { ERROR_CODES, type ErrorSource } from '../../core/model/error.ts';

const SOURCES: Readonly<Record<ErrorSource, string>> = {
  client: 'the caller',
  gateway: 'the gateway',
  upstream: 'the upstream',
};

/** The page, whole. */
export function errorsPage(): string {
  const rows = Object.entries(ERROR_CODES).map(([code, { status, source, meaning }]) => {
    return `| \`${code}\` | ${status} | ${SOURCES[source]} | ${meaning.replaceAll('|', '\\|')} |`;
  });
  return [
    '# Errors',
    '',
    'Generated from `server/src/core/model/error.ts`; refresh it with `npm run docs`.',
    '',
    'An error says what happened, whose fault it is and what to do, in the format of the caller. The code is also in the',
    'ledger and in the log. The status is the usual one; an error status of an upstream is kept.',
    '',
    '| code | status | at fault | meaning |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
