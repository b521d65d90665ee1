// The official OpenAI library as judge of our streams and answers of the Responses API: it must read from the stream what
// the whole answer says, and from a recorded stream that went through the model what it read from the recording itself.

import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import type { AnswerEncoding } from '../../server/src/core/dialects/dialect.ts';
import { codec } from '../../server/src/core/dialects/openai-responses/codec.ts';
import { lossReport } from '../../server/src/core/model/loss.ts';
import type { ChatRequest } from '../../server/src/core/model/request.ts';
import type { ChatResponse } from '../../server/src/core/model/response.ts';
import { unfold } from '../../server/src/core/model/unfold.ts';
import { recordedAnswers } from '../../server/test/conformance/recorded.ts';
import { sseEvents } from '../../server/test/kit/sse-events.ts';

const REQUEST = codec.decodeRequest(
  {
    model: 'm',
    instructions: 'Be brief.',
    input: 'Hello',
    stream: true,
    tools: [
      { type: 'function', name: 'look', parameters: { type: 'object', properties: {} }, strict: false },
      {
        type: 'custom',
        name: 'patch',
        format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' },
      },
    ],
    reasoning: { effort: 'low', summary: 'auto' },
  },
  { model: undefined, stream: true },
) as ChatRequest;

function encoding(): AnswerEncoding {
  return {
    request: REQUEST,
    model: 'm',
    seed: '0123456789abcdef0123456789abcdef',
    createdAt: 1_700_000_000,
    inputTokens: 5,
    losses: lossReport(),
  };
}

function client(body: string, contentType: string): OpenAI {
  const answer = (): Promise<Response> =>
    Promise.resolve(new Response(body, { headers: { 'content-type': contentType } }));
  return new OpenAI({ apiKey: 'k', fetch: answer, maxRetries: 0 });
}

async function readStream(text: string): Promise<OpenAI.Responses.Response> {
  const stream = client(text, 'text/event-stream').responses.stream({ model: 'm', input: 'Hello' });
  return (await stream.finalResponse()) as OpenAI.Responses.Response;
}

function streamed(response: ChatResponse): string {
  let text = '';
  const encoder = codec.encodeStream((piece) => (text += piece), encoding(), 'sse');
  unfold(response, encoder.event);
  return text;
}

const USAGE = {
  input: { uncached: 5, cacheRead: 3, cacheWrite5m: 0, cacheWrite1h: 0, cacheWriteOther: 2, audio: 0 },
  output: { text: 4, reasoning: 6, audio: 0 },
  clamped: false,
};

function answer(more: Pick<ChatResponse, 'choices'>): ChatResponse {
  return {
    origin: 'anthropic-messages',
    id: 'a',
    model: 'm',
    createdAt: 1_700_000_001,
    usage: USAGE,
    ...more,
  };
}

const ANSWERS: readonly (readonly [string, ChatResponse])[] = [
  [
    'words with citations after reasoning in sections',
    answer({
      choices: [
        {
          index: 0,
          parts: [
            {
              type: 'reasoning',
              form: 'text',
              sections: ['First.', 'Second.'],
              token: { vendor: 'anthropic', kind: 'signature', value: 'sig' },
            },
            {
              type: 'text',
              text: 'It is so.',
              citations: [
                { dialect: 'gemini', url: 'https://a.example/', title: 'A', start: 0, end: 5, raw: {} },
              ],
            },
            { type: 'text', text: ' And so.' },
            { type: 'refusal', text: 'No more.' },
          ],
          stop: { reason: 'stop' },
        },
      ],
    }),
  ],
  [
    'calls of all kinds around words',
    answer({
      choices: [
        {
          index: 0,
          parts: [
            { type: 'text', text: 'Let me look.' },
            {
              type: 'tool-call',
              id: 'call_1',
              kind: 'function',
              name: 'look',
              namespace: 'eyes',
              arguments: '{"at":"it"}',
              token: { vendor: 'gemini', kind: 'thought', value: 'dGhvdWdodA==' },
            },
            { type: 'tool-call', id: 'call_2', kind: 'function', name: 'look', arguments: '' },
            { type: 'tool-call', id: 'call_3', kind: 'custom', name: 'patch', arguments: 'a\n"b"' },
            { type: 'text', text: 'Done.' },
          ],
          stop: { reason: 'tool-calls' },
        },
      ],
    }),
  ],
  [
    'an answer that was cut off',
    answer({
      choices: [{ index: 0, parts: [{ type: 'text', text: 'And th' }], stop: { reason: 'length' } }],
    }),
  ],
  ['an empty answer', answer({ choices: [{ index: 0, parts: [], stop: { reason: 'stop' } }] })],
  [
    'hidden reasoning and an image',
    answer({
      choices: [
        {
          index: 0,
          parts: [
            {
              type: 'reasoning',
              form: 'text',
              sections: [],
              token: { vendor: 'anthropic', kind: 'redacted', value: 'hidden' },
            },
            { type: 'media', kind: 'image', mimeType: 'image/png', source: { type: 'base64', data: 'aGk=' } },
          ],
          stop: { reason: 'stop' },
        },
      ],
    }),
  ],
];

