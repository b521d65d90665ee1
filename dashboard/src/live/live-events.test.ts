import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { onEnded } from './live-events.ts';

/** Stands in for the browser's own, and says what it is told to say. */
class Stream extends EventTarget {
  static last: Stream | undefined;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  constructor() {
    super();
    Stream.last = this;
  }
  close(): void {}
}

function end(id: string): void {
  Stream.last?.dispatchEvent(new MessageEvent('exchange', { data: JSON.stringify({ id }) }));
}

describe('What has ended', () => {
  const batches: string[][] = [];
  let stop = (): void => {};
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('EventSource', Stream);
    batches.length = 0;
    stop = onEnded((ended) => batches.push(ended.map(({ id }) => id)));
    // Whatever was told before is long ago.
    vi.advanceTimersByTime(10_000);
  });
  afterEach(() => {
    stop();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  test('is told soon after a quiet time', () => {
    end('a');
    vi.advanceTimersByTime(250);
    expect(batches).toEqual([['a']]);
  });

  test('is told once a second in a flood, and nothing of it is lost', () => {
    for (let at = 0; at < 500; at++) {
      end(String(at));
      vi.advanceTimersByTime(10);
    }
    vi.advanceTimersByTime(1_000);
    expect(batches.length).toBeLessThanOrEqual(7);
    expect(batches.flat()).toEqual(Array.from({ length: 500 }, (_, at) => String(at)));
  });
});
