// The codec of the Messages API against values nobody thought of: nothing throws, and no stream breaks the grammar.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codec } from '../../src/core/dialects/anthropic-messages/codec.ts';
import type { StreamEvent } from '../../src/core/model/event.ts';
import { checkGrammar } from '../../src/core/model/grammar.ts';
import { answerEncoding, encodedBody, inOrder, writeStream } from '../kit/messages-answers.ts';

const PATH = { model: undefined, stream: false };

/** JSON that often has members and values of the format, so that readers get past the first look. */
function likely(members: readonly string[], values: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc.letrec((tie) => ({
    value: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...values) },
      { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
      { weight: 3, arbitrary: fc.array(tie('object'), { maxLength: 3 }) },
      { weight: 3, arbitrary: tie('object') },
    ),
    object: fc.dictionary(fc.constantFrom(...members), tie('value'), { maxKeys: 7 }),
  }))['object'] as fc.Arbitrary<unknown>;
}

const MEMBERS = [
  ...[
    'model',
    'messages',
    'system',
    'tools',
    'tool_choice',
    'thinking',
    'output_config',
    'metadata',
    'max_tokens',
  ],
  ...[
    'role',
    'content',
    'type',
    'text',
    'source',
    'data',
    'media_type',
    'id',
    'name',
    'input',
    'tool_use_id',
  ],
  ...[
    'signature',
    'cache_control',
    'citations',
    'input_schema',
    'effort',
    'format',
    'schema',
    'odd',
    '__proto__',
  ],
  ...[
    'message',
    'delta',
    'index',
    'content_block',
    'usage',
    'stop_reason',
    'error',
    'partial_json',
    'input_tokens',
  ],
];
const VALUES = [
  ...[
    'user',
    'assistant',
    'system',
    'text',
    'image',
    'document',
    'tool_use',
    'tool_result',
    'thinking',
    'base64',
  ],
  ...[
    'redacted_thinking',
    'server_tool_use',
    'search_result',
    'ephemeral',
    'tool',
    'auto',
    'json_schema',
    'x',
    '',
  ],
  ...['message_start', 'content_block_start', 'content_block_delta', 'content_block_stop', 'message_delta'],
  ...[
    'message_stop',
    'text_delta',
    'thinking_delta',
    'input_json_delta',
    'error',
    'ping',
    'sluice.1.t.gemini..abc',
  ],
  ...[0, 1, null, true],
];
const wire = likely(MEMBERS, VALUES);

describe('arbitrary JSON', () => {
  test('no request makes the decoder throw, and what it accepts can be written', () => {
    const body = fc.oneof(
      fc.jsonValue(),
      fc.record({ model: fc.constant('m'), messages: fc.array(wire), system: wire, tools: fc.array(wire) }),
      wire,
    );
    fc.assert(
      fc.property(body, (value) => {
        const request = codec.decodeRequest(value, PATH);
        if (!('code' in request)) encodedBody(request);
      }),
      { numRuns: 1500 },
    );
  });

  test('no answer makes the decoder throw, and what it accepts can be written', () => {
    const body = fc.oneof(fc.jsonValue(), fc.record({ content: fc.array(wire), usage: wire }));
    fc.assert(
      fc.property(body, (value) => {
        const answer = codec.decodeResponse(value);
        if (!('code' in answer)) codec.encodeResponse(answer, answerEncoding());
      }),
      { numRuns: 1500 },
    );
  });

  test('no stream makes the decoder throw or break the grammar', () => {
    const event = fc.oneof(fc.jsonValue(), wire);
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), fc.string(), (values, name) => {
        const decoder = codec.decodeStream(checkGrammar(() => undefined));
        for (const value of values) decoder.event(name, JSON.stringify(value));
        decoder.event('', name);
        decoder.end();
      }),
      { numRuns: 2000 },
    );
  });

  test('no order of well-formed events breaks the grammar, and the answer that it adds up to can be written', () => {
    const index = fc.integer({ min: 0, max: 2 });
    const block = fc.constantFrom(
      { type: 'text', text: 'at once' },
      { type: 'text', text: '' },
      { type: 'thinking', thinking: '', signature: '' },
      { type: 'redacted_thinking', data: 'x' },
      { type: 'tool_use', id: 'a', name: 'b', input: {} },
      { type: 'server_tool_use', id: 'a', name: 'b', input: {} },
    );
    const delta = fc.constantFrom(
      { type: 'text_delta', text: 'abc' },
      { type: 'thinking_delta', thinking: 'hm' },
      { type: 'signature_delta', signature: 'sig' },
      { type: 'input_json_delta', partial_json: '{"a":' },
      { type: 'input_json_delta', partial_json: '' },
      { type: 'citations_delta', citation: { type: 'char_location', cited_text: 'q' } },
    );
    const event = fc.oneof(
      fc.record({ type: fc.constant('content_block_start'), index, content_block: block }),
      fc.record({ type: fc.constant('content_block_delta'), index, delta }),
      fc.record({ type: fc.constant('content_block_stop'), index }),
      fc.record({ type: fc.constant('ping') }),
      fc.constant({ type: 'message_delta', delta: {}, usage: { output_tokens: 1 } }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 15 }), (values) => {
        const events: StreamEvent[] = [];
        const decoder = codec.decodeStream(checkGrammar((event) => events.push(event)));
        for (const value of values) decoder.event('', JSON.stringify(value));
        decoder.event('message_stop', '{}');
        decoder.end();
        // Without a reason and without a block there is no answer.
        const isAnswer = events.some(({ type }) => type === 'open');
        expect(events.at(-1)?.type).toBe(isAnswer ? 'end' : 'error');
        if (isAnswer) inOrder(writeStream(events));
      }),
      { numRuns: 2000 },
    );
  });
});
