// One answer has one bill (features 9.3, 9.9): whole or streamed, large or small, and whoever tells what beside its usage.

import { describe, expect, test } from 'vitest';
import { usageOfAnswer, usageOfStream } from '../kit/billing.ts';

const counts = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };
const chunk = (more: object): object => ({ id: 'c', object: 'chat.completion.chunk', model: 'm', ...more });
const said = { choices: [{ index: 0, delta: { content: 'a' }, finish_reason: null }] };
const stops = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
const many = Array.from({ length: 40 }, () => chunk(said));

describe('9.8 the service tier of a chat', () => {
  const whole = usageOfAnswer('openai-chat', {
    choices: [{ index: 0, message: { role: 'assistant', content: 'a' }, finish_reason: 'stop' }],
    usage: counts,
    service_tier: 'flex',
  });

  test('counts where only an earlier chunk of the stream tells it', () => {
    const streamed = usageOfStream('openai-chat', [
      chunk({ ...said, service_tier: 'flex' }),
      ...many,
      chunk(stops),
      chunk({ choices: [], usage: counts }),
    ]);
    expect(streamed.extras).toEqual({ serviceTier: 'flex' });
    expect(streamed).toEqual(whole);
  });

  test('is that of the chunk with the usage, where that has one', () => {
    const streamed = usageOfStream('openai-chat', [
      chunk({ ...said, service_tier: 'auto' }),
      ...many,
      chunk({ ...stops, service_tier: 'priority' }),
      chunk({ choices: [], usage: counts, service_tier: 'flex' }),
    ]);
    expect(streamed).toEqual(whole);
    const ordinary = usageOfStream('openai-chat', [
      chunk({ ...said, service_tier: 'flex' }),
      chunk(stops),
      chunk({ choices: [], usage: counts, service_tier: 'default' }),
    ]);
    expect(ordinary.extras).toBeUndefined();
  });
});

/** More than is read in full. */
const LONG = 'Words of a long answer. '.repeat(20_000);

describe('an answer of half a megabyte', () => {
  test('9.8 has its searches on the bill: Responses', () => {
    const response = (text: string): object => ({
      id: 'r',
      object: 'response',
      status: 'completed',
      model: 'm',
      output: [
        { type: 'web_search_call', status: 'completed', action: { type: 'search', query: 'a' } },
        { type: 'web_search_call', status: 'completed', action: { type: 'open_page', url: 'b' } },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] },
      ],
      usage: { input_tokens: 100, output_tokens: 10, total_tokens: 110 },
    });
    const large = usageOfAnswer('openai-responses', response(LONG));
    expect(large.extras).toEqual({ webSearches: 1 });
    expect(large).toEqual(usageOfAnswer('openai-responses', response('Short.')));
    expect(
      usageOfStream('openai-responses', [{ type: 'response.completed', response: response(LONG) }]),
    ).toEqual(large);
  });

  test('9.8 has its searches on the bill: Gemini', () => {
    const answer = (text: string): object => ({
      candidates: [
        {
          content: { role: 'model', parts: [{ text }] },
          finishReason: 'STOP',
          groundingMetadata: { webSearchQueries: ['a', 'b'] },
        },
      ],
      usageMetadata: { promptTokenCount: 100, candidatesTokenCount: 10, totalTokenCount: 110 },
    });
    const large = usageOfAnswer('gemini', answer(LONG));
    expect(large.extras).toEqual({ webSearches: 2 });
    expect(usageOfStream('gemini', [answer(LONG)])).toEqual(large);
  });

  test('is not searched for them in what the model says', () => {
    const text = `${LONG} {"type":"web_search_call","action":{"type":"search"}}`;
    const usage = usageOfAnswer('openai-responses', {
      id: 'r',
      status: 'completed',
      output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] }],
      usage: { input_tokens: 100, output_tokens: 10, total_tokens: 110 },
    });
    expect(usage.extras).toBeUndefined();
  });
});
