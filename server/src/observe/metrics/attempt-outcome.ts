// How attempts ended, as labels. Where an exchange had several, the ledger has a row for each; where it had one, the row
// of the exchange tells enough.

import type { AttemptEnd, LedgerClosing } from '../../exchange/ports.ts';

/** Labels of one attempt. */
export interface AttemptOutcome {
  readonly upstream: string;
  readonly outcome: AttemptEnd;
  /** A word of core/routing/reason.ts; '' where it did not fail. */
  readonly reason: string;
}

/** One for each attempt that was made. */
export function attemptOutcomes(closing: LedgerClosing): AttemptOutcome[] {
  const { tries, attempts, upstreamId } = closing;
  if (tries !== undefined && tries.length > 0)
    return tries.map((one) => ({ upstream: one.upstreamId, outcome: one.end, reason: one.reason ?? '' }));
  if (attempts === 0 || upstreamId === undefined) return [];
  const outcome = onlyOutcome(closing);
  return [
    {
      upstream: upstreamId,
      outcome,
      reason: outcome === 'answered' || outcome === 'left' ? '' : reasonOf(closing),
    },
  ];
}

function onlyOutcome({ aborted, errorCode, status, firstOutputAtMs }: LedgerClosing): AttemptEnd {
  if (aborted) return 'left';
  if (errorCode === undefined && status < 400) return 'answered';
  return status < 400 && firstOutputAtMs !== undefined ? 'cut' : 'failed';
}

const BY_CODE: Readonly<Record<string, string>> = {
  upstream_connect: 'unreachable',
  upstream_timeout: 'timeout',
  upstream_closed: 'broken-answer',
  upstream_protocol: 'broken-answer',
  upstream_too_large: 'broken-answer',
  unsupported_feature: 'not-carried',
  internal: 'gateway',
};

const BY_STATUS: Readonly<Record<number, string>> = {
  401: 'bad-key',
  402: 'no-credit',
  403: 'forbidden',
  404: 'model-missing',
  429: 'rate-limited',
  498: 'overloaded',
  503: 'overloaded',
  529: 'overloaded',
};

/** What the code and the status of the only attempt say of it; a verdict would know more. */
function reasonOf({ errorCode, status }: LedgerClosing): string {
  const byCode = errorCode === undefined ? undefined : BY_CODE[errorCode];
  if (byCode !== undefined) return byCode;
  return BY_STATUS[status] ?? (status >= 500 || status < 400 ? 'server-error' : 'bad-request');
}
