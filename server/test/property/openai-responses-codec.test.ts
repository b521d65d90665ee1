// The codec of the Responses API under any input: it never throws, keeps the grammar of events, and settles at once.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnswerEncoding } from '../../src/core/dialects/dialect.ts';
import { codec } from '../../src/core/dialects/openai-responses/codec.ts';
import { createFold } from '../../src/core/model/fold.ts';
import { checkGrammar } from '../../src/core/model/grammar.ts';
import { lossReport } from '../../src/core/model/loss.ts';
import type { ChatRequest } from '../../src/core/model/request.ts';
import type { ChatResponse } from '../../src/core/model/response.ts';
import { DEFAULT_TRAITS } from '../../src/core/providers/traits/index.ts';
import { sseEvents } from '../kit/sse-events.ts';

const PATH = { model: undefined, stream: false };
const traits = { ...DEFAULT_TRAITS['openai-responses'], vendor: 'openai' };

function written(request: ChatRequest): unknown {
  const { model, stream } = request;
  return codec.encodeRequest(request, { model, stream, traits, losses: lossReport() }).body;
}

function encoding(request: ChatRequest): AnswerEncoding {
  const seed = '0123456789abcdef0123456789abcdef';
  return { request, model: 'm', seed, createdAt: 1, inputTokens: 0, losses: lossReport() };
}

const ITEM_TYPES = [
  'message',
  'function_call',
  'function_call_output',
  'custom_tool_call',
  'custom_tool_call_output',
  'reasoning',
  'additional_tools',
  'web_search_call',
  'item_reference',
];
const PART_TYPES = [
  'input_text',
  'output_text',
  'refusal',
  'input_image',
  'input_file',
  'input_audio',
  'other',
];
const EVENT_TYPES = [
  'response.created',
  'response.output_item.added',
  'response.output_item.done',
  'response.content_part.added',
  'response.content_part.done',
  'response.output_text.delta',
  'response.output_text.done',
  'response.output_text.annotation.added',
  'response.refusal.delta',
  'response.function_call_arguments.delta',
  'response.function_call_arguments.done',
  'response.custom_tool_call_input.delta',
  'response.reasoning_summary_text.delta',
  'response.reasoning_summary_text.done',
  'response.reasoning_text.delta',
  'response.completed',
  'keepalive',
];

