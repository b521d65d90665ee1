// OpenAI's own library as the judge of our Chat Completions: the message that it puts together from our stream is the one
// that we send as a body, and recorded streams say the same to it before and after they went through the model.

import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import type { AnswerEncoding } from '../../server/src/core/dialects/dialect.ts';
import { codec } from '../../server/src/core/dialects/openai-chat/codec.ts';
import type { Part } from '../../server/src/core/model/content.ts';
import { lossReport } from '../../server/src/core/model/loss.ts';
import type { ChatResponse } from '../../server/src/core/model/response.ts';
import { readEvents } from '../../server/src/core/sse/parse.ts';
import { recordedAnswers } from '../../server/test/conformance/recorded.ts';
import { eventsOf } from '../../server/test/kit/chat-arbitrary.ts';
import { requestOf } from '../../server/test/kit/tool-setting.ts';

const MODEL = 'm-1';

function encoding(): AnswerEncoding {
  const request = requestOf({ includeUsage: true });
  return { request, model: MODEL, seed: '0'.repeat(32), createdAt: 7, inputTokens: 0, losses: lossReport() };
}

interface Heard {
  readonly completion: OpenAI.ChatCompletion;
  /** By index of the choice: the library keeps only the last piece of members that it does not know. */
  readonly reasoning: readonly string[];
  readonly details: readonly unknown[];
}

/** What the library makes of a stream. */
async function heard(text: string): Promise<Heard> {
  const answer = () => new Response(text, { headers: { 'content-type': 'text/event-stream' } });
  const client = new OpenAI({ apiKey: 'k', fetch: () => Promise.resolve(answer()), maxRetries: 0 });
  const stream = client.chat.completions.stream({ model: MODEL, messages: [] });
  const reasoning: string[] = [];
  const details: unknown[] = [];
  stream.on('chunk', ({ choices }) => {
    for (const { index, delta } of choices) {
      const extra = delta as Readonly<Record<string, unknown>>;
      const shown = extra['reasoning_content'] ?? extra['reasoning'] ?? thoughtsOf(extra['content']);
      reasoning[index] = (reasoning[index] ?? '') + (typeof shown === 'string' ? shown : '');
      if (Array.isArray(extra['reasoning_details'])) details.push(...extra['reasoning_details']);
    }
  });
  return { completion: await stream.finalChatCompletion(), reasoning, details };
}

/** Mistral's chunks, which the library takes for text. */
function thoughtsOf(content: unknown): string {
  if (!Array.isArray(content)) return '';
  return content
    .flatMap(({ thinking }) => thinking ?? [])
    .map(({ text }) => text)
    .join('');
}

function streamed(response: ChatResponse): string {
  let text = '';
  const encoder = codec.encodeStream((piece) => (text += piece), encoding(), 'sse');
  for (const event of eventsOf(response, 3)) encoder.event(event);
  return text;
}

const call = (id: string, args: string): Part => ({
  type: 'tool-call',
  id,
  kind: 'function',
  name: 'look_up',
  arguments: args,
});
const citation = {
  url: 'https://a.example',
  title: 'A',
  start: 0,
  end: 3,
  dialect: 'gemini',
  raw: {},
} as const;
const signature = { vendor: 'anthropic', kind: 'signature', value: 'c2ln' } as const;
const thought = { vendor: 'gemini', kind: 'thought', value: 'dGhvdWdodA==' } as const;
const usage = {
  input: { uncached: 5, cacheRead: 3, cacheWrite5m: 1, cacheWrite1h: 0, cacheWriteOther: 0, audio: 0 },
  output: { text: 2, reasoning: 4, audio: 0 },
  clamped: false,
};

const ANSWERS: readonly (readonly [string, readonly (readonly Part[])[]])[] = [
  ['nothing', [[]]],
  ['text', [[{ type: 'text', text: 'Hello there 🐈' }]]],
  ['a refusal', [[{ type: 'refusal', text: 'I cannot.' }]]],
  ['two calls', [[{ type: 'text', text: 'Wait.' }, call('call_1', '{"x":1}'), call('call_2', '{}')]]],
  ['a call with a thought signature', [[{ ...call('call_1', '{"x":1}'), token: thought }]]],
  [
    'citations',
    [
      [
        { type: 'text', text: 'one' },
        { type: 'text', text: 'two', citations: [citation, citation] },
      ],
    ],
  ],
  [
    'signed reasoning before text',
    [
      [
        { type: 'reasoning', form: 'text', sections: ['Hm. ', 'So.'], token: signature },
        { type: 'text', text: 'Yes.' },
      ],
    ],
  ],
  ['two choices', [[{ type: 'text', text: 'one' }], [call('call_1', '{}')]]],
  [
    'an image',
    [[{ type: 'media', kind: 'image', source: { type: 'base64', data: 'AAAA' }, mimeType: 'image/png' }]],
  ],
];

