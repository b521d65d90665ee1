// Tokens per second through the gateway at this moment. One meter for the page: it runs while somebody wants it.

import { useSyncExternalStore } from 'react';
import { TokenMeter, type TokenRate } from '../../../server/src/core/telemetry/token-meter.ts';
import { createStore } from '../app/store.ts';
import { onEnded, watchLive } from './live-events.ts';

export type { TokenRate } from '../../../server/src/core/telemetry/token-meter.ts';

const MEASURED_EVERY_MS = 1_000;

const rates = createStore<TokenRate | undefined>(undefined);
let meter: TokenMeter | undefined;
let wanted = 0;
let stop: (() => void) | undefined;

function same(one: TokenRate | undefined, other: TokenRate | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return (
    Math.round(one.input) === Math.round(other.input) && Math.round(one.output) === Math.round(other.output)
  );
}

function start(): () => void {
  const running = new TokenMeter(Date.now);
  meter = running;
  const unlisten = onEnded((batch) => running.ended(batch));
  const unwatch = watchLive(({ atMs, inFlight }) => running.running(atMs, inFlight));
  const timer = setInterval(() => {
    const next = running.rate();
    if (!same(next, rates.get())) rates.set(next);
  }, MEASURED_EVERY_MS);
  return () => {
    clearInterval(timer);
    unlisten();
    unwatch();
    meter = undefined;
    rates.set(undefined);
  };
}

function subscribe(listener: () => void): () => void {
  wanted += 1;
  if (wanted === 1) stop = start();
  const unsubscribe = rates.subscribe(listener);
  return () => {
    unsubscribe();
    wanted -= 1;
    if (wanted > 0) return;
    stop?.();
    stop = undefined;
  };
}

const never = (): (() => void) => () => {};
const nothing = (): undefined => undefined;

/** The rate, measured anew every second; undefined while nothing is known. `enabled` false: not measured. */
export function useTokenRate(enabled: boolean): TokenRate | undefined {
  return useSyncExternalStore(enabled ? subscribe : never, enabled ? rates.get : nothing);
}

/**
 * How many bytes of an answer in a format make one token, as the streams of the last minutes have taught the meter;
 * undefined while none has, or while nobody wants the rate.
 */
export function learnedBytesPerToken(dialect: string): number | undefined {
  return meter?.bytesPerToken(dialect);
}
