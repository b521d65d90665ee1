// Exchanges that are over, as small events for whoever watches the gateway live. Nothing is made while nobody listens.

import type { CostState } from '../core/pricing/cost.ts';
import { knownNanoUsd } from '../core/pricing/cost.ts';
import { genAiTokens } from '../core/telemetry/gen-ai.ts';
import { tokensPerSecond } from '../core/telemetry/output-pace.ts';
import type { LedgerClosing, LedgerOpening, Observer } from '../exchange/ports.ts';

/** One exchange that is over, as JSON. Times are epoch milliseconds; members are absent where there is nothing to say. */
export interface ExchangeEvent {
  readonly type: 'exchange';
  readonly id: string;
  readonly receivedAtMs: number;
  /** When it ended. */
  readonly atMs: number;
  readonly route: string;
  readonly client?: string;
  readonly conversation?: string;
  readonly agent?: string;
  readonly dialectIn?: string;
  readonly modelAsked?: string;
  readonly modelServed?: string;
  readonly upstream?: string;
  readonly key?: string;
  readonly policy?: string;
  readonly attempts: number;
  readonly status: number;
  readonly error?: string;
  readonly streamed: boolean;
  readonly aborted: boolean;
  readonly durationMs: number;
  readonly ttftMs?: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  /** Of a stream, after its first token. */
  readonly tokensPerSecond?: number;
  readonly cacheReadTokens?: number;
  readonly costNanoUsd?: number;
  readonly costState?: CostState;
  readonly cache?: string;
}

/** The feed. */
export interface Feed extends Observer {
  /** Calls the listener with every event from now on. Answers how to stop. */
  subscribe(listener: (event: ExchangeEvent) => void): () => void;
  /** How many listen. */
  readonly listeners: number;
}

/** Makes a feed. `redact` takes secrets out of texts that clients chose. */
export function createFeed(redact: (text: string) => string): Feed {
  let listeners: readonly ((event: ExchangeEvent) => void)[] = [];
  return {
    closed(opening, closing) {
      if (listeners.length === 0) return;
      const event = eventOf(opening, closing, redact);
      for (const listener of listeners) {
        try {
          listener(event);
        } catch {
          // One who cannot take it must not keep it from the others, nor end the exchange badly.
        }
      }
    },
    subscribe(listener) {
      // Twice the same function is two subscriptions.
      const own = (event: ExchangeEvent): void => listener(event);
      listeners = [...listeners, own];
      return () => {
        listeners = listeners.filter((other) => other !== own);
      };
    },
    get listeners() {
      return listeners.length;
    },
  };
}

function eventOf(
  opening: LedgerOpening,
  closing: LedgerClosing,
  redact: (text: string) => string,
): ExchangeEvent {
  const clean = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : redact(text);
  const { usage, cost, firstOutputAtMs } = closing;
  const tokens = usage === undefined ? undefined : genAiTokens(usage);
  return present({
    type: 'exchange',
    id: opening.id,
    receivedAtMs: opening.receivedAtMs,
    atMs: closing.endedAtMs,
    route: opening.route,
    client: opening.clientId,
    conversation: clean(opening.conversationId),
    agent: clean(opening.agentId),
    dialectIn: opening.dialectIn,
    modelAsked: clean(closing.modelAsked),
    modelServed: clean(closing.modelServed),
    upstream: closing.upstreamId,
    key: closing.keyId,
    policy: closing.policy,
    attempts: closing.attempts,
    status: closing.status,
    error: closing.errorCode,
    streamed: closing.streamed,
    aborted: closing.aborted,
    durationMs: closing.endedAtMs - opening.receivedAtMs,
    ttftMs: firstOutputAtMs === undefined ? undefined : firstOutputAtMs - opening.receivedAtMs,
    inputTokens: tokens?.input,
    outputTokens: tokens?.output,
    tokensPerSecond: tokensPerSecond(closing),
    cacheReadTokens: tokens?.cacheRead,
    costNanoUsd: knownNanoUsd(cost),
    costState: cost?.state,
    cache: closing.cache,
  });
}

/** The same without members that are undefined. */
function present<T extends object>(event: { [K in keyof T]: T[K] | undefined }): T {
  const entries = Object.entries(event).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as T;
}
