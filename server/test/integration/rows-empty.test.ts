// Answers without anything in them (features 6.3, 6.6): what is no answer at all is tried elsewhere; an empty answer that a
// model may well give (it was cut off while it reasoned, it met a stop sequence at once, it had nothing to add to the result
// of a tool) is an answer, and reaches the client as one.

import { describe, expect, test } from 'vitest';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import { type Asking, askFor, understood } from '../kit/asking.ts';
import type { Received } from '../kit/client.ts';
import { ANSWER, type Behaviour, type FaultUpstream, type Turn } from '../kit/fault-upstream.ts';
import type { Gateway, UpstreamSetup } from '../kit/gateway.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { at, dataOf } from '../kit/wire.ts';

interface Empty {
  readonly json: object;
  /** Data of the events of a stream; a text stands as it is. */
  readonly events: readonly (object | string)[];
}

const chatUsage = { prompt_tokens: 11, completion_tokens: 2, total_tokens: 13 };
const chatEmpty = (finish: string): Empty => ({
  json: {
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: '' }, finish_reason: finish }],
    usage: chatUsage,
  },
  events: [
    { id: 'c', choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] },
    { id: 'c', choices: [{ index: 0, delta: {}, finish_reason: finish }] },
    { id: 'c', choices: [], usage: chatUsage },
    '[DONE]',
  ],
});

const messageOf = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [] };
const messagesEmpty = (stop: string): Empty => ({
  json: {
    ...messageOf,
    stop_reason: stop,
    stop_sequence: null,
    usage: { input_tokens: 11, output_tokens: 2 },
  },
  events: [
    {
      type: 'message_start',
      message: { ...messageOf, stop_reason: null, usage: { input_tokens: 11, output_tokens: 1 } },
    },
    {
      type: 'message_delta',
      delta: { stop_reason: stop, stop_sequence: null },
      usage: { output_tokens: 2 },
    },
    { type: 'message_stop' },
  ],
});

const responseOf = { id: 'resp_1', object: 'response', created_at: 1, model: 'm', output: [] };
const responsesEmpty = (status: 'completed' | 'incomplete'): Empty => {
  const details = status === 'incomplete' ? { incomplete_details: { reason: 'max_output_tokens' } } : {};
  const usage = { input_tokens: 11, output_tokens: 2, total_tokens: 13 };
  const response = { ...responseOf, status, ...details, usage };
  return {
    json: response,
    events: [
      { type: 'response.created', sequence_number: 0, response: { ...responseOf, status: 'in_progress' } },
      { type: `response.${status}`, sequence_number: 1, response },
    ],
  };
};

const geminiEmpty = (finishReason: string): Empty => {
  const json = {
    candidates: [{ content: { role: 'model' }, finishReason, index: 0 }],
    usageMetadata: { promptTokenCount: 11, totalTokenCount: 13, thoughtsTokenCount: 2 },
    modelVersion: 'm',
    responseId: 'g',
  };
  return { json, events: [json] };
};

/** Empty answers that are documented, or were seen of healthy models. */
const LEGITIMATE: Readonly<Record<DialectId, readonly Empty[]>> = {
  'openai-chat': [chatEmpty('stop'), chatEmpty('length')],
  'openai-responses': [responsesEmpty('completed'), responsesEmpty('incomplete')],
  'anthropic-messages': [
    messagesEmpty('end_turn'),
    messagesEmpty('stop_sequence'),
    messagesEmpty('max_tokens'),
  ],
  gemini: [geminiEmpty('STOP'), geminiEmpty('MAX_TOKENS')],
};

/** Successes that are no answers. */
const NOTHING: Readonly<Record<DialectId, Empty>> = {
  'openai-chat': { json: { id: 'c', choices: [], usage: chatUsage }, events: ['[DONE]'] },
  'openai-responses': {
    json: { id: 'resp_1', object: 'response', status: 'completed' },
    events: [
      { type: 'response.created', sequence_number: 0, response: { ...responseOf, status: 'in_progress' } },
    ],
  },
  'anthropic-messages': {
    json: { id: 'msg_1', type: 'message', role: 'assistant' },
    events: [{ type: 'message_start', message: messageOf }, { type: 'message_stop' }],
  },
  gemini: {
    json: { candidates: [], usageMetadata: { promptTokenCount: 11, totalTokenCount: 11 } },
    events: [{ usageMetadata: { promptTokenCount: 11, totalTokenCount: 11 } }],
  },
};

