// Why answers end, from every format to every other: the table of reasons, and those endings that no table has.

import { describe, expect, test } from 'vitest';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import { answerOf, bodyFor, candidate, chunk, eventsFor, message } from './gotchas-run.ts';
import { DIALECT_IDS } from './matrix-targets.ts';

/** What a client of each format sees as the reason, in the order of DIALECT_IDS. */
function reasonOf(client: DialectId, stream: readonly object[], dialect: DialectId): unknown {
  const body = bodyFor(client, answerOf(dialect, ...stream));
  if ('code' in body && typeof body['code'] === 'string') return `error ${body['code']}`;
  const { choices, stop_reason, candidates, status, incomplete_details } = body as Record<string, unknown>;
  switch (client) {
    case 'openai-chat':
      return (choices as readonly { finish_reason: unknown }[])[0]?.finish_reason;
    case 'openai-responses':
      return status === 'incomplete' ? (incomplete_details as { reason: unknown }).reason : status;
    case 'anthropic-messages':
      return stop_reason;
    case 'gemini':
      return (candidates as readonly { finishReason: unknown }[])[0]?.finishReason;
  }
}

const all = (stream: readonly object[], dialect: DialectId): unknown[] =>
  DIALECT_IDS.map((client) => reasonOf(client, stream, dialect));

const chat = (finish: string | null, delta: object = { content: 'Hi' }): object[] => [
  chunk({ role: 'assistant', ...delta }),
  chunk({}, finish),
];
const text = [
  { type: 'text', text: '' },
  { type: 'text_delta', text: 'Hi' },
] as const;
const use = [
  { type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} },
  { type: 'input_json_delta', partial_json: '{}' },
] as const;
const calls = {
  tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{}' } }],
};
const called = { functionCall: { name: 'weather', args: {} } };
const response = { id: 'resp_1', object: 'response', created_at: 1, model: 'up' };
const item = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text: 'Hi', annotations: [] }],
};
const responses = (type: string, more: object): object[] => [
  { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } },
  { type: 'response.output_item.added', output_index: 0, item: { ...item, content: [] } },
  { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta: 'Hi' },
  { type: 'response.output_item.done', output_index: 0, item },
  { type, response: { ...response, output: [item], ...more } },
];

