import { describe, expect, test } from 'vitest';
import { dialects } from '../index.ts';

const chat = (body: unknown): string | undefined => dialects['openai-chat'].conversation(bytes(body));
const responses = (body: unknown): string | undefined =>
  dialects['openai-responses'].conversation(bytes(body));
const messages = (body: unknown): string | undefined =>
  dialects['anthropic-messages'].conversation(bytes(body));
const gemini = (body: unknown): string | undefined => dialects.gemini.conversation(bytes(body));

function bytes(body: unknown): Buffer {
  return Buffer.from(JSON.stringify(body));
}

const user = (content: unknown) => ({ role: 'user', content });
const assistant = (content: unknown) => ({ role: 'assistant', content });
const text = (said: string, more: object = {}) => ({ type: 'text', text: said, ...more });
const CACHED = { cache_control: { type: 'ephemeral' } };

describe('marks of conversations', () => {
  test('all turns of a conversation have one mark, other conversations have others', () => {
    const system = { role: 'system', content: 'Be brief.' };
    const first = chat({ model: 'm', messages: [system, user('Hello')] });
    expect(first).toMatch(/^prefix-[0-9a-f]{16}$/);
    expect(chat({ messages: [system, user('Hello'), assistant('Hi'), user('More')], tools: [{}] })).toBe(
      first,
    );
    expect(chat({ messages: [system, user('Goodbye')] })).not.toBe(first);
    expect(chat({ messages: [{ ...system, content: 'Be long.' }, user('Hello')] })).not.toBe(first);

    const turn = gemini({
      systemInstruction: { parts: [{ text: 'S' }] },
      contents: [{ role: 'user', parts: [{ text: 'a' }] }],
    });
    const next = {
      contents: [{ parts: [{ text: 'a' }] }, { role: 'model', parts: [] }],
      system_instruction: { parts: [{ text: 'S' }] },
    };
    expect(turn).toBeDefined();
    expect(gemini(next)).toBe(turn);
    expect(gemini({ contents: [{ parts: [{ text: 'a' }] }] })).not.toBe(turn);

    const asked = responses({ instructions: 'I', input: [user([{ type: 'input_text', text: 'a' }])] });
    expect(
      responses({
        instructions: 'I',
        input: [user([{ type: 'input_text', text: 'a' }]), { type: 'reasoning' }],
      }),
    ).toBe(asked);
    expect(responses({ instructions: 'J', input: [user([{ type: 'input_text', text: 'a' }])] })).not.toBe(
      asked,
    );
    expect(responses({ input: 'hello' })).not.toBe(responses({ input: 'bye' }));
  });

  test('an id that the client sent decides, whatever the messages say', () => {
    const key = chat({ messages: [user('a')], prompt_cache_key: 'k1' });
    expect(chat({ messages: [user('b')], prompt_cache_key: 'k1' })).toBe(key);
    expect(chat({ messages: [user('a')], prompt_cache_key: 'k2' })).not.toBe(key);
    expect(responses({ input: 'a', prompt_cache_key: 'k1' })).toBe(key);
    const named = responses({ input: 'a', conversation: 'conv_1' });
    expect(responses({ input: 'b', conversation: { id: 'conv_1' } })).toBe(named);
    expect(named).toMatch(/^conversation-/);
    const cached = gemini({ cachedContent: 'cachedContents/1', contents: [] });
    expect(gemini({ cached_content: 'cachedContents/1', contents: [{ parts: [{ text: 'x' }] }] })).toBe(
      cached,
    );
  });

  test('a request that continues an answer by its id alone has no mark', () => {
    expect(responses({ input: 'more', previous_response_id: 'resp_1' })).toBeUndefined();
    expect(responses({ input: 'more', previous_response_id: null })).toBeDefined();
    expect(responses({ input: 'more', previous_response_id: 'resp_1', prompt_cache_key: 'k' })).toMatch(
      /^key-/,
    );
  });

  test("the session in Claude Code's user id decides, in both of its forms", () => {
    const session = '7a0c2b34-1111-4222-8333-444455556666';
    const old = { user_id: `user_abc_account_def_session_${session}` };
    const now = { user_id: JSON.stringify({ device_id: 'd', account_uuid: '', session_id: session }) };
    const mark = messages({ messages: [user('a')], metadata: old });
    expect(mark).toMatch(/^session-/);
    expect(messages({ messages: [user('b')], system: 'other', metadata: now })).toBe(mark);
    expect(
      messages({ messages: [user('a')], metadata: { user_id: old.user_id.replace('7a0c', '7a0d') } }),
    ).not.toBe(mark);
  });

  test('a user id without a session tells people apart, not their conversations together', () => {
    const mark = (id: string, said: string) =>
      messages({ messages: [user(said)], metadata: { user_id: id } });
    expect(mark('ann', 'a')).toBe(mark('ann', 'a'));
    expect(mark('ann', 'a')).not.toBe(mark('ann', 'b'));
    expect(mark('ann', 'a')).not.toBe(mark('bob', 'a'));
    expect(messages({ messages: [], metadata: { user_id: 'ann' } })).toBeUndefined();
  });

  test("Claude Code's billing line, the marks of the cache and the form of a text make no difference", () => {
    const billed = (nonce: string, rest: object = {}) => [
      text(`x-anthropic-billing-header: cc_version=2; cch=${nonce};`),
      text('You are an agent.', rest),
    ];
    const image = { type: 'image', source: { type: 'url', url: 'https://example.com' } };
    const first = messages({
      system: billed('1', CACHED),
      messages: [user([text('Hello'), { ...image, ...CACHED }])],
    });
    const later = [user([text('Hello', CACHED), image]), assistant('Hi'), user([text('More', CACHED)])];
    expect(messages({ system: billed('2'), messages: later })).toBe(first);
    const bare = { system: [text('You are an agent.')], messages: [user([text('Hello'), image])] };
    expect(messages(bare)).toBe(first);
    for (const marked of [
      { ...CACHED, ...image },
      { type: 'image', ...CACHED, source: image.source },
    ])
      expect(messages({ ...bare, messages: [user([text('Hello'), marked])] })).toBe(first);
    expect(messages({ ...bare, messages: [user([text('Hello')])] })).not.toBe(first);
    expect(messages({ system: 'You are an agent.', messages: [user('Hello')] })).toBe(
      messages({ system: billed('3'), messages: [user([text('Hello', CACHED)])] }),
    );
  });

  test('long texts are told apart by their beginnings, ends and lengths', () => {
    const long = 'x'.repeat(100_000);
    const mark = messages({ messages: [user(`${long}.`)] });
    expect(messages({ messages: [user(`${long}!`)] })).not.toBe(mark);
    expect(messages({ messages: [user(`${long}x.`)] })).not.toBe(mark);
    expect(messages({ messages: [user(`y${long.slice(1)}.`)] })).not.toBe(mark);
    expect(messages({ messages: [user(`${long}.`), assistant('ok')] })).toBe(mark);
  });

  test('a request that tells nothing has no mark, and nothing makes it throw', () => {
    for (const mark of [chat, responses, messages, gemini])
      for (const body of [
        {},
        { messages: [] },
        { messages: null, input: 3, contents: {} },
        { messages: [3, 'a', null, []], input: [3], contents: [[]] },
      ])
        expect(mark(body) ?? '').toMatch(/^(?:prefix-[0-9a-f]{16})?$/);
    for (const dialect of Object.values(dialects)) {
      expect(dialect.conversation(Buffer.from('{"messages":['))).toBeUndefined();
      expect(dialect.conversation(Buffer.from('[]'))).toBeUndefined();
    }
  });
});