describe("OpenAI's library reads our stream as the message of our body", () => {
  test.each(ANSWERS)('%s', async (_, choices) => {
    const response: ChatResponse = {
      origin: 'anthropic-messages',
      id: 'msg_1',
      model: 'up',
      choices: choices.map((parts, index) => ({
        index,
        parts,
        stop: { reason: parts.some(({ type }) => type === 'tool-call') ? 'tool-calls' : 'stop' },
      })),
      usage,
    };
    const body = JSON.parse(JSON.stringify(codec.encodeResponse(response, encoding())));
    const { completion, reasoning, details } = await heard(streamed(response));
    const put = JSON.parse(JSON.stringify(completion));
    put.choices.forEach((choice: { message: Record<string, unknown> }, index: number) => {
      if (reasoning[index] !== '') choice.message['reasoning_content'] = reasoning[index];
      if (details.length > 0) choice.message['reasoning_details'] = details;
      delete choice.message['parsed'];
    });
    // The library says null for no words, where a body says what most clients expect.
    for (const choice of body.choices) choice.message.content ||= null;
    for (const choice of put.choices)
      for (const made of choice.message.tool_calls ?? []) delete made.function.parsed_arguments;
    expect(put).toEqual({ ...body, object: 'chat.completion' });
  });
});

const FOLDERS = /^(openai-chat|mistral|groq|deepseek|openrouter|xai|azure|other-openai-compat)\//;
/** The library itself refuses these: calls that begin at index 1, fragments and thoughts as only Mistral writes them. */
const UNHEARD = /fallback-tool-call|incremental-tool-call|hybrid-reasoning/;
const recorded = recordedAnswers()
  .filter(({ name, dialect, kind }) => FOLDERS.test(name) && dialect === 'openai-chat' && kind === 'stream')
  .map((answer) => [answer.name, answer.body] as const);

/** Decoded and encoded again. */
function again(body: Buffer): string {
  let text = '';
  const encoder = codec.encodeStream((piece) => (text += piece), encoding(), 'sse');
  const decoder = codec.decodeStream(encoder.event);
  readEvents(body, ({ event, data }) => decoder.event(event, data));
  decoder.end();
  return text;
}

function said({ completion, reasoning }: Heard): unknown {
  const choices = completion.choices.map(({ message, finish_reason }) => ({
    text: message.content ?? '',
    refusal: message.refusal ?? null,
    calls: (message.tool_calls ?? []).map((made) => ('function' in made ? [made.id, made.function] : made)),
    finish_reason,
  }));
  return { choices, reasoning };
}

/** Some vendors count reasoning outside of completion_tokens; we do not. The total is the same. */
function tokens({ completion }: Heard): unknown {
  const { prompt_tokens, total_tokens } = completion.usage ?? {};
  return { prompt_tokens, total_tokens };
}

describe.skipIf(recorded.length === 0)('recorded streams (where the shared recordings are)', () => {
  const readable = recorded.filter(([name]) => !UNHEARD.test(name));

  test.each(readable)('%s says the same after it went through the model', async (_, body) => {
    const before = await heard(body.toString()).catch((error: unknown) => error);
    const after = heard(again(body));
    if (before instanceof Error) return expect(after).rejects.toThrow();
    expect(said(await after)).toEqual(said(before as Heard));
    expect(tokens(await after)).toEqual(tokens(before as Heard));
  });

  test.each(recorded.filter(([name]) => UNHEARD.test(name)))('%s becomes readable', async (name, body) => {
    const { completion, reasoning } = await heard(again(body));
    const [choice] = completion.choices;
    if (name.includes('reasoning')) {
      expect(reasoning[0]).toMatch(/\S/);
      expect(choice?.message.content).toMatch(/^\d+$/);
      return;
    }
    const [made] = choice?.message.tool_calls ?? [];
    expect(made?.type === 'function' ? JSON.parse(made.function.arguments) : undefined).toBeTypeOf('object');
    expect(choice?.finish_reason).toBe('tool_calls');
  });
});