const word = fc.string({ maxLength: 4 });
const anything = fc.oneof({ weight: 3, arbitrary: word }, fc.jsonValue({ maxDepth: 2 }));
const part = fc.record(
  {
    type: fc.constantFrom(...PART_TYPES),
    text: anything,
    refusal: anything,
    image_url: anything,
    file_data: anything,
    annotations: anything,
    logprobs: anything,
    prompt_cache_breakpoint: anything,
  },
  { requiredKeys: ['type'] },
);
const item = fc.record(
  {
    type: fc.constantFrom(...ITEM_TYPES),
    role: fc.constantFrom('system', 'developer', 'user', 'assistant', 'nobody'),
    content: fc.oneof(anything, fc.array(part, { maxLength: 3 })),
    output: fc.oneof(anything, fc.array(part, { maxLength: 3 })),
    summary: fc.array(part, { maxLength: 2 }),
    id: anything,
    call_id: word,
    name: word,
    arguments: anything,
    input: anything,
    tools: fc.array(
      fc.record({ type: fc.constantFrom('function', 'custom', 'namespace'), name: word, tools: anything }),
    ),
    encrypted_content: fc.oneof(anything, fc.constant('sluice.1.t.gemini.x.y'), fc.constant('sluice.1.')),
  },
  { requiredKeys: ['type'] },
);
const soundPart = fc.oneof(
  fc.record({ type: fc.constantFrom('input_text', 'output_text'), text: word }),
  fc.record({
    type: fc.constant('input_image'),
    image_url: fc.constantFrom('https://a.example/', 'data:image/png;base64,aGk='),
  }),
  fc.record({
    type: fc.constant('input_file'),
    file_data: fc.constantFrom('aGk=', 'data:text/plain;base64,aGk='),
    filename: word,
  }),
  fc.record({ type: fc.constant('refusal'), refusal: word }),
  fc.record({ type: fc.constant('unheard_of'), more: anything }),
);
const content = fc.oneof(word, fc.array(soundPart, { maxLength: 3 }));
const soundItem = fc.oneof(
  fc.record({ role: fc.constantFrom('system', 'developer', 'user', 'assistant'), content }),
  fc.record({ type: fc.constant('function_call'), call_id: word, name: word, arguments: word, status: word }),
  fc.record({
    type: fc.constant('custom_tool_call'),
    call_id: word,
    name: word,
    input: word,
    namespace: word,
  }),
  fc.record({ type: fc.constant('function_call_output'), call_id: word, output: content }),
  fc.record({
    type: fc.constant('reasoning'),
    id: word,
    summary: fc.array(fc.record({ text: word })),
    encrypted_content: word,
  }),
  fc.record({
    type: fc.constant('additional_tools'),
    tools: fc.array(fc.record({ type: fc.constant('custom'), name: word })),
  }),
  fc.record({ type: fc.constantFrom('web_search_call', 'item_reference'), id: word }),
);
const soundBody = fc.record(
  {
    model: fc.constant('m'),
    input: fc.oneof(word, fc.array(soundItem, { maxLength: 5 })),
    instructions: word,
    tools: fc.array(fc.record({ type: fc.constantFrom('function', 'custom', 'mcp'), name: word }), {
      maxLength: 3,
    }),
    metadata: fc.dictionary(word, word),
    unheard_of: anything,
  },
  { requiredKeys: ['model'] },
);
const body = fc.record(
  {
    model: fc.constant('m'),
    input: fc.oneof(anything, fc.array(fc.oneof({ weight: 9, arbitrary: item }, anything), { maxLength: 5 })),
    instructions: anything,
    tools: fc.oneof(anything, fc.array(fc.record({ type: word, name: word }), { maxLength: 3 })),
    tool_choice: anything,
    text: anything,
    reasoning: anything,
    include: anything,
    metadata: anything,
    unheard_of: anything,
  },
  { requiredKeys: ['model'] },
);
const event = fc.record(
  {
    type: fc.constantFrom(...EVENT_TYPES),
    item: fc.oneof(item, anything),
    part: fc.oneof(part, anything),
    output_index: fc.constantFrom(0, 1, 2, null, 'x'),
    content_index: fc.constantFrom(0, 1, null),
    summary_index: fc.constantFrom(0, 1, null),
    item_id: word,
    delta: anything,
    text: anything,
    arguments: anything,
    annotation: anything,
    response: fc.oneof(
      anything,
      fc.record({ id: word, status: anything, output: fc.array(item, { maxLength: 3 }), usage: anything }),
    ),
  },
  { requiredKeys: ['type'] },
);

describe('any JSON', () => {
  test('is a request or an error, and what is a request comes out the same the second time', () => {
    let settled = 0;
    fc.assert(
      fc.property(
        fc.oneof({ weight: 5, arbitrary: soundBody }, { weight: 4, arbitrary: body }, fc.jsonValue()),
        (wire) => {
          const request = codec.decodeRequest(wire, PATH);
          if ('code' in request) return;
          const first = written(request);
          const second = codec.decodeRequest(first, PATH);
          if ('code' in second) throw new Error(second.message);
          expect(written(second)).toEqual(first);
          written({ ...request, origin: 'anthropic-messages' });
          settled++;
        },
      ),
      { numRuns: 600 },
    );
    expect(settled).toBeGreaterThan(20);
  });

  test('is an answer or an error, and every answer can be written', () => {
    const request = codec.decodeRequest({ model: 'm', input: 'x' }, PATH) as ChatRequest;
    const answer = fc.record({
      id: word,
      output: fc.array(item, { maxLength: 4 }),
      usage: anything,
      status: anything,
    });
    fc.assert(
      fc.property(fc.oneof({ weight: 5, arbitrary: answer }, fc.jsonValue()), (wire) => {
        const response = codec.decodeResponse(wire);
        if ('choices' in response) codec.encodeResponse(response, encoding(request));
      }),
      { numRuns: 400 },
    );
  });

  test('in a stream keeps the grammar, and what is written of it can be read', () => {
    const request = codec.decodeRequest({ model: 'm', input: 'x' }, PATH) as ChatRequest;
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 9, arbitrary: event }, anything), { maxLength: 15 }),
        (events) => {
          let text = '';
          const encoder = codec.encodeStream((piece) => (text += piece), encoding(request), 'sse');
          const decoder = codec.decodeStream(checkGrammar(encoder.event));
          for (const one of events) decoder.event('', JSON.stringify(one));
          decoder.end();
          const numbers = sseEvents(text)
            .map(([, data]) => JSON.parse(data) as { type: string; sequence_number?: number })
            .filter(({ type }) => type !== 'keepalive')
            .map(({ sequence_number }) => sequence_number);
          expect(numbers).toEqual(numbers.map((_, index) => index));
        },
      ),
      {
        numRuns: 600,
        // A refusal has no citations, whatever stands beside it.
        examples: [
          [
            [
              {
                type: 'response.content_part.done',
                part: { type: 'refusal', refusal: ' ', annotations: [{}] },
              },
            ],
          ],
        ],
      },
    );
  });
});

