// Numbers of more digits than a double holds, in the arguments of calls that models make: every format hands them on to
// clients of every other one digit by digit, whole and streamed.

import { describe, expect, it } from 'vitest';
import { convertBody, convertRequest, streamBody } from '../../src/core/conversion/convert.ts';
import { dialects } from '../../src/core/dialects/index.ts';
import { parseExactly, writeExactly } from '../../src/core/json/exact-numbers.ts';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import type { ChatRequest } from '../../src/core/model/request.ts';
import { TARGETS } from './matrix-targets.ts';

const ID = '9007199254740993';

/** An answer of each format that is one call, as it stands on the wire. */
const ANSWERS: Readonly<Record<DialectId, string>> = {
  'openai-chat': JSON.stringify({
    id: 'a',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: `{"id":${ID}}` } }],
        },
        finish_reason: 'tool_calls',
      },
    ],
  }),
  'openai-responses': JSON.stringify({
    id: 'a',
    object: 'response',
    created_at: 1,
    model: 'm',
    status: 'completed',
    output: [{ type: 'function_call', id: 'fc', call_id: 'c1', name: 'f', arguments: `{"id":${ID}}` }],
  }),
  'anthropic-messages': `{"id":"a","type":"message","role":"assistant","model":"m","stop_reason":"tool_use",
    "content":[{"type":"tool_use","id":"c1","name":"f","input":{"id":${ID}}}],
    "usage":{"input_tokens":1,"output_tokens":1}}`,
  gemini: `{"responseId":"a","modelVersion":"m","candidates":[{"index":0,"finishReason":"STOP",
    "content":{"role":"model","parts":[{"functionCall":{"name":"f","args":{"id":${ID}}}}]}}]}`,
};

const facts = { model: 'm', seed: 'seed', createdAt: 1, inputTokens: 1 };

describe.each(DIALECT_IDS.flatMap((from) => DIALECT_IDS.map((to) => [from, to] as const)))(
  'G45 a client of %s of an upstream of %s',
  (from, to) => {
    const request: ChatRequest = {
      origin: from,
      model: 'm',
      stream: false,
      includeUsage: true,
      turns: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
      tools: [{ kind: 'function', name: 'f' }],
      sampling: {},
    };
    const conversion = convertRequest({
      from: dialects[from],
      to: dialects[to],
      request,
      target: { model: 'm', stream: false, traits: TARGETS[to] },
    });

    it('gets every digit of a number in a call', () => {
      const whole = convertBody(conversion, facts, parseExactly(ANSWERS[to]));
      expect('body' in whole && writeExactly(whole.body)).toMatch(new RegExp(`\\bid\\\\?":${ID}\\b`));
      let events = '';
      const write = (event: string) => {
        events += event;
      };
      streamBody(conversion, facts, 'sse', parseExactly(ANSWERS[to]), write, () => undefined);
      expect(events).toMatch(new RegExp(`\\bid\\\\?":${ID}\\b`));
    });
  },
);
