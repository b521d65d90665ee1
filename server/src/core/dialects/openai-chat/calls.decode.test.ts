import { describe, expect, test } from 'vitest';
import { call, calls, events, finish, parts } from '../../../../test/kit/chat-deltas.ts';

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
