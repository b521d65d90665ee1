import { describe, expect, test } from 'vitest';
import { FakeKeep } from '../../test/kit/fake-ports.ts';
import type { Part, ReasoningPart, ToolCallPart } from '../core/model/content.ts';
import type { Emit } from '../core/model/event.ts';
import type { Turn } from '../core/model/request.ts';
import type { OpaqueToken } from '../core/model/token.ts';
import { keepReasoning, keepReasoningOf, recallReasoning } from './reasoning-keep.ts';

const token: OpaqueToken = { vendor: 'anthropic', kind: 'signature', value: 'proof' };
const thought: OpaqueToken = { vendor: 'gemini', kind: 'thought', value: 'sign' };
const thinking = (text: string, proof?: OpaqueToken): ReasoningPart => ({
  type: 'reasoning',
  form: 'text',
  sections: text === '' ? [] : [text],
  ...(proof === undefined ? {} : { token: proof }),
});
const call = (id: string, proof?: OpaqueToken): ToolCallPart => ({
  type: 'tool-call',
  id,
  kind: 'function',
  name: 'look',
  arguments: '{}',
  ...(proof === undefined ? {} : { token: proof }),
});
const text: Part = { type: 'text', text: 'Well.' };
const assistant = (...parts: Part[]): Turn => ({ role: 'assistant', parts });
const result = (callId: string): Turn => ({
  role: 'user',
  parts: [{ type: 'tool-result', callId, kind: 'function', content: [] }],
});

/** Says the parts of an answer, block by block. */
function say(see: Emit, parts: readonly (readonly [choice: number, part: Part])[]): void {
  see({ type: 'start', id: 'r', model: 'm' });
  for (const [block, [choice, part]] of parts.entries()) see({ type: 'open', block, choice, part });
  for (const [block, [, part]] of parts.entries()) see({ type: 'close', block, part });
  see({ type: 'end' });
}

/** Keeps an answer of one choice. */
function kept(...parts: Part[]): FakeKeep {
  const keep = new FakeKeep();
  say(
    keepReasoning(keep, 'alice'),
    parts.map((part) => [0, part]),
  );
  return keep;
}

describe('keepReasoning', () => {
  test('gives each call the reasoning since the call before it', async () => {
    const keep = kept(thinking('one', token), text, thinking('two'), call('a'), thinking('three'), call('b'));
    const request = { turns: [assistant(call('a'), call('b')), result('a'), result('b')] };
    expect(await recallReasoning(keep, 'alice', request)).toEqual(
      new Map([
        ['a', { before: [thinking('one', token), thinking('two')] }],
        ['b', { before: [thinking('three')] }],
      ]),
    );
  });

  test('keeps the token of a call, with and without reasoning', async () => {
    const keep = kept(call('a', thought), thinking('', token), call('b', thought), call('c'));
    const recalled = await recallReasoning(keep, 'alice', {
      turns: [assistant(call('a')), result('a'), assistant(call('b'), call('c'))],
    });
    expect(recalled).toEqual(
      new Map([
        ['a', { before: [], token: thought }],
        ['b', { before: [thinking('', token)], token: thought }],
      ]),
    );
  });

  test('keeps nothing for a call without reasoning, with empty reasoning or without an id', () => {
    expect(kept(text, call('a'), thinking(''), call('b'), thinking('x'), call('')).texts.size).toBe(0);
  });

  test('does not mix choices', async () => {
    const keep = new FakeKeep();
    say(keepReasoning(keep, undefined), [
      [0, thinking('first')],
      [1, thinking('second')],
      [1, call('b')],
      [0, call('a')],
    ]);
    const recalled = await recallReasoning(keep, undefined, { turns: [assistant(call('a'), call('b'))] });
    expect(recalled?.get('a')?.before).toEqual([thinking('first')]);
    expect(recalled?.get('b')?.before).toEqual([thinking('second')]);
  });

  test('keeps of an answer that came whole what it keeps of a stream', () => {
    const parts = [thinking('one', token), call('a'), call('b', thought)];
    const keep = new FakeKeep();
    const choice = { index: 0, parts, stop: { reason: 'tool-calls' as const } };
    keepReasoningOf(keep, 'alice', { origin: 'anthropic-messages', id: 'r', model: 'm', choices: [choice] });
    expect(keep.texts).toEqual(kept(...parts).texts);
    expect(keep.texts.size).toBe(2);
  });
});

describe('recallReasoning', () => {
  test('asks nobody when every call has its token or proven reasoning before it', async () => {
    const keep = kept(thinking('one'), call('a'));
    const turns = [
      assistant(thinking('x', token), text),
      assistant(call('a')),
      assistant(call('b')),
      result('a'),
      assistant(call('c', thought), call('d')),
    ];
    expect(await recallReasoning(keep, 'alice', { turns })).toBeUndefined();
    expect(await recallReasoning(keep, 'alice', { turns: [] })).toBeUndefined();
    expect(keep.questions).toEqual([]);
  });

  test('asks once for all bare calls, also behind reasoning without a token and in later turns', async () => {
    const keep = kept(thinking('one'), call('c'));
    const turns = [
      assistant(thinking('x', token), call('a')),
      result('a'),
      assistant(thinking('shown'), call('b')),
      result('b'),
      assistant(call('c')),
    ];
    const recalled = await recallReasoning(keep, 'alice', { turns });
    expect([...(recalled?.keys() ?? [])]).toEqual(['c']);
    expect(keep.questions.map((keys) => keys.length)).toEqual([2]);
  });

  test('finds nothing of another client', async () => {
    const keep = kept(thinking('one'), call('a'));
    expect(await recallReasoning(keep, 'bob', { turns: [assistant(call('a'))] })).toBeUndefined();
    expect(await recallReasoning(keep, undefined, { turns: [assistant(call('a'))] })).toBeUndefined();
  });

  test.each([
    '',
    'not json',
    'null',
    '[]',
    '{}',
    '{"before":[]}',
    '{"before":"x"}',
    '{"before":[{"type":"text","text":"x"}]}',
    '{"before":[{"type":"reasoning","form":"text","sections":[1]}]}',
    '{"before":[{"type":"reasoning","form":"text","sections":"x"}]}',
    '{"before":[{"type":"reasoning","form":"poem","sections":[]}]}',
    '{"before":[],"token":{"vendor":"x","kind":"thought"}}',
    '{"before":[],"token":{"vendor":"x","kind":"other","value":"v"}}',
    '{"before":[],"token":"v"}',
  ])('takes a damaged text for none: %s', async (damaged) => {
    const keep = kept(thinking('one'), call('a'));
    for (const key of keep.texts.keys()) keep.texts.set(key, damaged);
    expect(await recallReasoning(keep, 'alice', { turns: [assistant(call('a'))] })).toBeUndefined();
  });

  test('looks up the newest thousand calls of a very long conversation', async () => {
    const keep = new FakeKeep();
    const calls = Array.from({ length: 1_500 }, (_, at) => assistant(call(`c${at}`)));
    await recallReasoning(keep, 'alice', { turns: calls });
    expect(keep.questions[0]?.length).toBe(1_000);
    expect(keep.questions[0]?.at(-1)).toContain('c1499');
  });
});