describe('the table of reasons', () => {
  test.each([
    ['stop', ['stop', 'completed', 'end_turn', 'STOP']],
    ['length', ['length', 'max_output_tokens', 'max_tokens', 'MAX_TOKENS']],
    ['content_filter', ['content_filter', 'content_filter', 'refusal', 'SAFETY']],
    // Words that no documentation has.
    ['eos', ['stop', 'completed', 'end_turn', expect.stringMatching(/STOP|OTHER/)]],
    ['', ['stop', 'completed', 'end_turn', expect.stringMatching(/STOP|OTHER/)]],
  ])('G32 from chat: %s', (finish, expected) => {
    expect(all(chat(finish), 'openai-chat')).toEqual(expected);
  });

  test('a refusal in words is an answer like any other, where there is no word for it', () => {
    expect(all(chat('stop', { refusal: 'I cannot.' }), 'openai-chat')).toEqual([
      'stop',
      'completed',
      'refusal',
      'STOP',
    ]);
  });

  test.each(['tool_calls', 'stop', 'eos', ''])(
    'G29 calls are a reason, also where chat says %j',
    (finish) => {
      const seen = all(chat(finish, { content: null, ...calls }), 'openai-chat');
      expect(seen).toEqual(['tool_calls', 'completed', 'tool_use', 'STOP']);
    },
  );

  test.each([
    ['end_turn', ['stop', 'completed', 'end_turn', 'STOP']],
    ['stop_sequence', ['stop', 'completed', 'stop_sequence', 'STOP']],
    ['max_tokens', ['length', 'max_output_tokens', 'max_tokens', 'MAX_TOKENS']],
    [
      'model_context_window_exceeded',
      ['length', 'max_output_tokens', 'model_context_window_exceeded', 'MAX_TOKENS'],
    ],
    ['refusal', ['content_filter', 'content_filter', 'refusal', 'SAFETY']],
    ['pause_turn', ['stop', 'completed', 'pause_turn', expect.stringMatching(/STOP|OTHER/)]],
  ])('from Messages: %s', (stop, expected) => {
    expect(all(message([text], stop), 'anthropic-messages')).toEqual(expected);
  });

  test('from Messages: tool_use', () => {
    expect(all(message([text, use], 'tool_use'), 'anthropic-messages')).toEqual([
      'tool_calls',
      'completed',
      'tool_use',
      'STOP',
    ]);
  });

  test.each([
    ['response.completed', { status: 'completed' }, ['stop', 'completed', 'end_turn', 'STOP']],
    [
      'response.incomplete',
      { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
      ['length', 'max_output_tokens', 'max_tokens', 'MAX_TOKENS'],
    ],
    [
      'response.incomplete',
      { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
      ['content_filter', 'content_filter', 'refusal', 'SAFETY'],
    ],
  ])('from Responses: %s %j', (type, more, expected) => {
    expect(all(responses(type, more), 'openai-responses')).toEqual(expected);
  });

  test.each([
    ['STOP', ['stop', 'completed', 'end_turn', 'STOP']],
    ['MAX_TOKENS', ['length', 'max_output_tokens', 'max_tokens', 'MAX_TOKENS']],
    ...['SAFETY', 'RECITATION', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII', 'IMAGE_SAFETY', 'MODEL_ARMOR'].map(
      (word) => [word, ['content_filter', 'content_filter', 'refusal', word]] as const,
    ),
  ] as const)('from Gemini: %s', (word, expected) => {
    expect(all([candidate([{ text: 'Hi' }], word)], 'gemini')).toEqual(expected);
  });

  test('G29 from Gemini: STOP of a call means that it is to be run', () => {
    expect(all([candidate([called], 'STOP')], 'gemini')).toEqual([
      'tool_calls',
      'completed',
      'tool_use',
      'STOP',
    ]);
  });
});

describe('endings that are none', () => {
  test.each(['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL', 'TOO_MANY_TOOL_CALLS', 'MALFORMED_RESPONSE'])(
    'G30 %s of nothing is an error and no clean end',
    (word) => {
      for (const client of ['openai-chat', 'openai-responses', 'anthropic-messages'] as const) {
        const events = eventsFor(client, answerOf('gemini', candidate([], word)));
        const last = JSON.stringify(events.at(-1));
        expect(last).toMatch(/error|failed/);
        expect(last).not.toMatch(/end_turn|response\.completed/);
      }
    },
  );

  test.each([
    [
      'no parts',
      [{ candidates: [{ content: { role: 'model' }, finishReason: 'MAX_TOKENS' }] }],
      'max_tokens',
    ],
    ['no members of the content', [{ candidates: [{ content: {}, finishReason: 'SAFETY' }] }], 'refusal'],
    ['no content', [{ candidates: [{ finishReason: 'MODEL_ARMOR' }] }], 'refusal'],
    ['no candidates', [{ promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: {} }], 'refusal'],
  ])('G31 Gemini with %s is an empty answer with its reason', (_, stream, reason) => {
    expect(bodyFor('anthropic-messages', answerOf('gemini', ...stream))).toMatchObject({
      content: [],
      stop_reason: reason,
    });
  });

  test('G31 a choice of Azure without a message is an empty answer that was filtered', () => {
    const filtered = {
      choices: [{ index: 0, finish_reason: 'content_filter' }],
      id: 'c',
      model: 'm',
      created: 1,
    };
    expect(bodyFor('anthropic-messages', answerOf('openai-chat', filtered, '[DONE]'))).toMatchObject({
      content: [],
      stop_reason: 'refusal',
    });
  });
});
