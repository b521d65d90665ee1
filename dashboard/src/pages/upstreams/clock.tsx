// The gateway's clock in the page: times that it names are its own, and the viewer's clock may be another.

import { type ReactElement, useEffect } from 'react';
import { createStore, useStore } from '../../app/store.ts';
import { type Format, useFormat } from '../../language/format.ts';
import { useLive } from '../../live/live-events.ts';

/** How far the gateway's clock is ahead of the viewer's, as the live events tell it. Below this it is only their delay. */
const LEAST_MS = 2_000;
const SECOND_MS = 1_000;

const ahead = createStore(0);

/** Listens for the gateway's clock; shows nothing. Once on a page that counts down. */
export function GatewayClock(): ReactElement | null {
  const { atMs } = useLive();
  useEffect(() => {
    if (atMs === 0) return;
    const differenceMs = atMs - Date.now();
    ahead.set(Math.abs(differenceMs) < LEAST_MS ? 0 : Math.round(differenceMs / SECOND_MS) * SECOND_MS);
  }, [atMs]);
  return null;
}

/** A moment of the viewer's clock as the gateway's clock names it. */
export function useGatewayTime(viewersMs: number): number {
  return viewersMs + useStore(ahead);
}

/** The viewer's clock, one tick a second for all who count down; it stands still while nobody does. */
const seconds = createStore(Date.now());
let watchers = 0;
let ticking: ReturnType<typeof setInterval> | undefined;

const ticks = {
  ...seconds,
  subscribe: (listener: () => void) => {
    const unsubscribe = seconds.subscribe(listener);
    watchers += 1;
    seconds.set(Date.now());
    ticking ??= setInterval(() => seconds.set(Date.now()), SECOND_MS);
    return () => {
      unsubscribe();
      watchers -= 1;
      if (watchers > 0) return;
      clearInterval(ticking);
      ticking = undefined;
    };
  },
};

/** Whole seconds below a minute, so that the words do not jump; above it as all durations. */
function countdownWords(restMs: number, format: Format): string {
  const wholeMs = Math.max(SECOND_MS, Math.ceil(restMs / SECOND_MS) * SECOND_MS);
  return wholeMs < 60 * SECOND_MS ? `${Math.round(wholeMs / SECOND_MS)} s` : format.duration(wholeMs);
}

/** "42 s", ticking by itself. */
export function Countdown({
  untilAtMs,
  words,
}: {
  readonly untilAtMs: number;
  readonly words: (time: string) => string;
}): ReactElement | null {
  const nowMs = useGatewayTime(useStore(ticks));
  const format = useFormat();
  const restMs = untilAtMs - nowMs;
  if (restMs <= 0) return null;
  return <span className="whitespace-nowrap tabular-nums">{words(countdownWords(restMs, format))}</span>;
}