interface Item {
  readonly kind: 'text' | 'call' | 'thought';
  readonly pieces: readonly string[];
}

/** The wire events of some items; those of `order` decide whose piece comes next. */
function wireOf(items: readonly Item[], order: readonly number[]): object[] {
  const added = items.map((one, index) => ({
    type: 'response.output_item.added',
    output_index: index,
    item: skeleton(one, index, ''),
  }));
  const left = items.map(({ pieces }) => [...pieces]);
  const deltas: object[] = [];
  const take = (index: number): void => {
    const piece = left[index]?.shift();
    const kind = items[index]?.kind;
    if (piece === undefined || kind === undefined) return;
    const names = { text: 'output_text', call: 'function_call_arguments', thought: 'reasoning_summary_text' };
    deltas.push({
      type: `response.${names[kind]}.delta`,
      output_index: index,
      content_index: 0,
      summary_index: 0,
      delta: piece,
    });
  };
  for (const step of order) take(step % Math.max(1, items.length));
  items.forEach(({ pieces }, index) => {
    for (const _piece of pieces) take(index);
  });
  const done = items.map((one, index) => ({
    type: 'response.output_item.done',
    output_index: index,
    item: skeleton(one, index, one.pieces.join('')),
  }));
  const response = { id: 'r', model: 'm', status: 'completed', output: done.map((event_) => event_.item) };
  return [
    { type: 'response.created', response },
    ...added,
    ...deltas,
    ...done,
    { type: 'response.completed', response },
  ];
}

function skeleton({ kind }: Item, index: number, text: string): object {
  if (kind === 'call')
    return { type: 'function_call', id: `fc_${index}`, call_id: `call_${index}`, name: 'f', arguments: text };
  if (kind === 'thought')
    return {
      type: 'reasoning',
      id: `rs_${index}`,
      summary: text === '' ? [] : [{ type: 'summary_text', text }],
    };
  return { type: 'message', id: `msg_${index}`, content: text === '' ? [] : [{ type: 'output_text', text }] };
}

describe('a stream', () => {
  test('says the same however its pieces are cut and its items are mixed', () => {
    const piece = fc.string({ minLength: 1, maxLength: 3 });
    const items = fc.array(
      fc.record({
        kind: fc.constantFrom('text' as const, 'call' as const, 'thought' as const),
        pieces: fc.array(piece, { minLength: 1, maxLength: 4 }),
      }),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(items, fc.array(fc.nat(20), { maxLength: 12 }), (some, order) => {
        let folded: unknown;
        const fold = createFold('openai-responses', (answer) => {
          folded = answer;
        });
        const decoder = codec.decodeStream(checkGrammar(fold));
        for (const one of wireOf(some, order)) decoder.event('', JSON.stringify(one));
        decoder.end();
        const parts = (folded as ChatResponse).choices[0]?.parts ?? [];
        const said = (kind: string): string[] =>
          some
            .filter((one) => one.kind === kind)
            .map(({ pieces }) => pieces.join(''))
            .sort();
        expect(parts.flatMap((one) => (one.type === 'text' ? one.text : [])).sort()).toEqual(said('text'));
        expect(parts.flatMap((one) => (one.type === 'tool-call' ? one.arguments : [])).sort()).toEqual(
          said('call'),
        );
        expect(
          parts.flatMap((one) => (one.type === 'reasoning' ? one.sections.join('') : [])).sort(),
        ).toEqual(said('thought'));
      }),
      { numRuns: 300 },
    );
  });
});
