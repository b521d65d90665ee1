// A conversation that has grown too long: agents shorten it by themselves when they are told so in the words of their format.

import { describe, expect, it } from 'vitest';
import { DIALECT_IDS, type DialectId } from '../../src/core/model/dialect-id.ts';
import { ask } from '../kit/client.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

/** How each vendor says it. */
const SAID: Readonly<Record<DialectId, object>> = {
  'openai-chat': {
    error: {
      message: "This model's maximum context length is 65536 tokens.",
      type: 'invalid_request_error',
      param: 'messages',
      code: 'context_length_exceeded',
    },
  },
  'openai-responses': {
    error: {
      message: 'Your input exceeds the context window of this model.',
      type: 'invalid_request_error',
      param: 'input',
      code: 'context_length_exceeded',
    },
  },
  'anthropic-messages': {
    type: 'error',
    error: { type: 'invalid_request_error', message: 'prompt is too long: 205000 tokens > 200000 maximum' },
  },
  gemini: {
    error: {
      code: 400,
      message: 'The input token count (1100000) exceeds the maximum number of tokens allowed (1048576).',
      status: 'INVALID_ARGUMENT',
    },
  },
};

const OPENAI = /"code":\s*"context_length_exceeded"/;

/** How clients of each format know it. */
const KNOWN_BY: Readonly<Record<DialectId, RegExp>> = {
  'openai-chat': OPENAI,
  'openai-responses': OPENAI,
  'anthropic-messages': /"message":\s*"prompt is too long/,
  gemini: /"status":\s*"INVALID_ARGUMENT"/,
};

describe.each(DIALECT_IDS.flatMap((from) => DIALECT_IDS.map((to) => [from, to] as const)))(
  '3.22 a client of %s of an upstream of %s',
  (from, to) => {
    it.each([false, true])(
      'is told in its own words that the context is full (stream: %s)',
      async (stream) => {
        const upstream = await provider((turn) => turn.whole(400, JSON.stringify(SAID[to])));
        const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, dialects: [to] }] });
        const answer = await ask(gateway.port, wires[from].request('m', stream, 'Hello'));
        expect(answer.status).toBe(400);
        expect(answer.text()).toMatch(KNOWN_BY[from]);
        expect(upstream.turns).toHaveLength(1);
      },
    );
  },
);
