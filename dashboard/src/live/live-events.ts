// The gateway's live events: what is on its way, and what has ended. One connection for the whole page, open while
// somebody watches; it comes back by itself, also after a restart of the gateway. Those who watch are told at most four
// times a second, and of what has ended once a second, however much happens.

import { API, refreshSession, session } from '../api/http.ts';
import { createStore, useStore } from '../app/store.ts';
import type { ClosedExchange, InFlightExchange } from './live-types.ts';

/** What is known at a moment. */
export interface LiveState {
  /** lost: it is being opened again. */
  readonly connection: 'idle' | 'connecting' | 'open' | 'lost';
  /** Oldest first. */
  readonly inFlight: readonly InFlightExchange[];
  /** The gateway's clock at the last sample of what is in flight; 0 before the first. */
  readonly atMs: number;
  /** Events that the gateway left out because this page was too slow. */
  readonly dropped: number;
}

const TOLD_EVERY_MS = 250;
/** Ends are told soon after a quiet time, and in a flood this often: lists that jump more often cannot be read. */
const ENDED_EVERY_MS = 1_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

const store = createStore<LiveState>({ connection: 'idle', inFlight: [], atMs: 0, dropped: 0 });
const closedListeners = new Set<(ended: readonly ClosedExchange[]) => void>();

let watchers = 0;
let source: EventSource | undefined;
let pending: LiveState | undefined;
let ended: ClosedExchange[] = [];
let endedToldMs = Number.NEGATIVE_INFINITY;
let telling: ReturnType<typeof setTimeout> | undefined;
let tellingEnded: ReturnType<typeof setTimeout> | undefined;
let retrying: ReturnType<typeof setTimeout> | undefined;
let waitMs = FIRST_WAIT_MS;

function change(part: Partial<LiveState>): void {
  pending = { ...(pending ?? store.get()), ...part };
  tellSoon();
}

function tellSoon(): void {
  if (telling === undefined) telling = setTimeout(tellAll, TOLD_EVERY_MS);
}

function tellAll(): void {
  telling = undefined;
  if (pending === undefined) return;
  const next = pending;
  pending = undefined;
  store.set(next);
}

function tellEndedSoon(): void {
  if (tellingEnded !== undefined) return;
  const quietMs = performance.now() - endedToldMs;
  tellingEnded = setTimeout(tellEnded, Math.max(TOLD_EVERY_MS, ENDED_EVERY_MS - quietMs));
}

function tellEnded(): void {
  tellingEnded = undefined;
  endedToldMs = performance.now();
  const batch = ended;
  ended = [];
  for (const listener of closedListeners) listener(batch);
}

function open(): void {
  retrying = undefined;
  if (watchers === 0 || source !== undefined) return;
  change({ connection: store.get().connection === 'idle' ? 'connecting' : 'lost' });
  const opened = new EventSource(`${API}/events`);
  source = opened;
  opened.onopen = () => {
    waitMs = FIRST_WAIT_MS;
    change({ connection: 'open' });
  };
  opened.onerror = () => {
    // The browser tries again by itself only while the answer was a stream; a refusal ends it for good.
    close();
    change({ connection: 'lost', inFlight: [] });
    retrying = setTimeout(() => void reopen(), waitMs);
    waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2);
  };
  opened.addEventListener('in-flight', (event: MessageEvent<string>) => {
    const { atMs, exchanges } = JSON.parse(event.data) as {
      readonly atMs: number;
      readonly exchanges: readonly InFlightExchange[];
    };
    change({ atMs, inFlight: exchanges });
  });
  opened.addEventListener('exchange', (event: MessageEvent<string>) => {
    if (closedListeners.size === 0) return;
    ended.push(JSON.parse(event.data) as ClosedExchange);
    tellEndedSoon();
  });
  opened.addEventListener('dropped', (event: MessageEvent<string>) => {
    const { events } = JSON.parse(event.data) as { readonly events: number };
    change({ dropped: (pending ?? store.get()).dropped + events });
  });
}

/** A session that has ended meanwhile leads to the sign-in page instead of to endless tries. */
async function reopen(): Promise<void> {
  const isIn = await refreshSession().catch(() => true);
  if (isIn) open();
}

function close(): void {
  source?.close();
  source = undefined;
}

/** Keeps the events coming until the answer is called. */
function watch(): () => void {
  watchers += 1;
  if (watchers === 1) open();
  return () => {
    watchers -= 1;
    if (watchers > 0) return;
    clearTimeout(retrying);
    close();
    change({ connection: 'idle', inFlight: [] });
  };
}

session.subscribe(() => {
  if (session.get().state === 'in' && watchers > 0 && source === undefined) open();
});

function subscribe(listener: () => void): () => void {
  const unsubscribe = store.subscribe(listener);
  const unwatch = watch();
  return () => {
    unsubscribe();
    unwatch();
  };
}

const live = { ...store, subscribe };

/** What is on its way; the component is drawn again up to four times a second. */
export function useLive(): LiveState {
  return useStore(live);
}

/** Calls with what is known, up to four times a second, outside of React. Answers how to stop. */
export function watchLive(listener: (state: LiveState) => void): () => void {
  return subscribe(() => listener(store.get()));
}

/** Calls with every exchange that has ended, in batches. Answers how to stop. */
export function onEnded(listener: (ended: readonly ClosedExchange[]) => void): () => void {
  closedListeners.add(listener);
  const unwatch = watch();
  return () => {
    closedListeners.delete(listener);
    unwatch();
  };
}