function send(turn: Turn, { json, events }: Empty): void {
  if (!turn.stream) {
    turn.whole(200, JSON.stringify(json));
    return;
  }
  turn.head(200, { 'Content-Type': 'text/event-stream' });
  for (const event of events)
    turn.piece(`data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`);
  turn.end();
}

async function pair(
  first: Behaviour,
  more: Partial<UpstreamSetup> = {},
): Promise<[Gateway, FaultUpstream, FaultUpstream]> {
  const one = await provider(first);
  const two = await provider();
  const gateway = await gatewayWith({
    upstreams: [
      { id: 'first', origin: one.origin, priority: 1, ...more },
      { id: 'second', origin: two.origin, ...more },
    ],
  });
  return [gateway, one, two];
}

/** The terminal mark of an empty answer, as a client of a dialect looks for it. */
function endOf(dialect: DialectId, answer: Received, stream: boolean): unknown {
  const all = stream ? dataOf(answer.text()) : [JSON.parse(answer.text())];
  for (const one of all) {
    const found =
      dialect === 'openai-chat'
        ? at(one, 'choices', 0, 'finish_reason')
        : dialect === 'gemini'
          ? at(one, 'candidates', 0, 'finishReason')
          : dialect === 'anthropic-messages'
            ? (at(one, 'delta', 'stop_reason') ?? at(one, 'stop_reason'))
            : (at(one, 'response', 'usage') ?? at(one, 'usage'));
    if (found !== undefined && found !== null) return found;
  }
  return undefined;
}

describe('an empty answer that a model may give', () => {
  test.each(DIALECT_IDS)(
    '6.3 6.6 reaches the client as it is, at the first attempt, and counts against nobody (%s)',
    async (dialect) => {
      for (const stream of [false, true]) {
        for (const empty of LEGITIMATE[dialect]) {
          const [gateway, , two] = await pair((turn) => send(turn, empty));
          const answer = await askFor(gateway, { dialect, stream });
          expect.soft([answer.status, answer.end, two.turns.length]).toEqual([200, 'clean', 0]);
          expect.soft(understood(answer, { dialect, stream }).error).toBeUndefined();
          expect.soft([empty, endOf(dialect, answer, stream)]).not.toEqual([empty, undefined]);
          expect
            .soft(gateway.closed.map(({ status, attempts, errorCode }) => [status, attempts, errorCode]))
            .toEqual([[200, 1, undefined]]);
          expect.soft(gateway.standings('first', 'k1')).toEqual([]);
        }
      }
    },
  );

  const pairs = DIALECT_IDS.flatMap((from) =>
    DIALECT_IDS.filter((to) => to !== from).map((to): [DialectId, DialectId] => [from, to]),
  );
  test.each(pairs)('6.3 6.6 reaches a client of %s from an upstream of %s', async (dialect, to) => {
    for (const stream of [false, true]) {
      for (const empty of LEGITIMATE[to]) {
        const [gateway, , two] = await pair((turn) => send(turn, empty), { dialects: [to] });
        const answer = await askFor(gateway, { dialect, stream });
        expect
          .soft([JSON.stringify(empty.json), answer.status, answer.end, two.turns.length])
          .toEqual([JSON.stringify(empty.json), 200, 'clean', 0]);
        expect.soft(understood(answer, { dialect, stream }).error).toBeUndefined();
        expect.soft([stream, endOf(dialect, answer, stream)]).not.toEqual([stream, undefined]);
      }
    }
  });
});

describe('a success that is no answer', () => {
  test.each(DIALECT_IDS)(
    '6.3 6.6 is tried elsewhere, and where all are such it is an error (%s)',
    async (dialect) => {
      const other = DIALECT_IDS[(DIALECT_IDS.indexOf(dialect) + 1) % DIALECT_IDS.length] ?? dialect;
      for (const stream of [false, true]) {
        for (const from of [dialect, other]) {
          const asking: Asking = { dialect: from, stream };
          const nothing: Behaviour = (turn) => send(turn, NOTHING[dialect]);
          const [gateway, one, two] = await pair(nothing, { dialects: [dialect] });
          const answer = await askFor(gateway, asking);
          expect
            .soft([from, stream, answer.status, understood(answer, asking).text])
            .toEqual([from, stream, 200, ANSWER]);
          expect.soft([one.turns.length, two.turns.length]).toEqual([1, 1]);
          two.script = nothing;
          const failed = await askFor(gateway, asking);
          expect.soft([from, stream, failed.status]).toEqual([from, stream, 502]);
          expect.soft(understood(failed, { dialect: from }).error).toBeDefined();
        }
      }
    },
  );
});
