import { describe, expect, test } from 'vitest';
import { answerEncoding } from '../../../../test/kit/messages-answers.ts';
import type { Part } from '../../model/content.ts';
import type { ChatResponse } from '../../model/response.ts';
import { decodeResponse } from './response.decode.ts';
import { encodeResponse } from './response.encode.ts';

function answer(parts: readonly Part[]): ChatResponse {
  return {
    origin: 'openai-chat',
    id: 'x',
    model: 'up',
    choices: [{ index: 0, parts, stop: { reason: 'stop' } }],
  };
}

describe('encodeResponse of anthropic-messages', () => {
  test('members of another format are not shown', () => {
    const body = encodeResponse({ ...answer([]), ext: { system_fingerprint: 'x' } }, answerEncoding('alias'));
    expect(body).toMatchObject({
      type: 'message',
      role: 'assistant',
      model: 'alias',
      content: [],
      stop_reason: 'end_turn',
    });
    expect(body).not.toHaveProperty('system_fingerprint');
  });

  test('citations of another format are left out and reported, because the API’s own cannot be made from them', () => {
    const encoding = answerEncoding();
    const citation = { url: 'https://a.example', dialect: 'openai-chat', raw: {} } as const;
    const body = encodeResponse(answer([{ type: 'text', text: 'x', citations: [citation] }]), encoding);
    expect(body['content']).toEqual([{ type: 'text', text: 'x' }]);
    expect(encoding.losses.losses).toMatchObject([
      { feature: 'usage' },
      { feature: 'citations', severity: 'quality' },
    ]);
  });
});

describe('decodeResponse of anthropic-messages', () => {
  test('members of the message and of its usage that only this format has come back in it', () => {
    const wire = {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-test',
      content: [{ type: 'tool_use', id: 't', name: 'f', input: { a: 1 }, caller: { type: 'direct' } }],
      stop_reason: 'tool_use',
      stop_sequence: null,
      container: { id: 'c' },
      usage: {
        input_tokens: 1,
        cache_creation_input_tokens: 5,
        cache_read_input_tokens: 3,
        cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 1 },
        output_tokens: 2,
        server_tool_use: { web_search_requests: 1 },
        service_tier: 'batch',
      },
    };
    const read = decodeResponse(wire);
    if ('code' in read) throw new Error(read.message);
    expect(encodeResponse(read, answerEncoding())).toEqual(wire);
  });

  test.each([
    [{ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, 'upstream_stream_error'],
    [{ id: 'x' }, 'upstream_answer'],
    ['text', 'upstream_answer'],
  ])('%j is no answer', (wire, code) => {
    expect(decodeResponse(wire)).toMatchObject({ code });
  });
});
