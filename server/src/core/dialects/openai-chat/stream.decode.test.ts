import { describe, expect, test } from 'vitest';
import { events, FACTS, finish, last, parts } from '../../../../test/kit/chat-deltas.ts';
import type { StreamEvent } from '../../model/event.ts';
import { decodeResponse } from './response.decode.ts';
import { decodeStream } from './stream.decode.ts';

describe('decodeStream of openai-chat', () => {
  test('reads text, its stop and the usage of the extra chunk, up to [DONE]', () => {
    const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
    const got = events(
      { role: 'assistant', content: '' },
      { content: 'Hel' },
      { content: 'lo' },
      finish('stop'),
      { ...FACTS, choices: [], usage },
      '[DONE]',
    );
    expect(got.map(({ type }) => type)).toEqual([
      'start',
      'open',
      'delta',
      'delta',
      'close',
      'stop',
      'usage',
      'end',
    ]);
    expect(got[0]).toMatchObject({ id: 'chatcmpl-1', model: 'm', createdAt: 1_700_000_000 });
    expect(parts(got)).toEqual([{ type: 'text', text: 'Hello' }]);
  });

  test('G5 takes a chunk without choices and usage for a sign of life', () => {
    const got = events(
      { content: 'a' },
      { ...FACTS, choices: [] },
      { content: 'b' },
      finish('stop'),
      '[DONE]',
    );
    expect(got.filter(({ type }) => type === 'ping')).toHaveLength(1);
    expect(parts(got)).toEqual([{ type: 'text', text: 'ab' }]);
  });

  test('G6 ends a choice that never gave a reason where the upstream says that it is done', () => {
    expect(last(events({ content: 'a' }, '[DONE]'))?.type).toBe('end');
  });

  test('calls an end without reason and without [DONE] an error', () => {
    expect(last(events({ content: 'a' }))).toMatchObject({
      type: 'error',
      error: {
        code: 'upstream_closed',
        message: 'The upstream ended its stream before the answer was complete.',
      },
    });
  });

  test('does without [DONE] after the reason', () => {
    expect(last(events({ content: 'a' }, finish('stop')))?.type).toBe('end');
  });

  test('an empty choice still stops', () => {
    const got = events({ role: 'assistant', content: '' }, finish('stop'), '[DONE]');
    expect(got.map(({ type }) => type)).toEqual(['start', 'stop', 'end']);
  });

  test('G7 reads on after usage in a chunk and believes the last one', () => {
    const usage = (completion_tokens: number) => ({ prompt_tokens: 1, completion_tokens });
    const got = events(
      { ...FACTS, choices: [{ index: 0, delta: { content: 'a' } }], usage: usage(1) },
      { ...FACTS, choices: [{ index: 0, delta: { content: 'b' } }], usage: usage(2) },
      finish('stop', { usage: usage(3) }),
      '[DONE]',
    );
    expect(parts(got)).toEqual([{ type: 'text', text: 'ab' }]);
    expect(got.filter(({ type }) => type === 'usage')).toMatchObject([{ usage: { output: { text: 3 } } }]);
  });

  test('reads usage that stands in the choice', () => {
    const usage = { prompt_tokens: 4, completion_tokens: 1 };
    const got = events({
      ...FACTS,
      choices: [{ index: 0, delta: { content: 'a' }, finish_reason: 'stop', usage }],
    });
    expect(got).toContainEqual(expect.objectContaining({ type: 'usage' }));
  });

  test('G10 ignores a second reason, and hears an error after it', () => {
    const got = events({ content: 'a' }, finish('stop'), finish('stop'), {
      error: { message: 'no', code: 400 },
    });
    expect(got.filter(({ type }) => type === 'stop')).toHaveLength(1);
    expect(last(got)).toMatchObject({ type: 'error', error: { status: 400 } });
  });

  test('hears an error inside of a chunk with choices', () => {
    const got = events(
      { content: 'a' },
      { ...finish(null), error: { code: 429, message: 'slow down' } },
      '[DONE]',
    );
    expect(last(got)).toMatchObject({ type: 'error', error: { code: 'upstream_stream_error', status: 429 } });
  });

  test('hears an event of the name error', () => {
    const got: StreamEvent[] = [];
    const decoder = decodeStream((event) => got.push(event));
    decoder.event('error', '{"error":{"message":"bad call","status_code":400}}');
    decoder.end();
    expect(got).toMatchObject([{ type: 'error', error: { status: 400 } }]);
  });

  test('G14 keeps the first id', () => {
    const got = events({ content: 'a' }, { ...finish('stop'), id: 'other' });
    expect(got.filter(({ type }) => type === 'start')).toMatchObject([{ id: 'chatcmpl-1' }]);
  });

  test('does not begin with the chunk of Azure that has neither id nor choices', () => {
    const got = events(
      { id: '', model: '', choices: [], prompt_filter_results: [] },
      { content: 'a' },
      finish('stop'),
    );
    expect(got[0]).toMatchObject({ type: 'start', id: 'chatcmpl-1' });
  });

  test('several choices have blocks of their own', () => {
    const one = (index: number, content: string) => ({ ...FACTS, choices: [{ index, delta: { content } }] });
    const end = (index: number) => ({ ...FACTS, choices: [{ index, delta: {}, finish_reason: 'stop' }] });
    const got = events(one(0, 'a'), one(1, 'x'), one(0, 'b'), one(1, 'y'), end(1), end(0), '[DONE]');
    expect(parts(got)).toEqual([
      { type: 'text', text: 'xy' },
      { type: 'text', text: 'ab' },
    ]);
  });

  test('keeps log-probabilities with their text', () => {
    const logprobs = { content: [{ token: 'a', logprob: -1, bytes: null, top_logprobs: [] }] };
    const got = events(
      { ...FACTS, choices: [{ index: 0, delta: { content: 'a' }, logprobs }] },
      finish('stop'),
    );
    expect(parts(got)).toEqual([
      { type: 'text', text: 'a', logprobs: [{ token: 'a', logprob: -1, top: [] }] },
    ]);
  });

  test('annotations are citations, counted from the start of their own part', () => {
    const annotation = (start: number, end: number) => ({
      type: 'url_citation',
      url_citation: { url: 'https://a.example', title: 'A', start_index: start, end_index: end },
    });
    const got = events(
      { content: 'one' },
      { reasoning_content: 'hm' },
      { content: 'two' },
      { content: '', annotations: [annotation(3, 6)] },
      finish('stop'),
    );
    expect(parts(got)[2]).toMatchObject({ text: 'two', citations: [{ start: 0, end: 3, title: 'A' }] });
  });

  test('annotations beside calls stay with the text that they are about', () => {
    const annotation = {
      type: 'url_citation',
      url_citation: { url: 'https://a.example', title: 'A', start_index: 0, end_index: 3 },
    };
    const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } };
    const message = { role: 'assistant', content: 'one', annotations: [annotation], tool_calls: [call] };
    const whole = decodeResponse({
      ...FACTS,
      choices: [{ index: 0, message, finish_reason: 'tool_calls' }],
    });
    expect('choices' in whole && whole.choices[0]?.parts).toMatchObject([
      { type: 'text', text: 'one', citations: [{ start: 0, end: 3, url: 'https://a.example' }] },
      { type: 'tool-call', id: 'c1' },
    ]);
    expect(parts(events(message, finish('tool_calls')))).toHaveLength(2);
  });

  test('audio comes whole, as a part of this format', () => {
    const got = events(
      { audio: { id: 'a1', data: 'AAAA', transcript: 'hel' } },
      { audio: { data: 'BBBB', transcript: 'lo' } },
      { audio: { expires_at: 9 } },
      finish('stop'),
    );
    const audio = { id: 'a1', data: 'AAAABBBB', transcript: 'hello', expires_at: 9 };
    expect(parts(got)).toEqual([{ type: 'vendor', dialect: 'openai-chat', kind: 'audio', raw: { audio } }]);
  });

  test('a refusal is told apart from text, and is the reason', () => {
    const got = events({ refusal: 'I can' }, { refusal: 'not' }, finish('stop'));
    expect(parts(got)).toEqual([{ type: 'refusal', text: 'I cannot' }]);
    expect(got).toContainEqual({ type: 'stop', choice: 0, stop: { reason: 'refusal', native: 'stop' } });
  });
});

