// A thousand requests at once while candidates race and slow ones are hedged: each gets its own answer, whole, of one
// candidate, also through conversions; and what lost the race is let go.

import { describe, expect, test } from 'vitest';
import { DIALECT_IDS } from '../../src/core/model/dialect-id.ts';
import type { DispatchMode } from '../../src/core/routing/policy.ts';
import { ask, until } from '../kit/client.ts';
import type { Turn } from '../kit/fault-upstream.ts';
import { NEVER_RESTS } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { notWhole } from '../kit/strict-reading.ts';
import { wires } from '../kit/wire.ts';

const COUNT = 1_000;

const MODES: readonly (readonly [string, DispatchMode])[] = [
  ['hedged', { type: 'hedged', delayMs: 30, maxParallel: 2, budget: 1 }],
  ['raced', { type: 'race', maxParallel: 3 }],
];

/** Answers in its own time, event by event, so that many answers are on their way at once. */
function speak(turn: Turn, nth: number): void {
  const delayMs = (nth * 37) % 120;
  setTimeout(() => {
    if (turn.closedMs !== undefined) return;
    if (!turn.stream) {
      turn.healthy();
      return;
    }
    turn.head(200, { 'Content-Type': 'text/event-stream' });
    const events = wires[turn.dialect].events(turn.model, turn.text);
    const half = Math.ceil(events.length / 2);
    for (const event of events.slice(0, half)) turn.piece(event);
    setTimeout(() => {
      for (const event of events.slice(half)) turn.piece(event);
      turn.end();
    }, nth % 7);
  }, delayMs);
}

describe.each(MODES)(`${COUNT} requests at once, %s`, (_, dispatch) => {
  test('6.2 get their own answers', async () => {
    let nth = 0;
    const native = await provider((turn) => speak(turn, nth++));
    const chat = await provider((turn) => speak(turn, nth++));
    const messages = await provider((turn) => speak(turn, nth++));
    const gateway = await gatewayWith({
      upstreams: [
        { id: 'native', origin: native.origin },
        { id: 'chat', origin: chat.origin, dialects: ['openai-chat'] },
        { id: 'messages', origin: messages.origin, dialects: ['anthropic-messages'] },
      ],
      conversion: { preferNative: false },
      route: { dispatch },
      health: NEVER_RESTS,
    });
    const wrong: string[] = [];
    await Promise.all(
      Array.from({ length: COUNT }, async (_, index) => {
        const from = DIALECT_IDS[index % 4] ?? 'openai-chat';
        const stream = index % 8 < 5;
        const text = `answer-${index}-${'x'.repeat(index % 50)}`;
        const answer = await ask(gateway.port, wires[from].request('m', stream, `say:${text}`));
        const seen = wires[from].understand(answer.text(), stream);
        const failure = stream
          ? notWhole(from, answer.text(), text)
          : seen.text === text && seen.complete
            ? undefined
            : seen.text;
        if (failure !== undefined) wrong.push(`${index} (${from}, ${answer.status}): ${failure}`);
      }),
    );
    expect(wrong).toEqual([]);
    await until(() => gateway.closed.length === COUNT);
    const tries = gateway.closed.flatMap((row) => row.tries ?? []);
    // It was no contest otherwise.
    expect(tries.filter(({ end }) => end === 'lost').length).toBeGreaterThan(COUNT / 10);
    expect(
      gateway.closed.every((row) => (row.tries ?? []).filter(({ end }) => end === 'answered').length <= 1),
    ).toBe(true);
    expect(gateway.closed.map(({ status }) => status).filter((status) => status !== 200)).toEqual([]);
    const { pool, running, waiting } = gateway.app.memory;
    const inFlight = ['native', 'chat', 'messages'].map((id) => pool.places.at('upstream', id).inFlight);
    await until(() => running.count === 0);
    expect([...inFlight, waiting.size]).toEqual([0, 0, 0, 0]);
  });
});
