import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dialects } from '../dialects/index.ts';
import type { DialectId } from '../model/dialect-id.ts';
import type { Usage } from '../model/usage.ts';
import { firstChange } from './change.ts';
import { findingOf, findingText, isLoss, type Turn } from './finding.ts';
import { type Prompt, pieceMark, readPrompt } from './prompt.ts';

function promptOf(body: object, dialect: DialectId = 'anthropic-messages'): Prompt {
  const prompt = readPrompt(Buffer.from(JSON.stringify(body)), dialects[dialect].promptMembers);
  if (prompt === undefined) throw new Error('no prompt');
  return prompt;
}

const user = (content: unknown) => ({ role: 'user', content });
const assistant = (content: unknown) => ({ role: 'assistant', content });

function usage(cacheRead: number, written = 0): Usage {
  return {
    input: { uncached: 10, cacheRead, cacheWrite5m: written, cacheWrite1h: 0, cacheWriteOther: 0, audio: 0 },
    output: { text: 5, reasoning: 0, audio: 0 },
    clamped: false,
  };
}

function turn(read: number, written: number, other: Partial<Turn> = {}): Turn {
  return { upstreamId: 'a', keyId: 'k1', model: 'm', atMs: 0, usage: usage(read, written), ...other };
}

describe('where a prompt changes', () => {
  const system = [{ type: 'text', text: 'Be brief.' }];
  const before = { model: 'm', messages: [user('Hello'), assistant('Hi')], system, tools: [{ name: 't' }] };

  test('a prompt that goes on where the last one ended has not changed', () => {
    const after = { ...before, messages: [...before.messages, user('More')] };
    expect(firstChange(promptOf(before), promptOf(after))).toBeUndefined();
  });

  test('the first piece that differs is named with its byte, in the order of the prompt', () => {
    const body = (messages: unknown[], more: object = {}) => ({ ...before, messages, ...more });
    const change = (after: object) => firstChange(promptOf(before), promptOf(after));
    const edited = body([user('Hello'), assistant('Ho'), user('More')]);
    const text = JSON.stringify(edited);
    expect(change(edited)).toEqual({
      kind: 'turn',
      piece: 'messages[1]',
      byte: text.indexOf('"Ho"') + 2,
    });
    expect(change(body([user('Other'), assistant('Ho')], { tools: [] }))).toMatchObject({ kind: 'tools' });
    expect(change(body([user('Other')], { system: 'Be long.' }))).toMatchObject({
      kind: 'instructions',
      piece: 'system',
    });
    expect(change(body([user('Hello')]))).toMatchObject({ kind: 'removed', piece: 'messages[1]' });
    expect(
      change(body(before.messages, { thinking: { type: 'enabled', budget_tokens: 1024 } })),
    ).toMatchObject({
      kind: 'setting',
      piece: 'thinking',
    });
  });

  test('marks of the cache may move, and the billing line of Claude Code is another one each time', () => {
    const cached = { cache_control: { type: 'ephemeral' } };
    const text = (said: string, more: object = {}) => ({ type: 'text', text: said, ...more });
    const billed = (nonce: string) => [text(`x-anthropic-billing-header: cch=${nonce};`), text('Agent.')];
    const first = { system: billed('1'), messages: [user([text('Hello', cached)])] };
    const second = {
      system: billed('2'),
      messages: [user([text('Hello')]), assistant('Hi'), user([text('a', cached)])],
    };
    expect(firstChange(promptOf(first), promptOf(second))).toBeUndefined();
    const [was] = promptOf(first).turns;
    const [is] = promptOf(second).turns;
    if (was === undefined || is === undefined) throw new Error('no turns');
    expect(pieceMark(promptOf(first), was)).toBe(pieceMark(promptOf(second), is));
  });

  test.each([
    [
      'openai-chat',
      { messages: [user('a'), user('b')] },
      { messages: [user('a'), user('c')] },
      'messages[1]',
    ],
    [
      'openai-responses',
      { input: [user('a')], instructions: 'x' },
      { input: [user('a')], instructions: 'y' },
      'instructions',
    ],
    ['openai-responses', { input: 'abc' }, { input: 'abd' }, 'input'],
    [
      'gemini',
      { contents: [{ parts: [{ text: 'a' }] }], system_instruction: { parts: [] } },
      { contents: [{ parts: [{ text: 'b' }] }], system_instruction: { parts: [] } },
      'contents[0]',
    ],
  ] as const)('the pieces of %s are known by their own names', (dialect, was, is, piece) => {
    expect(firstChange(promptOf(was, dialect), promptOf(is, dialect))?.piece).toBe(piece);
  });

  test('whatever turn is changed, it is that turn that is named, and a longer conversation has not changed', () => {
    const said = fc.string({ minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(said, { minLength: 1, maxLength: 12 }), fc.nat(), said, (texts, at, other) => {
        const index = at % texts.length;
        const changed = texts.map((text, place) => (place === index ? `${text}${other}` : text));
        const whole = promptOf({ messages: [...changed, 'more'].map(user) });
        expect(firstChange(promptOf({ messages: texts.map(user) }), whole)?.piece).toBe(`messages[${index}]`);
        expect(firstChange(promptOf({ messages: changed.map(user) }), whole)).toBeUndefined();
      }),
    );
  });

  test('nothing that is no prompt is read as one, and nothing throws', () => {
    const members = dialects['openai-chat'].promptMembers;
    for (const body of ['', '[]', '{}', '{"messages":3}', '{"messages":[', '{"messages":null}'])
      expect(readPrompt(Buffer.from(body), members)).toBeUndefined();
    fc.assert(
      fc.property(fc.json(), (text) => {
        readPrompt(Buffer.from(`{"messages":${text},"tools":${text}}`), members);
      }),
    );
  });
});

describe('what a lost cache is put down to', () => {
  test('it is a loss when less than half of what the last request left in the cache is read', () => {
    expect(isLoss(turn(0, 8_000), turn(7_900, 100))).toBe(false);
    expect(isLoss(turn(0, 8_000), turn(3_000, 5_000))).toBe(true);
    expect(isLoss(turn(8_000, 500), turn(0, 9_000))).toBe(true);
    expect(isLoss(turn(0, 900), turn(0, 900))).toBe(false);
    expect(isLoss(turn(0, 0), turn(0, 0))).toBe(false);
  });

  test('another upstream, model or key explains it before any change of the prompt', () => {
    const change = () => ({ kind: 'turn', piece: 'messages[3]', byte: 1_822 }) as const;
    const words = (now: Partial<Turn>, changed: Parameters<typeof findingOf>[2] = change) =>
      findingText(findingOf(turn(0, 9_000), turn(0, 9_000, now), changed));
    expect(words({ upstreamId: 'b', keyId: 'k2' })).toBe(
      'upstream: upstream changed: a, now b (9000 tokens)',
    );
    expect(words({ model: 'n' })).toBe('model: model changed: m, now n (9000 tokens)');
    expect(words({ keyId: 'k2' })).toBe('key: key changed: k1, now k2 (9000 tokens)');
    expect(words({})).toBe('turn: messages[3] changed at byte 1822 (9000 tokens)');
    expect(words({ atMs: 400_000 }, () => undefined)).toBe('expired: silent for 7 min (9000 tokens)');
    expect(words({ atMs: 1_000 }, () => undefined)).toBe(
      'unexplained: the prompt begins as before (9000 tokens)',
    );
  });
});
