import { describe, expect, test } from 'vitest';
import { type EndedTokens, shareWithin, TokenMeter, WINDOW_MS } from './token-meter.ts';

const START_MS = 1_000_000;

/** Numbers that look like chance and are the same each time. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

function meterAt(startMs = START_MS): { readonly meter: TokenMeter; readonly clock: { nowMs: number } } {
  const clock = { nowMs: startMs };
  return { meter: new TokenMeter(() => clock.nowMs), clock };
}

const ended = (id: string, atMs: number, more: Partial<EndedTokens> = {}): EndedTokens => {
  return { id, atMs, durationMs: 0, ...more };
};

describe('the share of a flow in a stretch of time', () => {
  test('an even flow is cut at the edges; one at a single moment is in or out', () => {
    expect(shareWithin({ fromMs: 0, toMs: 100 }, 50, 200)).toBe(0.5);
    expect(shareWithin({ fromMs: 0, toMs: 100 }, 100, 200)).toBe(0);
    expect(shareWithin({ fromMs: 0, toMs: 100 }, -10, 200)).toBe(1);
    expect(shareWithin({ fromMs: 70, toMs: 70 }, 0, 70)).toBe(1);
    expect(shareWithin({ fromMs: 70, toMs: 70 }, 70, 140)).toBe(0);
  });
});

describe('10.8 the live token rate', () => {
  test('stretches that follow each other hold together exactly the tokens that have ended', () => {
    const roll = dice(7);
    for (let round = 0; round < 50; round += 1) {
      const { meter, clock } = meterAt();
      clock.nowMs += WINDOW_MS;
      let input = 0;
      let output = 0;
      const batch = Array.from({ length: 1 + roll(20) }, (_, index) => {
        const durationMs = roll(5_000);
        const one = ended(`e${index}`, clock.nowMs - roll(9_000), {
          durationMs,
          inputTokens: roll(10_000),
          outputTokens: roll(2_000),
          ...(roll(3) === 0 ? {} : { ttftMs: roll(durationMs + 1) }),
        });
        input += one.inputTokens ?? 0;
        output += one.outputTokens ?? 0;
        return one;
      });
      // As if the last one had just been heard of: that sets the clock of the gateway.
      meter.ended([...batch, ended('now', clock.nowMs)]);
      const sums = { input: 0, output: 0 };
      for (let fromMs = START_MS; fromMs < clock.nowMs; fromMs += 250) {
        const part = meter.between(fromMs, fromMs + 250);
        sums.input += part.input;
        sums.output += part.output;
      }
      expect(sums.input).toBeCloseTo(input, 6);
      expect(sums.output).toBeCloseTo(output, 6);
    }
  });

  test('read once per window, the rate comes to all tokens that have ended', () => {
    const { meter, clock } = meterAt();
    const roll = dice(3);
    let told = 0;
    let read = 0;
    for (let window = 0; window < 20; window += 1) {
      for (let step = 0; step < 15; step += 1) {
        clock.nowMs += 1_000;
        const tokens = roll(500);
        told += tokens;
        meter.ended([ended(`${window}-${step}`, clock.nowMs, { outputTokens: tokens, inputTokens: 1 })]);
      }
      const rate = meter.rate();
      read += ((rate?.output ?? 0) * WINDOW_MS) / 1_000;
      expect(rate?.input).toBeCloseTo(1, 6);
    }
    expect(read).toBeCloseTo(told, 6);
  });

  test('output is spread from its first token to the end, and what lies before the window is left out', () => {
    const { meter, clock } = meterAt();
    clock.nowMs += 60_000;
    meter.ended([
      ended('long', clock.nowMs, {
        durationMs: 31_000,
        ttftMs: 1_000,
        inputTokens: 900,
        outputTokens: 3_000,
      }),
    ]);
    // Thirty seconds of output at a hundred a second; the input was taken long before.
    expect(meter.rate()).toEqual({ input: 0, output: 100 });
    clock.nowMs += WINDOW_MS / 3;
    expect(meter.rate()?.output).toBeCloseTo((100 * 2) / 3, 6);
    clock.nowMs += WINDOW_MS;
    expect(meter.rate()).toEqual({ input: 0, output: 0 });
  });

  test('nothing is said before something was seen, and a short look is not divided by the whole window', () => {
    const { meter, clock } = meterAt();
    expect(meter.rate()).toBeUndefined();
    clock.nowMs += 5_000;
    meter.ended([ended('one', clock.nowMs, { outputTokens: 500 })]);
    expect(meter.rate()?.output).toBe(100);
  });
});

describe('what is on its way', () => {
  const running = (id: string, bytesOut: number, dialect = 'openai-chat') => {
    return { id, receivedAtMs: START_MS, ttftMs: 0, bytesOut, dialect };
  };

  test('counts nothing while no stream of its format has taught how long a token is', () => {
    const { meter, clock } = meterAt();
    for (let second = 1; second <= 5; second += 1) {
      clock.nowMs += 1_000;
      meter.running(clock.nowMs, [running('a', second * 1_000)]);
    }
    expect(meter.rate()).toEqual({ input: 0, output: 0 });
    expect(meter.bytesPerToken('openai-chat')).toBeUndefined();
  });

  test('counts by its bytes once a stream of the same format has ended; another format stays unknown', () => {
    const { meter, clock } = meterAt();
    for (let second = 1; second <= 10; second += 1) {
      clock.nowMs += 1_000;
      meter.running(clock.nowMs, [running('teacher', second * 2_000)]);
    }
    meter.ended([ended('teacher', clock.nowMs, { durationMs: 10_000, ttftMs: 0, outputTokens: 200 })]);
    expect(meter.bytesPerToken('openai-chat')).toBe(100);
    const beforeMs = clock.nowMs;
    for (let second = 0; second <= 4; second += 1) {
      meter.running(clock.nowMs, [
        running('pupil', second * 5_000),
        running('stranger', second * 5_000, 'gemini'),
      ]);
      clock.nowMs += 1_000;
    }
    expect(meter.between(beforeMs, clock.nowMs).output).toBeCloseTo(200, 6);
  });

  test('at its end the tokens that were told take the place of those that were guessed', () => {
    const { meter, clock } = meterAt();
    meter.running(START_MS, [running('teacher', 1)]);
    clock.nowMs += 4_000;
    meter.running(clock.nowMs, [running('teacher', 4_000)]);
    meter.ended([ended('teacher', clock.nowMs, { durationMs: 4_000, ttftMs: 0, outputTokens: 1_000 })]);
    meter.running(clock.nowMs, [running('pupil', 0)]);
    clock.nowMs += 4_000;
    meter.running(clock.nowMs, [running('pupil', 8_000)]);
    const guessed = meter.between(clock.nowMs - 4_000, clock.nowMs).output;
    expect(guessed).toBeCloseTo(2_000, 0);
    meter.ended([ended('pupil', clock.nowMs, { durationMs: 4_000, ttftMs: 0, outputTokens: 1_600 })]);
    expect(meter.between(clock.nowMs - 4_000, clock.nowMs).output).toBeCloseTo(1_600, 6);
    // A sample that was taken before the end and arrives after it changes nothing.
    meter.running(clock.nowMs, [running('pupil', 9_000)]);
    expect(meter.between(clock.nowMs - 4_000, clock.nowMs).output).toBeCloseTo(1_600, 6);
  });

  test('a gateway whose clock is ahead or behind is measured all the same', () => {
    for (const aheadMs of [-3_600_000, 3_600_000]) {
      const { meter, clock } = meterAt();
      clock.nowMs += WINDOW_MS;
      meter.ended([ended('one', clock.nowMs + aheadMs, { outputTokens: 1_500 })]);
      expect(meter.rate()?.output).toBe(100);
    }
  });

  test('a stream whose tokens are counted is measured from its first output on, without having been watched', () => {
    const { meter, clock } = meterAt();
    clock.nowMs += WINDOW_MS;
    const receivedAtMs = clock.nowMs - 10_000;
    const stream = { id: 's', receivedAtMs, dialect: 'gemini', ttftMs: 2_000, bytesOut: 9_999 };
    meter.running(clock.nowMs, [{ ...stream, outputSoFar: 800 }]);
    expect(meter.between(receivedAtMs, clock.nowMs).output).toBeCloseTo(800, 6);
    expect(meter.between(clock.nowMs - 4_000, clock.nowMs).output).toBeCloseTo(400, 6);
    clock.nowMs += 1_000;
    meter.running(clock.nowMs, [{ ...stream, outputSoFar: 950 }]);
    expect(meter.between(clock.nowMs - 1_000, clock.nowMs).output).toBeCloseTo(150, 6);
  });

  test('what the ledger remembers fills the window at once, and counts once', () => {
    const clock = { nowMs: START_MS };
    const meter = new TokenMeter(() => clock.nowMs, START_MS - WINDOW_MS);
    meter.running(clock.nowMs, []);
    const old = ended('old', clock.nowMs - 9_000, { inputTokens: 300, outputTokens: 150 });
    meter.earlier([old]);
    meter.earlier([old]);
    expect(meter.rate()).toEqual({ input: 20, output: 10 });
  });
});
