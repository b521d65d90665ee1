// Recorded streams of this format, OpenAI's and those of other servers, read into events and folded into answers.

import { describe, expect, test } from 'vitest';
import { codec } from '../../src/core/dialects/openai-responses/codec.ts';
import type { Part } from '../../src/core/model/content.ts';
import type { StreamEvent } from '../../src/core/model/event.ts';
import { createFold } from '../../src/core/model/fold.ts';
import { checkGrammar } from '../../src/core/model/grammar.ts';
import { isObject } from '../../src/core/model/json.ts';
import type { ChatResponse } from '../../src/core/model/response.ts';
import { sseEvents } from '../kit/sse-events.ts';
import { type Recorded, recordedAnswers } from './recorded.ts';

const streams = recordedAnswers().filter(
  ({ dialect, kind, status }) => dialect === 'openai-responses' && kind === 'stream' && status === 200,
);

function read({ body }: Recorded): { events: StreamEvent[]; folded: unknown } {
  const events: StreamEvent[] = [];
  let folded: unknown;
  const fold = createFold('openai-responses', (answer) => {
    folded = answer;
  });
  const decoder = codec.decodeStream(
    checkGrammar((event) => {
      events.push(event);
      fold(event);
    }),
  );
  for (const [name, data] of sseEvents(body.toString('utf8'))) decoder.event(name, data);
  decoder.end();
  return { events, folded };
}

/** The response of the terminal event. */
function terminal({ body }: Recorded): Record<string, unknown> | undefined {
  for (const [, data] of sseEvents(body.toString('utf8'))) {
    const event: unknown = JSON.parse(data);
    if (!isObject(event) || !isObject(event['response'])) continue;
    if (/\.(completed|incomplete)$/.test(String(event['type']))) return { ...event['response'] };
  }
  return undefined;
}

/** Some servers change ids with every event; OpenAI rounds log-probabilities at the end and encrypts anew. */
const VARYING = ['itemId', 'id', 'logprob', 'value', 'raw'];

function lasting(parts: readonly Part[]): unknown {
  return JSON.parse(
    JSON.stringify(parts, (member, value: unknown) => (VARYING.includes(member) ? undefined : value)),
  );
}

describe('recorded streams (where the shared recordings are)', () => {
  test.skipIf(streams.length === 0)('are events in order that add up to the response they end with', () => {
    let compared = 0;
    for (const stream of streams) {
      const { folded } = read(stream);
      const last = terminal(stream);
      if (last === undefined) continue;
      const whole = codec.decodeResponse(last) as ChatResponse;
      const answer = folded as ChatResponse;
      expect(answer.choices[0]?.stop, stream.name).toEqual(whole.choices[0]?.stop);
      expect(answer.usage, stream.name).toEqual(whole.usage);
      expect(answer.model, stream.name).toEqual(whole.model);
      if (Array.isArray(last['output']) && last['output'].length > 0) {
        expect(lasting(answer.choices[0]?.parts ?? []), stream.name).toEqual(
          lasting(whole.choices[0]?.parts ?? []),
        );
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(5);
  });

  test.skipIf(streams.length === 0)('that were cut off or failed end in an error', () => {
    for (const stream of streams.filter((one) => terminal(one) === undefined))
      expect(read(stream).events.at(-1)?.type, stream.name).toBe('error');
  });
});
