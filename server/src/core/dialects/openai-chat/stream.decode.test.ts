import { describe, expect, test } from 'vitest';
import type { Part } from '../../model/content.ts';
import type { StreamEvent } from '../../model/event.ts';
import { checkGrammar } from '../../model/grammar.ts';
import { decodeResponse } from './response.decode.ts';
import { decodeStream } from './stream.decode.ts';

const FACTS = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_700_000_000, model: 'm' };

/** The events of a stream of deltas of choice 0; strings are sent as they are. */
function events(...sent: readonly (object | string)[]): StreamEvent[] {
  const got: StreamEvent[] = [];
  const decoder = decodeStream(checkGrammar((event) => got.push(event)));
  for (const one of sent) {
    const isChunk = typeof one === 'object' && ('choices' in one || 'error' in one);
    const chunk = isChunk ? one : { ...FACTS, choices: [{ index: 0, delta: one, finish_reason: null }] };
    decoder.event('', typeof one === 'string' ? one : JSON.stringify(chunk));
  }
  decoder.end();
  return got;
}

function finish(word: string | null, more: object = {}): object {
  return { ...FACTS, choices: [{ index: 0, delta: {}, finish_reason: word }], ...more };
}

function parts(got: readonly StreamEvent[]): Part[] {
  return got.flatMap((event) => (event.type === 'close' ? [event.part] : []));
}

function last(got: readonly StreamEvent[]): StreamEvent | undefined {
  return got.at(-1);
}

function call(
  index: number | undefined,
  id: string | undefined,
  name: string | undefined,
  text?: unknown,
): object {
  return { tool_calls: [{ index, id, type: 'function', function: { name, arguments: text } }] };
}

const calls = (got: readonly StreamEvent[]): string[] =>
  parts(got).map((part) =>
    part.type === 'tool-call' ? `${part.id} ${part.name} ${part.arguments}` : part.type,
  );

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

describe('tool calls in a stream of openai-chat', () => {
  const end = finish('tool_calls');

  test('G18 counts calls from the first one, whatever the upstream calls its index', () => {
    expect(
      calls(events({ content: 'x' }, call(1, 'a', 'f', ''), call(1, undefined, undefined, '{}'), end)),
    ).toEqual(['text', 'a f {}']);
  });

  test('G19 calls of one index with ids of their own are two calls', () => {
    expect(calls(events(call(0, 'a', 'f', '{"x":1}'), call(0, 'b', 'f', '{"x":2}'), end))).toEqual([
      'a f {"x":1}',
      'b f {"x":2}',
    ]);
  });

  test('G20 reads fragments without index by their id, and without both as going on', () => {
    const got = events(
      call(undefined, 'a', 'f', '{"x"'),
      call(undefined, 'a', '', ':1}'),
      call(undefined, 'b', 'g', '{'),
      call(undefined, undefined, undefined, '}'),
      end,
    );
    expect(calls(got)).toEqual(['a f {"x":1}', 'b g {}']);
  });

  test('G20 gives calls without an id one of their own', () => {
    const got = calls(events(call(0, '', 'f', '{}'), call(0, '', 'f', '{"x":1}'), end));
    expect(got).toHaveLength(2);
    expect(got[0]).toMatch(/^call_[0-9a-f]{16} f \{\}$/);
    expect(new Set(got.map((one) => one.split(' ')[0])).size).toBe(2);
  });

  test('G20 an id that is repeated for another index stands for one call only', () => {
    const got = calls(events(call(0, 'a', 'f', '{}'), call(1, 'a', 'f', '{}'), end));
    expect(new Set(got.map((one) => one.split(' ')[0])).size).toBe(2);
  });

  test('G21 an empty name does not replace the name, and arguments may be an object', () => {
    expect(calls(events(call(0, 'a', 'f', ''), call(0, undefined, '', '{"q":1}'), end))).toEqual([
      'a f {"q":1}',
    ]);
    expect(calls(events(call(0, 'a', 'f', { q: 1 }), end))).toEqual(['a f {"q":1}']);
  });

  test('G22 takes a whole call in one delta, and two of them in one', () => {
    const both = {
      tool_calls: [
        { index: 0, id: 'a', function: { name: 'f', arguments: '{"x":1}' } },
        { index: 1, id: 'b', function: { name: 'g', arguments: '{}' } },
      ],
    };
    expect(calls(events(both, end))).toEqual(['a f {"x":1}', 'b g {}']);
  });

  test('G45 calls without arguments have an empty object', () => {
    expect(calls(events(call(0, 'a', 'f', ''), end))).toEqual(['a f {}']);
  });

  test('holds a second call back until the first is complete', () => {
    const got = events(
      call(0, 'a', 'f', '{"x"'),
      call(1, 'b', 'g', '{"y"'),
      call(0, undefined, undefined, ':1}'),
      call(1, undefined, undefined, ':2}'),
      end,
    );
    expect(calls(got)).toEqual(['a f {"x":1}', 'b g {"y":2}']);
  });

  test('holds text back that comes in the middle of a call', () => {
    const got = events(
      call(0, 'a', 'f', '{"x"'),
      { content: 'so' },
      call(0, undefined, undefined, ':1}'),
      end,
    );
    expect(calls(got)).toEqual(['a f {"x":1}', 'text']);
  });

  test.each(['stop', '', 'eos', 'tool_calls'])('reason %j with calls means that tools are called', (word) => {
    const got = events(call(0, 'a', 'f', '{}'), finish(word), '[DONE]');
    expect(got.find(({ type }) => type === 'stop')).toMatchObject({ stop: { reason: 'tool-calls' } });
  });

  test('reads the legacy function_call as a call', () => {
    const got = events(
      { function_call: { name: 'f', arguments: '' } },
      { function_call: { arguments: '{"a":1}' } },
      finish('function_call'),
    );
    expect(calls(got)[0]).toMatch(/ f \{"a":1\}$/);
  });

  test('reads custom calls and their input', () => {
    const got = events(
      { tool_calls: [{ index: 0, id: 'a', type: 'custom', custom: { name: 'patch', input: '' } }] },
      { tool_calls: [{ index: 0, custom: { input: 'x{' } }] },
      end,
    );
    expect(parts(got)).toEqual([
      { type: 'tool-call', id: 'a', kind: 'custom', name: 'patch', arguments: 'x{' },
    ]);
  });

  test('reads thought signatures of calls', () => {
    const extra_content = { google: { thought_signature: 'sig' } };
    const got = events(
      { tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{}' }, extra_content }] },
      end,
    );
    expect(parts(got)[0]?.token).toEqual({ vendor: 'gemini', kind: 'thought', value: 'sig' });
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
