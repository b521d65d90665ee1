import { describe, expect, test } from 'vitest';
import { sseEvents } from '../../../../test/kit/sse-events.ts';
import { requestOf } from '../../../../test/kit/tool-setting.ts';
import type { Part } from '../../model/content.ts';
import { sluiceError } from '../../model/error.ts';
import type { StreamEvent } from '../../model/event.ts';
import { lossReport } from '../../model/loss.ts';
import type { ChatRequest } from '../../model/request.ts';
import type { ChatResponse, Stop } from '../../model/response.ts';
import { unfold } from '../../model/unfold.ts';
import type { AnswerEncoding } from '../dialect.ts';
import { encodeResponse } from './response.encode.ts';
import { encodeStream } from './stream.encode.ts';

const SEED = '0123456789abcdef0123456789abcdef';

function encoding(members: Partial<ChatRequest> = {}): AnswerEncoding {
  const request = requestOf({ includeUsage: false, ...members });
  return { request, model: 'm', seed: SEED, createdAt: 7, inputTokens: 0, losses: lossReport() };
}

function answer(parts: readonly Part[], stop: Stop = { reason: 'stop' }): ChatResponse {
  return { origin: 'anthropic-messages', id: 'msg_1', model: 'up', choices: [{ index: 0, parts, stop }] };
}

interface Chunk {
  readonly id: string;
  readonly usage?: unknown;
  readonly choices: readonly {
    readonly index: number;
    readonly delta: object;
    readonly finish_reason: string | null;
    readonly logprobs: unknown;
  }[];
}

function textOf(events: readonly StreamEvent[], to: AnswerEncoding): string {
  let text = '';
  const encoder = encodeStream((piece) => (text += piece), to, 'sse');
  for (const event of events) encoder.event(event);
  return text;
}

/** The chunks of an answer, [DONE] left out. */
function chunks(response: ChatResponse, to: AnswerEncoding = encoding()): Chunk[] {
  const events: StreamEvent[] = [];
  unfold(response, (event) => events.push(event));
  return sseEvents(textOf(events, to))
    .filter(([, data]) => data !== '[DONE]')
    .map(([, data]) => JSON.parse(data));
}

const deltas = (list: readonly Chunk[]): unknown[] =>
  list.flatMap(({ choices }) => choices.map(({ delta }) => delta));

const CALL: Part = { type: 'tool-call', id: 'call_1', kind: 'function', name: 'f', arguments: '{"x":1}' };
const USAGE = {
  input: { uncached: 5, cacheRead: 3, cacheWrite5m: 1, cacheWrite1h: 1, cacheWriteOther: 0, audio: 0 },
  output: { text: 2, reasoning: 4, audio: 0 },
  clamped: false,
};

