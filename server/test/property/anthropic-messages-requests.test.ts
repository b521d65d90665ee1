// Requests through the codec of the Messages API: its own come out as they went in, those of other formats come out in
// the form that the API asks for.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codec } from '../../src/core/dialects/anthropic-messages/codec.ts';
import type { ChatRequest, Turn } from '../../src/core/model/request.ts';
import { encodedBody } from '../kit/messages-answers.ts';
import { object, part, text, word } from '../kit/messages-parts.ts';

const PATH = { model: undefined, stream: false };

const mark = fc.option(fc.constantFrom({ type: 'ephemeral' }, { type: 'ephemeral', ttl: '1h' }), {
  nil: undefined,
});

const leaf = fc.oneof(
  fc.record({ type: fc.constant('text'), text, cache_control: mark }),
  fc.record({
    type: fc.constant('image'),
    source: fc.record({ type: fc.constant('base64'), media_type: fc.constant('image/png'), data: word }),
  }),
  fc.record({
    type: fc.constant('document'),
    source: fc.record({ type: fc.constant('text'), media_type: fc.constant('text/plain'), data: text }),
    title: word,
    citations: fc.record({ enabled: fc.boolean() }),
  }),
  fc.record({
    type: fc.constant('search_result'),
    source: word,
    title: word,
    content: fc.array(fc.record({ type: fc.constant('text'), text }), { maxLength: 2 }),
  }),
  fc.record({ type: fc.constant('tool_reference'), tool_name: word }),
);
const block = fc.oneof(
  leaf,
  fc.record({ type: fc.constant('thinking'), thinking: text, signature: word }),
  fc.record({ type: fc.constant('redacted_thinking'), data: word }),
  fc.record({ type: fc.constant('tool_use'), id: word, name: word, input: object, caller: object }),
  fc.record({
    type: fc.constant('tool_result'),
    tool_use_id: word,
    content: fc.oneof(text, fc.array(leaf, { minLength: 1, maxLength: 2 })),
    is_error: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('server_tool_use'),
    id: word,
    name: word,
    input: object,
    cache_control: mark,
  }),
);
const message = fc.record(
  {
    role: fc.constantFrom('user', 'assistant', 'system'),
    content: fc.oneof(text, fc.array(block, { maxLength: 4 })),
    output_config: fc.constant({ effort: 'low' }),
  },
  { requiredKeys: ['role', 'content'] },
);
const request = fc.record(
  {
    model: word,
    messages: fc.array(message, { maxLength: 5 }),
    system: fc.oneof(
      text,
      fc.array(fc.record({ type: fc.constant('text'), text, cache_control: mark }), { maxLength: 2 }),
    ),
    max_tokens: fc.integer({ min: 1, max: 9000 }),
    temperature: fc.double({ min: 0, max: 1, noNaN: true, noDefaultInfinity: true }).map((x) => Math.abs(x)),
    top_k: fc.nat(),
    stop_sequences: fc.array(word, { maxLength: 2 }),
    thinking: fc.oneof(
      fc.record({
        type: fc.constant('enabled'),
        budget_tokens: fc.nat(),
        display: fc.constantFrom('omitted', 'updates'),
      }),
      fc.record({ type: fc.constantFrom('adaptive', 'disabled', 'between_tools', 'new_kind') }),
    ),
    output_config: fc.record(
      {
        effort: fc.constantFrom('low', 'max', 'odd'),
        task_budget: fc.nat(),
        format: fc.constant({ type: 'json_schema', schema: {} }),
      },
      { requiredKeys: [] },
    ),
    metadata: fc.record({ user_id: word, odd: word }, { requiredKeys: [] }),
    service_tier: fc.constantFrom('auto', 'standard_only', 'odd'),
    speed: fc.constantFrom('fast', 'standard'),
    tools: fc.array(
      fc.oneof(
        fc.record(
          {
            name: word,
            input_schema: fc.constant({ type: 'object' }),
            strict: fc.boolean(),
            type: fc.constant('custom'),
            cache_control: mark,
            odd: word,
          },
          { requiredKeys: ['name', 'input_schema'] },
        ),
        fc.record({ name: word, type: fc.constantFrom('web_search_20250305', 'bash_20250124', 'new_1') }),
      ),
      { maxLength: 3 },
    ),
    tool_choice: fc.oneof(
      fc.record({
        type: fc.constantFrom('auto', 'any', 'new_kind'),
        disable_parallel_tool_use: fc.boolean(),
      }),
      fc.record({ type: fc.constant('tool'), name: word }),
    ),
    cache_control: mark,
    context_management: object,
  },
  { requiredKeys: ['model', 'messages'] },
);

describe('requests of the format', () => {
  test('come out of the model as they went in', () => {
    fc.assert(
      fc.property(request, (body) => {
        const before = JSON.parse(JSON.stringify(body));
        const decoded = codec.decodeRequest(before, PATH);
        if ('code' in decoded) throw new Error(decoded.message);
        expect(encodedBody(decoded)).toEqual(before);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('requests of other formats', () => {
  const turn: fc.Arbitrary<Turn> = fc.record({
    role: fc.constantFrom('system', 'developer', 'user', 'assistant'),
    parts: fc.array(part, { maxLength: 3 }),
  });

  test('begin with the user, have no empty content, and come out the same when read and written again', () => {
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 6 }), (turns) => {
        const foreign: ChatRequest = {
          origin: 'openai-chat',
          model: 'm',
          stream: false,
          includeUsage: true,
          turns,
          tools: [],
          sampling: {},
        };
        const body = Object(encodedBody(foreign));
        expect(body.messages[0]?.role ?? 'user').toBe('user');
        for (const { content } of body.messages) expect(content).not.toHaveLength(0);
        const read = codec.decodeRequest(body, PATH);
        if ('code' in read) throw new Error(read.message);
        expect(encodedBody(read)).toEqual(body);
      }),
      { numRuns: 1000 },
    );
  });
});
