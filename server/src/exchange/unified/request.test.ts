import { describe, expect, test } from 'vitest';
import { issueTree } from './issues.ts';
import { readUnified, type UnifiedRequest } from './request.ts';

const PROVIDERS = ['main', 'openai'];
const messages = [{ role: 'user', content: 'Hello' }];

function read(body: object, streamAsked = false): UnifiedRequest {
  const reading = readUnified(body, streamAsked, PROVIDERS);
  if (!reading.ok) throw new Error(JSON.stringify(reading.issues));
  return reading.request;
}

function wrong(body: unknown): unknown {
  const reading = readUnified(body, false, PROVIDERS);
  if (reading.ok) throw new Error('nothing is wrong');
  return issueTree(reading.issues);
}

describe('a unified request', () => {
  test('becomes a chat request, with everything that is not known here in it', () => {
    const more = { temperature: 0.2, max_tokens: 50, tools: [{ type: 'function' }], seed: 7 };
    expect(read({ provider: 'openai', model: 'm', messages, ...more })).toEqual({
      provider: 'openai',
      stream: false,
      chat: { model: 'm', messages, stream: false, ...more },
    });
  });

  test('names no provider where it need not', () => {
    expect(read({ model: 'm', messages }).provider).toBeUndefined();
    expect(read({ provider: null, model: 'm', messages }).provider).toBeUndefined();
  });

  test.each([
    [true, true, false],
    [true, false, true],
    [true, undefined, true],
    [false, null, false],
    [false, false, false],
  ])('is a stream: %s, where the body says %s and the query %s', (expected, stream, asked) => {
    const request = read({ model: 'm', messages, stream }, asked);
    expect([request.stream, request.chat['stream']]).toEqual([expected, expected]);
  });

  test('may have content in parts, and none in a message that calls tools', () => {
    const turns = [
      { role: 'user', content: [{ type: 'text', text: 'Look' }] },
      { role: 'assistant', content: null, tool_calls: [{ id: 'c', type: 'function' }] },
      { role: 'tool', tool_call_id: 'c', content: 'seen' },
    ];
    expect(read({ model: 'm', messages: turns }).chat['messages']).toEqual(turns);
  });

  test('keeps to itself that it wants no tools of MCP servers', () => {
    expect(read({ model: 'm', messages, useMcpTools: false }).chat).not.toHaveProperty('useMcpTools');
  });
});

describe('what is wrong with a unified request', () => {
  const at = (...path: (string | number)[]): ((message: string) => unknown) => {
    return (message) =>
      path.reduceRight<unknown>((below, step) => ({ _errors: [], [step]: below }), { _errors: [message] });
  };

  test.each<[string, unknown, unknown]>([
    ['a list', [], { _errors: ['Expected object, received array'] }],
    ['null', null, { _errors: ['Expected object, received null'] }],
    ['no model', { messages }, at('model')('Required')],
    ['an empty model', { model: '', messages }, at('model')('String must contain at least 1 character(s)')],
    ['a model of a number', { model: 7, messages }, at('model')('Expected string, received number')],
    ['no messages', { model: 'm' }, at('messages')('Required')],
    [
      'an empty list of messages',
      { model: 'm', messages: [] },
      at('messages')('Array must contain at least 1 element(s)'),
    ],
    [
      'a message of text',
      { model: 'm', messages: ['Hello'] },
      at('messages', 0)('Expected object, received string'),
    ],
    [
      'a message without a role',
      { model: 'm', messages: [{ content: 'x' }] },
      at('messages', 0, 'role')('Required'),
    ],
    [
      'a role that nobody has',
      { model: 'm', messages: [...messages, { role: 'robot', content: 'x' }] },
      at(
        'messages',
        1,
        'role',
      )(
        "Invalid enum value. Expected 'system' | 'developer' | 'user' | 'assistant' | 'tool' | 'function', received 'robot'",
      ),
    ],
    [
      'a user who says nothing',
      { model: 'm', messages: [{ role: 'user', content: null }] },
      at('messages', 0, 'content')('Expected string or array, received null'),
    ],
    [
      'a part without a type',
      { model: 'm', messages: [{ role: 'user', content: [{ text: 'x' }] }] },
      at('messages', 0, 'content', 0, 'type')('Required'),
    ],
    [
      'a provider that nobody is',
      { provider: 'acme', model: 'm', messages },
      at('provider')("Invalid enum value. Expected 'main' | 'openai', received 'acme'"),
    ],
    [
      'a stream of text',
      { model: 'm', messages, stream: 'yes' },
      at('stream')('Expected boolean, received string'),
    ],
    [
      'a temperature of text',
      { model: 'm', messages, temperature: 'hot' },
      at('temperature')('Expected number, received string'),
    ],
    [
      'half a token',
      { model: 'm', messages, max_tokens: 0.5 },
      at('max_tokens')('Number must be an integer greater than 0'),
    ],
    [
      'tools that are not offered',
      { model: 'm', messages, useMcpTools: true },
      at('useMcpTools')(
        'Tools of MCP servers are not offered: send `tools`, and run the calls of the answer',
      ),
    ],
  ])('is told at its place: %s', (_, body, tree) => {
    expect(wrong(body)).toEqual(tree);
  });

  test('is told all at once, and not without end', () => {
    expect(wrong({ model: 1, stream: 1, messages: [{ role: 'user' }] })).toMatchObject({
      model: { _errors: ['Expected string, received number'] },
      stream: { _errors: ['Expected boolean, received number'] },
      messages: { 0: { content: { _errors: ['Required'] } } },
    });
    const many = JSON.stringify(wrong({ model: 'm', messages: Array.from({ length: 10_000 }, () => 7) }));
    expect(many.match(/received number/g)).toHaveLength(50);
  });
});