describe('encodeStream of openai-chat', () => {
  test('G23 begins with the role, and ends with the reason and one [DONE]', () => {
    const response = answer([{ type: 'text', text: 'hi' }]);
    const list = chunks(response);
    expect(deltas(list)).toEqual([{ role: 'assistant', content: '', refusal: null }, { content: 'hi' }, {}]);
    expect(list.at(-1)?.choices[0]?.finish_reason).toBe('stop');
    const events: StreamEvent[] = [];
    unfold(response, (event) => events.push(event));
    expect(textOf(events, encoding())).toMatch(/\n\ndata: \[DONE\]\n\n$/);
  });

  test('G14 all chunks have one id, time and model', () => {
    const list = chunks(answer([{ type: 'text', text: 'hi' }, CALL]));
    for (const chunk of list)
      expect(chunk).toMatchObject({
        id: `chatcmpl-${SEED}`,
        object: 'chat.completion.chunk',
        created: 7,
        model: 'm',
      });
    expect(chunks({ ...answer([]), id: 'chatcmpl-x' })[0]?.id).toBe('chatcmpl-x');
  });

  test('G18 tool indexes are ordinals of the calls', () => {
    const text = { type: 'text', text: 'x' } as const;
    const list = chunks(answer([text, CALL, text, { ...CALL, id: 'call_2' }], { reason: 'tool-calls' }));
    expect(deltas(list).filter((delta) => JSON.stringify(delta).includes('tool_calls'))).toEqual([
      { tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{"x":1}' } }] },
      { tool_calls: [{ index: 1, id: 'call_2', type: 'function', function: { name: 'f', arguments: '' } }] },
      { tool_calls: [{ index: 1, function: { arguments: '{"x":1}' } }] },
    ]);
    expect(list.at(-1)?.choices[0]?.finish_reason).toBe('tool_calls');
  });

  test('custom calls have their input in custom', () => {
    const list = chunks(answer([{ ...CALL, kind: 'custom', arguments: 'x' }], { reason: 'tool-calls' }));
    expect(deltas(list).slice(1, 3)).toEqual([
      { tool_calls: [{ index: 0, id: 'call_1', type: 'custom', custom: { name: 'f', input: '' } }] },
      { tool_calls: [{ index: 0, custom: { input: 'x' } }] },
    ]);
  });

  test('a client of the legacy functions gets a function_call', () => {
    const legacy = encoding({ origin: 'openai-chat', ext: { functions: [] } });
    const list = chunks(answer([CALL], { reason: 'tool-calls' }), legacy);
    expect(deltas(list).slice(1, 3)).toEqual([
      { function_call: { name: 'f', arguments: '' } },
      { function_call: { arguments: '{"x":1}' } },
    ]);
    expect(list.at(-1)?.choices[0]?.finish_reason).toBe('function_call');
  });

  test('reasoning is reasoning_content, and its token one item of reasoning_details', () => {
    const token = { vendor: 'anthropic', kind: 'signature', value: 'sig' } as const;
    const list = chunks(answer([{ type: 'reasoning', form: 'text', sections: ['hm'], token }]));
    expect(deltas(list).slice(1, 3)).toEqual([
      { reasoning_content: 'hm' },
      {
        reasoning_details: [
          { type: 'reasoning.text', text: 'hm', signature: 'sluice.1.s.anthropic..sig', index: 0 },
        ],
      },
    ]);
  });

  test('sections of reasoning are paragraphs', () => {
    const list = chunks(answer([{ type: 'reasoning', form: 'summary', sections: ['a', 'b'] }]));
    expect(deltas(list).slice(1, 3)).toEqual([{ reasoning_content: 'a' }, { reasoning_content: '\n\nb' }]);
  });

  test('several thoughts are paragraphs, streamed or not', () => {
    const thought = (text: string): Part => ({ type: 'reasoning', form: 'text', sections: [text] });
    const response = answer([thought('a'), { type: 'text', text: 'x' }, thought('b')]);
    const shown = deltas(chunks(response)).map((delta) => Object(delta).reasoning_content ?? '');
    expect(shown.join('')).toBe('a\n\nb');
    expect(encodeResponse(response, encoding())).toMatchObject({
      choices: [{ message: { reasoning_content: 'a\n\nb' } }],
    });
  });

  test('thought signatures of calls and texts stand in extra_content, unwrapped', () => {
    const token = { vendor: 'gemini', kind: 'thought', value: 'sig' } as const;
    const extra_content = { google: { thought_signature: 'sig' } };
    const list = deltas(
      chunks(
        answer([
          { type: 'text', text: 'a', token },
          { ...CALL, token },
        ]),
      ),
    );
    expect(list).toContainEqual({ extra_content });
    expect(JSON.stringify(list.filter((delta) => JSON.stringify(delta).includes('tool_calls')))).toContain(
      JSON.stringify({ extra_content }).slice(1, -1),
    );
  });

  test('citations come once and whole, counted from the start of the message', () => {
    const citation = { url: 'https://a.example', title: 'A', dialect: 'gemini', raw: {} } as const;
    const list = chunks(
      answer([
        { type: 'text', text: 'one' },
        { type: 'text', text: 'two', citations: [{ ...citation, start: 0, end: 3 }, citation] },
      ]),
    );
    const url_citation = { start_index: 3, end_index: 6, title: 'A', url: 'https://a.example' };
    expect(deltas(list)).toContainEqual({
      annotations: [
        { type: 'url_citation', url_citation },
        { type: 'url_citation', url_citation },
      ],
    });
  });

  test('usage comes last, and only to those who asked', () => {
    const response = { ...answer([]), usage: USAGE };
    expect(chunks(response).every((chunk) => !('usage' in chunk))).toBe(true);
    const list = chunks(response, encoding({ includeUsage: true }));
    expect(list[0]?.usage).toBeNull();
    expect(list.at(-1)).toMatchObject({
      choices: [],
      usage: {
        prompt_tokens: 10,
        completion_tokens: 6,
        total_tokens: 16,
        prompt_tokens_details: { cached_tokens: 3, cache_write_tokens: 2 },
        completion_tokens_details: { reasoning_tokens: 4 },
      },
    });
  });

  test('an error ends the stream without [DONE]', () => {
    const text = textOf(
      [
        { type: 'start', id: 'x', model: 'm' },
        { type: 'error', error: sluiceError('upstream_closed', 'Gone.') },
        { type: 'end' },
      ],
      encoding(),
    );
    expect(text).toContain('"error":{"message":"Gone."');
    expect(text).not.toContain('[DONE]');
  });

  test('a ping is a comment', () => {
    expect(textOf([{ type: 'ping' }], encoding())).toBe(': ping\n\n');
  });

  test('what means nothing here is reported', () => {
    const to = encoding();
    chunks(answer([{ type: 'vendor', dialect: 'anthropic-messages', kind: 'server_tool_use', raw: {} }]), to);
    expect(to.losses.losses).toMatchObject([{ feature: 'vendor-part', severity: 'hint' }]);
  });

  test.each<readonly [Stop['reason'], string]>([
    ['stop', 'stop'],
    ['stop-sequence', 'stop'],
    ['tool-calls', 'tool_calls'],
    ['length', 'length'],
    ['context-full', 'length'],
    ['filtered', 'content_filter'],
    ['refusal', 'content_filter'],
    ['paused', 'stop'],
    ['malformed-call', 'content_filter'],
    ['other', 'stop'],
  ])('reason %s is %s, streamed or not', (reason, word) => {
    const response = answer([], { reason });
    expect(chunks(response).at(-1)?.choices[0]?.finish_reason).toBe(word);
    expect(encodeResponse(response, encoding())).toMatchObject({ choices: [{ finish_reason: word }] });
  });
});

describe('encodeResponse of openai-chat', () => {
  test('writes a message of all kinds', () => {
    const response = answer(
      [
        { type: 'reasoning', form: 'text', sections: ['hm'] },
        { type: 'text', text: 'a' },
        CALL,
        { ...CALL, id: 'call_2', kind: 'custom', arguments: 'x' },
      ],
      { reason: 'tool-calls' },
    );
    expect(encodeResponse({ ...response, usage: USAGE }, encoding())).toMatchObject({
      id: `chatcmpl-${SEED}`,
      object: 'chat.completion',
      created: 7,
      model: 'm',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: 'a',
            refusal: null,
            reasoning_content: 'hm',
            tool_calls: [
              { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
              { id: 'call_2', type: 'custom', custom: { name: 'f', input: 'x' } },
            ],
          },
          logprobs: null,
          finish_reason: 'tool_calls',
        },
      ],
      usage: { total_tokens: 16 },
    });
  });

  test('a refusal has a member of its own and stops', () => {
    const response = answer([{ type: 'refusal', text: 'no' }], { reason: 'refusal' });
    expect(encodeResponse(response, encoding())).toMatchObject({
      choices: [{ message: { content: null, refusal: 'no' }, finish_reason: 'stop' }],
    });
  });

  test('keeps log-probabilities', () => {
    const logprobs = [{ token: 'a', logprob: -1, top: [{ token: 'b', logprob: -2, bytes: [98] }] }];
    expect(encodeResponse(answer([{ type: 'text', text: 'a', logprobs }]), encoding())).toMatchObject({
      choices: [
        {
          logprobs: {
            content: [
              {
                token: 'a',
                logprob: -1,
                bytes: null,
                top_logprobs: [{ token: 'b', logprob: -2, bytes: [98] }],
              },
            ],
          },
        },
      ],
    });
  });
});