/** The library adds these members. */
function asSent(response: object): unknown {
  return JSON.parse(
    JSON.stringify(response, (member, value: unknown) =>
      ['parsed', 'parsed_arguments', 'output_parsed', 'output_text', '_request_id'].includes(member)
        ? undefined
        : value,
    ),
  );
}

describe('our streams', () => {
  test.each(ANSWERS)('say what the whole answer says: %s', async (_name, response) => {
    const whole = codec.encodeResponse(response, encoding());
    expect(asSent(await readStream(streamed(response)))).toEqual(whole);
    const read = await client(JSON.stringify(whole), 'application/json').responses.create({
      model: 'm',
      input: 'x',
    });
    expect(asSent(read)).toEqual(whole);
  });

  test('make the library throw where the answer failed', async () => {
    let text = '';
    const encoder = codec.encodeStream((piece) => (text += piece), encoding(), 'sse');
    encoder.event({ type: 'start', id: 'a', model: 'm' });
    encoder.event({ type: 'open', block: 0, choice: 0, part: { type: 'text', text: '' } });
    encoder.event({ type: 'delta', block: 0, text: 'Hel' });
    const error = { code: 'upstream_closed', source: 'upstream', status: 502, message: 'It broke.' } as const;
    encoder.event({ type: 'error', error });
    await expect(readStream(text)).rejects.toThrow('It broke.');
    const numbers = sseEvents(text).map(
      ([, data]) => (JSON.parse(data) as { sequence_number: number }).sequence_number,
    );
    expect(numbers).toEqual(numbers.map((_, index) => index));
  });
});

/** What the library understood, without ids. */
function understood(response: OpenAI.Responses.Response): unknown {
  const { output, usage } = response;
  return {
    status: response.status,
    reason: response.incomplete_details?.reason,
    text: response.output_text,
    refusals: output.flatMap((item) =>
      item.type === 'message'
        ? item.content.flatMap((part) => (part.type === 'refusal' ? part.refusal : []))
        : [],
    ),
    annotations: output.flatMap((item) =>
      item.type === 'message'
        ? item.content.flatMap((part) => (part.type === 'output_text' ? part.annotations : []))
        : [],
    ),
    calls: output.flatMap((item) => {
      if (item.type === 'function_call') return [[item.name, item.namespace, item.call_id, item.arguments]];
      return item.type === 'custom_tool_call' ? [[item.name, item.namespace, item.call_id, item.input]] : [];
    }),
    reasoning: output.flatMap((item) =>
      item.type === 'reasoning' && (item.summary.length > 0 || (item.content ?? []).length > 0)
        ? [[...item.summary, ...(item.content ?? [])].map((part) => part.text)]
        : [],
    ),
    hosted: output
      .map(({ type }) => type)
      .filter((type) => !/^(message|reasoning|function_call|custom)/.test(type)),
    usage: [
      usage?.input_tokens,
      usage?.input_tokens_details?.cached_tokens,
      usage?.output_tokens,
      usage?.output_tokens_details?.reasoning_tokens,
    ],
  };
}

const recorded = recordedAnswers().filter(
  ({ dialect, kind, status }) => dialect === 'openai-responses' && kind === 'stream' && status === 200,
);

function through(body: string): string {
  let text = '';
  const encoder = codec.encodeStream((piece) => (text += piece), encoding(), 'sse');
  const decoder = codec.decodeStream(encoder.event);
  for (const [name, data] of sseEvents(body)) decoder.event(name, data);
  decoder.end();
  return text;
}

describe('recorded streams (where the shared recordings are)', () => {
  test.skipIf(recorded.length === 0)(
    'are understood the same after they went through the model',
    async () => {
      let compared = 0;
      for (const { name, body } of recorded) {
        const text = body.toString('utf8');
        // Some sources keep several answers in one file.
        if (text.split('event: response.created\n').length > 2) continue;
        const before = await readStream(text).catch(() => undefined);
        // Some the library does not read at all: errors, ids that change, events newer than itself.
        if (before === undefined || (before.status !== 'completed' && before.status !== 'incomplete'))
          continue;
        expect(understood(await readStream(through(text))), name).toEqual(understood(before));
        compared++;
      }
      expect(compared).toBeGreaterThan(5);
    },
  );
});
