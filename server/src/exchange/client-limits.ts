// The limits of the caller, as this gateway counts them: what does not fit into them is refused before any upstream is asked.

import type { Client } from '../config/settings.ts';
import { type SluiceError, sluiceError } from '../core/model/error.ts';
import type { LimitKind, Meter, Moment, Shortage } from '../core/routing/limits.ts';
import type { Limits } from '../core/routing/policy.ts';
import type { Exchange } from './context.ts';
import type { RawHeaders } from './ports.ts';

/** Within the limits of its client, or why not. */
export type Within =
  | {
      readonly ok: true;
      /** The request is over. `usedTokens` undefined: nobody has told, so what was reckoned with counts. */
      end(usedTokens: number | undefined): void;
      /** It was refused all the same, and takes nothing of them. */
      unsent(): void;
      /** What is said to a caller whom other gateways have left no room. */
      refuse(short: Shortage): Extract<Within, { ok: false }>;
    }
  | { readonly ok: false; readonly error: SluiceError; readonly headers: RawHeaders };

const NOTHING = (): void => undefined;

/** Takes what a request of a client needs of its limits. */
export function withinLimits(
  { settings, memory }: Pick<Exchange, 'settings' | 'memory'>,
  client: Client,
  tokens: number,
): Within {
  const { limits } = client;
  const refused = (short: Shortage, headers: RawHeaders): Extract<Within, { ok: false }> => {
    return { ok: false, error: refusal(client.id, short), headers };
  };
  if (limits === undefined)
    return { ok: true, end: NOTHING, unsent: NOTHING, refuse: (short) => refused(short, []) };
  const place = memory.pool.places.at('client', client.id);
  const takenAt = memory.pool.now();
  const meter = place.counting(settings.limits, takenAt);
  const short = meter.shortage(limits, tokens, takenAt);
  if (short !== undefined) return refused(short, limitHeaders(meter, limits, takenAt));
  meter.take(tokens, takenAt);
  memory.pool.standings.unsaved.add(place, 'use');
  return {
    ok: true,
    end: (usedTokens) => meter.settle(tokens, usedTokens ?? tokens, takenAt, memory.pool.now()),
    unsent: () => meter.giveBack(tokens, takenAt, memory.pool.now()),
    refuse: (found) => refused(found, limitHeaders(meter, limits, memory.pool.now(), found)),
  };
}

const WORDS: Readonly<Record<LimitKind, string>> = {
  rpm: 'requests per minute',
  rpd: 'requests per day',
  tpm: 'tokens per minute',
  tpd: 'tokens per day',
  concurrency: 'requests at the same time',
};

function refusal(clientId: string, { kind, limit, freeInMs }: Shortage): SluiceError {
  const known = Number.isFinite(freeInMs);
  return sluiceError('rate_limited', `The client "${clientId}" may use ${limit} ${WORDS[kind]}.`, {
    suggestion: suggestionFor(kind, limit),
    retryAfterMs: known ? freeInMs : limit === 0 ? NEVER_MS : UNKNOWN_MS,
  });
}

function suggestionFor(kind: LimitKind, limit: number): string {
  if (limit === 0) return 'Only a change of its limits in the configuration of the gateway lets it in.';
  return kind === 'concurrency'
    ? 'Try again when another request has ended.'
    : 'Try again after the time that retry-after says.';
}

/** When a request at the same time will end cannot be known. */
const UNKNOWN_MS = 1_000;
/** A limit of nothing ends when somebody changes it; nobody needs to look more often. */
const NEVER_MS = 3_600_000;

const HEADER_NAMES: readonly (readonly [kind: LimitKind, name: string])[] = [
  ['rpm', 'requests'],
  ['tpm', 'tokens'],
  ['rpd', 'requests-day'],
  ['tpd', 'tokens-day'],
];

/** The limits of a client as headers in the way of OpenAI's: https://platform.openai.com/docs/guides/rate-limits */
function limitHeaders(meter: Meter, limits: Limits, now: Moment, elsewhere?: Shortage): RawHeaders {
  const headers: string[] = [];
  const left = meter.remaining(limits, now);
  for (const [kind, name] of HEADER_NAMES) {
    const own = left[kind];
    if (own === undefined) continue;
    const short = elsewhere?.kind === kind ? elsewhere : undefined;
    const found =
      short === undefined ? own : { ...own, remaining: short.remaining, resetInMs: short.freeInMs };
    headers.push(`x-ratelimit-limit-${name}`, String(found.limit));
    headers.push(`x-ratelimit-remaining-${name}`, String(Math.max(0, found.remaining)));
    headers.push(
      `x-ratelimit-reset-${name}`,
      `${(found.resetInMs / 1000).toFixed(3).replace(/\.?0+$/, '')}s`,
    );
  }
  return headers;
}
