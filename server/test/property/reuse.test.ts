// One question has one text, whichever format it is asked in, and two questions have two (row 8.3 of the features).

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { convertRequest } from '../../src/core/conversion/convert.ts';
import { dialects } from '../../src/core/dialects/index.ts';
import type { Part } from '../../src/core/model/content.ts';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import type { ChatRequest } from '../../src/core/model/request.ts';
import { questionText } from '../../src/core/reuse/question.ts';
import { TARGETS } from '../conformance/matrix-targets.ts';
import { anyRequest } from '../kit/chat-arbitrary.ts';

/** The request as a client of the format sends it, read again. */
function asAskedIn(dialect: DialectId, request: ChatRequest): ChatRequest {
  const { encoded } = convertRequest({
    from: dialects[request.origin],
    to: dialects[dialect],
    request,
    target: { model: 'm-1', stream: request.stream, traits: TARGETS[dialect] },
  });
  const wire: unknown = JSON.parse(JSON.stringify(encoded.body));
  const read = dialects[dialect].codec.decodeRequest(wire, { model: 'm-1', stream: request.stream });
  if ('code' in read) throw new Error(read.message);
  // The encoder of Responses asks for reasoning that can be sent back, which is more than the question.
  const { state: _state, ...question } = read;
  return question;
}

/** What the formats cannot all say is left out: that a tool failed. */
function sayable(request: ChatRequest): ChatRequest {
  const parts = (all: readonly Part[]): Part[] =>
    all.map((part) => {
      if (part.type !== 'tool-result') return part;
      const { isError: _isError, ...told } = part;
      return told;
    });
  return { ...request, turns: request.turns.map((turn) => ({ ...turn, parts: parts(turn.parts) })) };
}

describe('8.3 the text of a question', () => {
  test('is the same in all four formats', () => {
    fc.assert(
      fc.property(anyRequest('openai-chat').map(sayable), (request) => {
        const texts = DIALECT_IDS.map((dialect) => questionText(asAskedIn(dialect, request)));
        for (const text of texts) expect(JSON.parse(text)).toEqual(JSON.parse(texts[0] ?? ''));
        expect(new Set(texts).size).toBe(1);
      }),
      { numRuns: 200 },
    );
  });

  test('does not depend on the delivery, nor on who asks', () => {
    fc.assert(
      fc.property(anyRequest('openai-chat'), fc.boolean(), fc.string(), (request, stream, id) => {
        const other: ChatRequest = {
          ...request,
          stream,
          includeUsage: !request.includeUsage,
          model: 'another name',
          endUser: { id },
          metadata: { id },
          serviceTier: 'flex',
          promptCache: { key: id },
        };
        expect(questionText(other)).toBe(questionText(request));
      }),
    );
  });

  test('does not depend on the names of calls, but on which result belongs to which', () => {
    fc.assert(
      fc.property(anyRequest('openai-chat'), (request) => {
        const renamed = mapParts(request, (part) => {
          if (part.type === 'tool-call') return { ...part, id: `other_${part.id}` };
          return part.type === 'tool-result' ? { ...part, callId: `other_${part.callId}` } : part;
        });
        expect(questionText(renamed)).toBe(questionText(request));
      }),
    );
    const swapped = (first: string, second: string): ChatRequest => ({
      ...plain,
      turns: [
        ...plain.turns,
        {
          role: 'assistant',
          parts: ['a', 'b'].map(
            (id) => ({ type: 'tool-call', kind: 'function', id, name: 'f', arguments: '{}' }) as const,
          ),
        },
        {
          role: 'user',
          parts: [first, second].map(
            (callId) =>
              ({
                type: 'tool-result',
                kind: 'function',
                callId,
                content: [{ type: 'text', text: 'same' }],
              }) as const,
          ),
        },
      ],
    });
    expect(questionText(swapped('a', 'b'))).not.toBe(questionText(swapped('a', 'a')));
  });

  test('is another one when any text, setting, tool or role is', () => {
    fc.assert(
      fc.property(anyRequest('openai-chat'), fc.nat(CHANGES.length - 1), (request, which) => {
        const changed = CHANGES[which]?.(request) ?? request;
        expect(questionText(changed)).not.toBe(questionText(request));
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    [
      'a neutral penalty',
      { sampling: { presencePenalty: 0, frequencyPenalty: 0, n: 1, stop: [], logitBias: {} } },
    ],
    ['plain text as the form', { output: { type: 'text' } }],
    ['text as the only kind of output', { modalities: ['text'] }],
    [
      'no tools, however said',
      { ext: { tools: [] }, toolChoice: { mode: 'auto' }, parallelToolCalls: false },
    ],
    [
      'the developer for the system',
      {
        turns: [
          { role: 'developer', parts: [{ type: 'text', text: 'S' }] },
          { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
        ],
      },
    ],
  ] as const)('says nothing of %s', (_, more) => {
    const base: ChatRequest = {
      ...plain,
      turns: [{ role: 'system', parts: [{ type: 'text', text: 'S' }] }, ...plain.turns],
    };
    expect(questionText({ ...base, ...(more as Partial<ChatRequest>) })).toBe(questionText(base));
  });
});

const plain: ChatRequest = {
  origin: 'openai-chat',
  model: 'm',
  stream: false,
  includeUsage: false,
  turns: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
  tools: [],
  sampling: {},
};

function mapParts(request: ChatRequest, map: (part: Part) => Part): ChatRequest {
  return { ...request, turns: request.turns.map((turn) => ({ ...turn, parts: turn.parts.map(map) })) };
}

const CHANGES: readonly ((request: ChatRequest) => ChatRequest)[] = [
  (request) =>
    mapParts(request, (part) => (part.type === 'text' ? { ...part, text: `${part.text}.` } : part)),
  (request) => ({ ...request, turns: request.turns.slice(0, -1) }),
  (request) => ({
    ...request,
    turns: [{ role: 'system', parts: [{ type: 'text', text: 'Obey.' }] }, ...request.turns],
  }),
  (request) => ({ ...request, tools: request.tools.slice(1) }),
  (request) => ({ ...request, tools: request.tools.map((tool) => ({ ...tool, description: 'Otherwise.' })) }),
  (request) => ({ ...request, toolChoice: { mode: 'none' } }),
  (request) => ({ ...request, parallelToolCalls: false }),
  (request) => ({ ...request, sampling: { ...request.sampling, temperature: 0.25 } }),
  (request) => ({ ...request, sampling: { ...request.sampling, topP: 0.5 } }),
  (request) => ({ ...request, sampling: { ...request.sampling, seed: 1 } }),
  (request) => ({ ...request, sampling: { ...request.sampling, stop: ['x'] } }),
  (request) => ({ ...request, maxOutputTokens: 501 }),
  (request) => ({ ...request, reasoning: { effort: 'high' } }),
  (request) => ({ ...request, output: { type: 'json' } }),
  (request) => ({ ...request, verbosity: 'low' }),
  (request) => ({ ...request, ext: { safetySettings: [] } }),
];
