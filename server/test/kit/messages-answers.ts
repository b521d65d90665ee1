// What tests of the Messages API need again and again: a model's traits, and answers as streams and back.

import { expect } from 'vitest';
import { encodeRequest } from '../../src/core/dialects/anthropic-messages/request.encode.ts';
import { decodeStream } from '../../src/core/dialects/anthropic-messages/stream.decode.ts';
import { encodeStream } from '../../src/core/dialects/anthropic-messages/stream.encode.ts';
import type { AnswerEncoding } from '../../src/core/dialects/dialect.ts';
import type { StreamEvent } from '../../src/core/model/event.ts';
import { checkGrammar } from '../../src/core/model/grammar.ts';
import { lossReport } from '../../src/core/model/loss.ts';
import type { ChatRequest } from '../../src/core/model/request.ts';
import type { ModelTraits } from '../../src/core/model/traits.ts';
import { readEvents } from '../../src/core/sse/parse.ts';

/** A model of Anthropic that takes all the format has, with a budget to think. */
export function messagesTraits(more: Partial<ModelTraits> = {}): ModelTraits {
  return {
    dialect: 'anthropic-messages',
    vendor: 'anthropic',
    maxOutputTokens: 32_000,
    maxTokensMember: 'max_tokens',
    reasoning: {
      by: 'budget',
      efforts: ['low', 'medium', 'high'],
      effortBesideBudget: false,
      minBudgetTokens: 1024,
      maxBudgetTokens: 31_999,
      canBeOff: true,
    },
    replaysReasoningText: false,
    needsCallSignature: false,
    sampling: true,
    maxTemperature: 1,
    topK: true,
    seed: false,
    penalties: false,
    logitBias: false,
    logprobs: false,
    stopSequences: 8192,
    manyChoices: false,
    forcedToolChoice: true,
    forcedToolChoiceWhileReasoning: false,
    allowedTools: false,
    parallelToolControl: true,
    customTools: false,
    namespaceTools: false,
    deferredTools: true,
    strictTools: true,
    toolName: { maxLength: 128, punctuation: '_-' },
    toolCallIds: 'any',
    hostedTools: [],
    toolSchema: 'json-schema',
    outputSchema: 'anthropic',
    jsonOutput: false,
    images: true,
    imagesInResults: 'native',
    imageUrls: true,
    documents: true,
    documentUrls: true,
    audio: false,
    video: false,
    system: 'anywhere',
    developerRole: false,
    prefill: true,
    cacheMarks: 'cache_control',
    promptCacheKey: false,
    serviceTier: true,
    metadata: false,
    verbosity: false,
    streamOptions: false,
    reasoningMember: 'none',
    ...more,
  };
}

/** A request of a client of the Messages API. */
const MESSAGES_REQUEST: ChatRequest = {
  origin: 'anthropic-messages',
  model: 'claude-test',
  stream: true,
  includeUsage: true,
  turns: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }],
  tools: [],
  sampling: {},
};

/** How an answer is written. */
export function answerEncoding(model = 'claude-test'): AnswerEncoding {
  return {
    request: MESSAGES_REQUEST,
    model,
    seed: '0123456789abcdef0123456789abcdef',
    createdAt: 1_700_000_000,
    inputTokens: 42,
    losses: lossReport(),
  };
}

/** The events of a stream, checked against the grammar. */
export function readStream(body: string): readonly StreamEvent[] {
  const events: StreamEvent[] = [];
  const decoder = decodeStream(checkGrammar((event) => events.push(event)));
  readEvents(Buffer.from(body), ({ event, data }) => decoder.event(event, data));
  decoder.end();
  return events;
}

/** A stream of events. */
export function writeStream(
  events: readonly StreamEvent[],
  encoding: AnswerEncoding = answerEncoding(),
): string {
  let text = '';
  const encoder = encodeStream(
    (more) => {
      text += more;
    },
    encoding,
    'sse',
  );
  for (const event of events) encoder.event(event);
  return text;
}

/** The body of a request, as JSON. */
export function encodedBody(
  request: ChatRequest,
  traits: ModelTraits = messagesTraits(),
): Record<string, unknown> {
  const encoding = { model: request.model, stream: false, traits, losses: lossReport() };
  return JSON.parse(JSON.stringify(encodeRequest(request, encoding).body));
}

/** Checks the order of a stream's events; returns the blocks that begin in it. */
export function inOrder(stream: string): readonly unknown[] {
  const names: string[] = [];
  const blocks: unknown[] = [];
  let open: number | undefined;
  readEvents(Buffer.from(stream), ({ event, data }) => {
    const json = JSON.parse(data);
    expect(json.type).toBe(event);
    if (event === 'ping') return;
    if (event === 'content_block_start') {
      expect([open, json.index]).toEqual([undefined, blocks.length]);
      open = json.index;
      blocks.push(json.content_block);
    } else if (event.startsWith('content_block')) {
      expect(json.index).toBe(open);
      if (event === 'content_block_stop') open = undefined;
    } else {
      expect(open).toBe(undefined);
      names.push(event);
    }
  });
  expect(names).toEqual(['message_start', 'message_delta', 'message_stop']);
  return blocks;
}
