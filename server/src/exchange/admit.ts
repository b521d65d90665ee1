// The limits and budgets of the caller: what does not fit into them is refused before any upstream is asked.

import type { Client } from '../config/settings.ts';
import { type SluiceError, sluiceError } from '../core/model/error.ts';
import type { LimitKind, Meter, Moment, Shortage } from '../core/routing/limits.ts';
import type { Limits } from '../core/routing/policy.ts';
import type { Exchange } from './context.ts';
import { informed } from './money/ask-spending.ts';
import { budgetedClient, purseOf, reserve } from './money/budget.ts';
import type { Selection } from './pool/pool.ts';
import type { RawHeaders } from './ports.ts';

/** A request that was let in, or why not. */
export type Admission =
  | {
      readonly ok: true;
      /** Whom it may be sent to. */
      readonly selection: Selection;
      /** The request is over. `usedTokens` undefined: nobody has told, so what was reckoned with counts. */
      end(usedTokens: number | undefined): void;
    }
  | { readonly ok: false; readonly error: SluiceError; readonly headers: RawHeaders };

const NOTHING_TO_END = (): void => undefined;

/** Lets a request in that may be sent to the members of the selection. `free`: it will not be sent, and uses nothing. */
export function admit(exchange: Exchange, selection: Selection, free = false): Admission {
  const { client } = exchange.inbound;
  if (client === undefined || exchange.use === 'count-tokens')
    return { ok: true, selection, end: NOTHING_TO_END };
  const within = withinLimits(exchange, client, selection, free ? 0 : selection.tokens);
  const budgeted = within.ok && !free ? budgetedClient(client) : undefined;
  if (!within.ok || budgeted === undefined) return within;
  const granted = reserve(exchange, budgeted, selection);
  if (!granted.ok) {
    within.unsent();
    return { ok: false, error: granted.error, headers: [] };
  }
  const { use, members } = granted;
  exchange.record.budget = use;
  return {
    ok: true,
    selection: members === selection.members ? selection : { ...selection, members },
    end: (usedTokens) => {
      within.end(usedTokens);
      use.end(exchange.record.cost?.totalNanoUsd ?? 0);
    },
  };
}

/** What has to happen before admit() can know what the client has spent; undefined: nothing. */
export function beforeAdmission({
  inbound,
  memory,
  ports,
  settings,
  use,
}: Exchange): Promise<void> | undefined {
  const client = use === 'count-tokens' ? undefined : budgetedClient(inbound.client);
  if (client === undefined) return undefined;
  const { pool } = memory;
  return informed(ports, pool, purseOf(pool, client.id), client.id, settings.limits.timeZone);
}

/** Within the limits of its client; `unsent`: it was refused all the same, and takes nothing of them. */
type Within = (Extract<Admission, { ok: true }> & { unsent(): void }) | Extract<Admission, { ok: false }>;

function withinLimits(
  { settings, memory }: Exchange,
  client: Client,
  selection: Selection,
  tokens: number,
): Within {
  const { limits } = client;
  if (limits === undefined) return { ok: true, selection, end: NOTHING_TO_END, unsent: NOTHING_TO_END };
  const place = memory.pool.places.at('client', client.id);
  const takenAt = memory.pool.now();
  const meter = place.counting(settings.limits, takenAt);
  const short = meter.shortage(limits, tokens, takenAt);
  if (short !== undefined) {
    const error = refusal(client.id, short);
    return { ok: false, error, headers: limitHeaders(meter, limits, takenAt) };
  }
  meter.take(tokens, takenAt);
  memory.pool.standings.unsaved.add(place, 'use');
  return {
    ok: true,
    selection,
    end: (usedTokens) => meter.settle(tokens, usedTokens ?? tokens, takenAt, memory.pool.now()),
    unsent: () => meter.giveBack(tokens, takenAt, memory.pool.now()),
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
    suggestion:
      kind === 'concurrency'
        ? 'Try again when another request has ended.'
        : 'Try again after the time that retry-after says.',
    retryAfterMs: known ? freeInMs : UNKNOWN_MS,
  });
}

/** When a request at the same time will end cannot be known. */
const UNKNOWN_MS = 1_000;

const HEADER_NAMES: readonly (readonly [kind: LimitKind, name: string])[] = [
  ['rpm', 'requests'],
  ['tpm', 'tokens'],
  ['rpd', 'requests-day'],
  ['tpd', 'tokens-day'],
];

/** The limits of a client as headers in the way of OpenAI's: https://platform.openai.com/docs/guides/rate-limits */
function limitHeaders(meter: Meter, limits: Limits, now: Moment): RawHeaders {
  const headers: string[] = [];
  const left = meter.remaining(limits, now);
  for (const [kind, name] of HEADER_NAMES) {
    const found = left[kind];
    if (found === undefined) continue;
    headers.push(`x-ratelimit-limit-${name}`, String(found.limit));
    headers.push(`x-ratelimit-remaining-${name}`, String(Math.max(0, found.remaining)));
    headers.push(
      `x-ratelimit-reset-${name}`,
      `${(found.resetInMs / 1000).toFixed(3).replace(/\.?0+$/, '')}s`,
    );
  }
  return headers;
}