describe('reasoning in a stream of openai-chat', () => {
  test.each(['reasoning_content', 'reasoning'])('G24 reads %s', (member) => {
    const got = events(
      { content: '', [member]: 'hm' },
      { content: null, [member]: 'm' },
      { content: 'a' },
      finish('stop'),
    );
    expect(parts(got)).toEqual([
      { type: 'reasoning', form: 'text', sections: ['hmm'] },
      { type: 'text', text: 'a' },
    ]);
  });

  test('G24 reads content that is a list of chunks', () => {
    const thinking = (text: string) => ({ type: 'thinking', thinking: [{ type: 'text', text }] });
    const got = events(
      { content: [thinking('h')] },
      { content: [thinking('m'), { type: 'text', text: 'a' }] },
      { content: 'b' },
      finish('stop'),
    );
    expect(parts(got)).toEqual([
      { type: 'reasoning', form: 'text', sections: ['hm'] },
      { type: 'text', text: 'ab' },
    ]);
  });

  test('puts the pieces of reasoning_details together and keeps their token', () => {
    const piece = (more: object) => ({
      type: 'reasoning.text',
      format: 'anthropic-claude-v1',
      index: 0,
      ...more,
    });
    const got = events(
      { reasoning: 'h', reasoning_details: [piece({ text: 'h' })] },
      { reasoning: 'm', reasoning_details: [piece({ text: 'm' })] },
      { reasoning_details: [piece({ signature: 'sig' })] },
      { content: 'a' },
      finish('stop'),
    );
    const token = { vendor: 'openrouter', kind: 'signature', value: 'sig', itemId: 'anthropic-claude-v1:' };
    expect(parts(got)[0]).toEqual({ type: 'reasoning', form: 'text', sections: ['hm'], token });
  });

  test('takes an item that repeats the whole text with its token for the same reasoning', () => {
    const detail = { type: 'reasoning.text', text: 'hm', signature: 'sluice.1.s.anthropic..sig', index: 0 };
    const got = events(
      { reasoning_content: 'h' },
      { reasoning_content: 'm' },
      { reasoning_details: [detail] },
      finish('stop'),
    );
    const token = { vendor: 'anthropic', kind: 'signature', value: 'sig' };
    expect(parts(got)).toEqual([{ type: 'reasoning', form: 'text', sections: ['hm'], token }]);
  });
});

describe('decodeResponse of openai-chat', () => {
  test('G31 reads a filtered choice without a message', () => {
    expect(
      decodeResponse({ id: 'x', choices: [{ index: 0, finish_reason: 'content_filter' }] }),
    ).toMatchObject({
      choices: [{ parts: [], stop: { reason: 'filtered' } }],
    });
  });

  test('reads a message of all kinds in the order in which a turn is made', () => {
    const message = {
      role: 'assistant',
      content: 'a',
      reasoning_content: 'hm',
      tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
    };
    const read = decodeResponse({ ...FACTS, choices: [{ index: 0, message, finish_reason: 'tool_calls' }] });
    expect('code' in read ? read : read.choices[0]?.parts.map(({ type }) => type)).toEqual([
      'reasoning',
      'text',
      'tool-call',
    ]);
  });

  test.each([[null], [[]], [{}], [{ choices: [] }], [{ error: { message: 'no' } }]])(
    'calls %j an error',
    (wire) => {
      expect(decodeResponse(wire)).toHaveProperty('code');
    },
  );
});
