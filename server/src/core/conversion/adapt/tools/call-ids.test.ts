import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  adapted,
  assistant,
  callOf,
  functionTool,
  requestOf,
  resultOf,
  traitsOf,
  user,
} from '../../../../../test/kit/tool-setting.ts';
import type { Part } from '../../../model/content.ts';
import type { ChatRequest, Turn } from '../../../model/request.ts';
import { callIds } from './call-ids.ts';

const any = traitsOf('openai-chat', { toolCallIds: 'any' });
const nine = traitsOf('openai-chat', { toolCallIds: 'nine' });
const lower = (turns: readonly Turn[], traits = any) =>
  adapted([callIds], requestOf({ turns, tools: [functionTool('a')] }), traits);

const idOf = (part: Part) =>
  part.type === 'tool-call' ? part.id : part.type === 'tool-result' ? part.callId : undefined;
const idsOf = ({ turns }: ChatRequest) => turns.map(({ parts }) => parts.map(idOf));

describe('ids of calls in the history', () => {
  test('those that the target takes stay, and so does the request', () => {
    const turns = [
      assistant(callOf('call_1', 'a'), callOf('toolu_2', 'a')),
      user(resultOf('call_1'), resultOf('toolu_2')),
    ];
    const request = requestOf({ turns });
    const outcome = adapted([callIds], request, any);
    expect(outcome.request).toBe(request);
    expect(outcome.raises).toBe(false);
    expect(outcome.losses).toEqual([]);
  });

  test('G57 long and odd ones are replaced on both sides', () => {
    const long = 'x'.repeat(65);
    const { request, losses } = lower([
      assistant(callOf(long, 'a'), callOf('functions.a:0', 'a')),
      user(resultOf('functions.a:0'), resultOf(long)),
    ]);
    const [[first, second], [third, fourth]] = idsOf(request) as [string[], string[]];
    expect(first).toMatch(/^call_[0-9a-f]{16}$/);
    expect(second).toMatch(/^call_[0-9a-f]{16}$/);
    expect([third, fourth]).toEqual([second, first]);
    expect(losses).toEqual([]);
  });

  test('G57 mistral gets nine letters and digits', () => {
    const { request } = lower(
      [assistant(callOf('call_1', 'a'), callOf('abcdefgh9', 'a')), user(resultOf('call_1'))],
      nine,
    );
    const [[first, second], [third]] = idsOf(request) as [string[], string[]];
    expect(first).toMatch(/^[a-z0-9]{9}$/);
    expect(second).toBe('abcdefgh9');
    expect(third).toBe(first);
  });

  test('an id of two rounds becomes two ids, each with its own result', () => {
    const { request } = lower([
      assistant(callOf('call_0', 'a')),
      user(resultOf('call_0')),
      assistant(callOf('call_0', 'a')),
      user(resultOf('call_0')),
    ]);
    const [[first], [second], [third], [fourth]] = idsOf(request) as [[string], [string], [string], [string]];
    expect([first, second]).toEqual(['call_0', 'call_0']);
    expect(third).not.toBe('call_0');
    expect(fourth).toBe(third);
  });

  test('an unanswered call of an earlier round does not get the result of a later one', () => {
    const { request, losses } = lower([
      assistant(callOf('call_0', 'a')),
      user({ type: 'text', text: 'Stop.' }),
      assistant(callOf('call_0', 'a')),
      user(resultOf('call_0')),
    ]);
    const [, , [third], [fourth]] = idsOf(request) as [string[], string[], [string], [string]];
    expect(third).not.toBe('call_0');
    expect(fourth).toBe(third);
    // The first call is one of those that were passed over.
    expect(losses).toMatchObject([{ path: 'input[0]', feature: 'tool-pairing', severity: 'hint' }]);
  });

  test('calls without ids are paired by name and order', () => {
    const { request } = lower([
      assistant(callOf('', 'a'), callOf('', 'b'), callOf('', 'a')),
      user(resultOf('', { name: 'b' }), resultOf('', { name: 'a' }), resultOf('', { name: 'a' })),
    ]);
    const [[first, second, third], results] = idsOf(request) as [string[], string[]];
    expect(new Set([first, second, third]).size).toBe(3);
    expect(results).toEqual([second, first, third]);
  });

  test('a call or result without its other half is sent and told', () => {
    const { request, losses } = lower([
      user(resultOf('lost')),
      assistant(callOf('open', 'a')),
      user({ type: 'text', text: 'Never mind.' }),
      assistant(callOf('last', 'a')),
    ]);
    expect(idsOf(request)).toEqual([['lost'], ['open'], [undefined], ['last']]);
    expect(losses.map(({ path, severity }) => [path, severity])).toEqual([
      ['input[0]', 'hint'],
      ['input[1]', 'hint'],
    ]);
  });

  test('whatever the ids, all calls get legal ids of their own and results keep to their calls', () => {
    const anyId = fc.oneof(
      fc.string({ maxLength: 80 }),
      fc.constantFrom('', 'call_0', 'same', 'a.b', 'x'.repeat(70)),
    );
    const anyRound = fc.array(anyId, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(anyRound, { maxLength: 4 }), fc.constantFrom(any, nine), (rounds, traits) => {
        const turns = rounds.flatMap((ids) => [
          assistant(...ids.map((id) => callOf(id, 'a'))),
          user(...ids.map((id) => resultOf(id, { name: 'a' }))),
        ]);
        const sent = idsOf(lower(turns, traits).request);
        const calls = sent.filter((_, at) => at % 2 === 0);
        expect(sent.filter((_, at) => at % 2 === 1)).toEqual(calls);
        const all = calls.flat();
        expect(new Set(all).size).toBe(all.length);
        for (const id of all) expect(id).toMatch(traits === nine ? /^[A-Za-z0-9]{9}$/ : /^[\w-]{1,64}$/);
      }),
    );
  });
});

describe('ids of calls in an answer', () => {
  test("the provider's own go to the client and come back as they were", () => {
    const call = callOf('call_A', 'a');
    const [answered] = lower([]).answer([call]);
    expect(answered).toBe(call);
    const next = requestOf({
      tools: [functionTool('a')],
      turns: [assistant(call), user(resultOf('call_A'))],
    });
    expect(adapted([callIds], next, any).request).toBe(next);
  });

  test('G57 missing ones are made, different ones for every call and every answer', () => {
    const first = lower([]).answer([callOf('', 'a'), callOf('', 'a')]);
    const later = lower([user({ type: 'text', text: 'And?' })]).answer([callOf('', 'a')]);
    const ids = [...first, ...later].map(idOf);
    for (const id of ids) expect(id).toMatch(/^call_[0-9a-f]{16}$/);
    expect(new Set(ids).size).toBe(3);
    expect(lower([]).answer([callOf('', 'a'), callOf('', 'a')])).toEqual(first);
  });

  test('a repeated one is replaced', () => {
    const [first, second] = lower([])
      .answer([callOf('call_A', 'a'), callOf('call_A', 'a')])
      .map(idOf);
    expect(first).toBe('call_A');
    expect(second).toMatch(/^call_[0-9a-f]{16}$/);
  });
});
