// What the gateway writes for clients of generateContent, judged by Google's own library: it reads our streams and bodies
// through a stubbed fetch, and recorded answers before and after they went through the model.

import { type GenerateContentResponse, GoogleGenAI } from '@google/genai';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Bytes } from '../../server/src/core/bytes.ts';
import type { AnswerEncoding, Framing } from '../../server/src/core/dialects/dialect.ts';
import { gemini } from '../../server/src/core/dialects/gemini/index.ts';
import { createArraySplitter } from '../../server/src/core/json/array-blocks.ts';
import type { DialectId } from '../../server/src/core/model/dialect-id.ts';
import type { StreamEvent } from '../../server/src/core/model/event.ts';
import { isObject } from '../../server/src/core/model/json.ts';
import { lossReport } from '../../server/src/core/model/loss.ts';
import type { ChatResponse } from '../../server/src/core/model/response.ts';
import { unfold } from '../../server/src/core/model/unfold.ts';
import { readEvents } from '../../server/src/core/sse/parse.ts';
import { recordedAnswers } from '../../server/test/conformance/recorded.ts';

const { codec } = gemini;
const client = new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: 'http://judge.invalid' } });
const ENCODING: AnswerEncoding = {
  request: {
    origin: 'gemini',
    model: 'm',
    stream: true,
    includeUsage: true,
    turns: [],
    tools: [],
    sampling: {},
  },
  model: 'alias',
  seed: 'f'.repeat(32),
  createdAt: 1,
  inputTokens: 1,
  losses: lossReport(),
};

afterEach(() => void vi.unstubAllGlobals());

/** What the library has read, chunks joined. */
interface Gathered {
  readonly text: string;
  readonly thoughts: string;
  readonly calls: readonly unknown[];
  readonly signatures: readonly string[];
  readonly finish: string | undefined;
  readonly tokens: readonly number[];
}

function gathered(chunks: readonly GenerateContentResponse[]): Gathered {
  const parts = chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? []);
  const usage = chunks.findLast(
    (chunk) => chunk.usageMetadata?.promptTokenCount !== undefined,
  )?.usageMetadata;
  const joined = (isThought: boolean) =>
    parts.map(({ text, thought }) => ((thought === true) === isThought ? (text ?? '') : '')).join('');
  return {
    text: joined(false),
    thoughts: joined(true),
    calls: parts.flatMap(({ functionCall }) =>
      functionCall?.name === undefined ? [] : [{ name: functionCall.name, args: functionCall.args ?? {} }],
    ),
    signatures: parts.flatMap(({ thoughtSignature }) => thoughtSignature ?? []),
    finish: chunks
      .map((chunk) => chunk.candidates?.[0]?.finishReason)
      .findLast((reason) => reason !== undefined),
    tokens: [
      (usage?.promptTokenCount ?? 0) + (usage?.toolUsePromptTokenCount ?? 0),
      usage?.candidatesTokenCount ?? 0,
      usage?.thoughtsTokenCount ?? 0,
      usage?.cachedContentTokenCount ?? 0,
    ],
  };
}

function answerWith(body: string, type: string): void {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(body, { headers: { 'content-type': type } })));
}

async function streamRead(text: string): Promise<Gathered> {
  answerWith(text, 'text/event-stream');
  const chunks: GenerateContentResponse[] = [];
  for await (const chunk of await client.models.generateContentStream({ model: 'm', contents: 'x' }))
    chunks.push(chunk);
  return gathered(chunks);
}

async function bodyRead(body: unknown): Promise<Gathered> {
  answerWith(JSON.stringify(body), 'application/json');
  return gathered([await client.models.generateContent({ model: 'm', contents: 'x' })]);
}

/** `origin`: as conversions say it. */
function written(
  events: readonly StreamEvent[],
  framing: Framing = 'sse',
  origin: DialectId = 'openai-chat',
): string {
  let out = '';
  const encoder = codec.encodeStream(
    (text) => {
      out += text;
    },
    { ...ENCODING, origin },
    framing,
  );
  for (const event of events) encoder.event(event);
  return out;
}

const TOKEN = { vendor: 'anthropic', kind: 'signature', value: 'c2ln' } as const;
const USAGE = {
  input: { uncached: 5, cacheRead: 3, cacheWrite5m: 0, cacheWrite1h: 0, cacheWriteOther: 2, audio: 0 },
  output: { text: 7, reasoning: 11, audio: 0 },
  clamped: false,
};
const FOREIGN: ChatResponse = {
  origin: 'anthropic-messages',
  id: 'msg_1',
  model: 'claude',
  choices: [
    {
      index: 0,
      parts: [
        { type: 'reasoning', form: 'text', sections: ['Let me see. ', 'Yes.'], token: TOKEN },
        { type: 'text', text: 'Grüße 😀 "quoted"\n' },
        { type: 'tool-call', id: 'toolu_1', kind: 'function', name: 'weather', arguments: '{"city":"Köln"}' },
        { type: 'tool-call', id: 'toolu_2', kind: 'function', name: 'now', arguments: '' },
      ],
      stop: { reason: 'tool-calls', native: 'tool_use' },
    },
  ],
  usage: USAGE,
};

function eventsOf(response: ChatResponse): StreamEvent[] {
  const events: StreamEvent[] = [];
  unfold(response, (event) => void events.push(event));
  return events;
}

describe('an answer of another format', () => {
  test('says the same as a stream and as a body', async () => {
    const streamed = await streamRead(written(eventsOf(FOREIGN)));
    expect(await bodyRead(codec.encodeResponse(FOREIGN, ENCODING))).toEqual(streamed);
    expect(streamed).toMatchObject({
      text: 'Grüße 😀 "quoted"\n',
      thoughts: 'Let me see. \n\nYes.',
      calls: [
        { name: 'weather', args: { city: 'Köln' } },
        { name: 'now', args: {} },
      ],
      finish: 'STOP',
      tokens: [10, 7, 11, 3],
    });
  });

  test('comes back from the library with its thought and token whole', async () => {
    answerWith(written(eventsOf(FOREIGN)), 'text/event-stream');
    const chat = client.chats.create({ model: 'm' });
    for await (const _chunk of await chat.sendMessageStream({ message: 'x' })) {
      // Read to the end.
    }
    let sent: unknown;
    vi.stubGlobal('fetch', (_url: unknown, init: { readonly body: string }) => {
      sent = JSON.parse(init.body);
      return Promise.resolve(Response.json(codec.encodeResponse(FOREIGN, ENCODING)));
    });
    await chat.sendMessage({
      message: [{ functionResponse: { id: 'toolu_1', name: 'weather', response: { output: 'sun' } } }],
    });
    const request = codec.decodeRequest(sent, { model: 'm', stream: false });
    if ('code' in request) throw new Error(request.message);
    const said = request.turns.filter(({ role }) => role === 'assistant').flatMap(({ parts }) => parts);
    expect(said[0]).toEqual({
      type: 'reasoning',
      form: 'text',
      sections: ['Let me see. \n\nYes.'],
      token: TOKEN,
    });
    expect(said.filter(({ type }) => type === 'tool-call')).toMatchObject([
      { id: 'toolu_1' },
      { id: 'toolu_2' },
    ]);
    const results = request.turns.flatMap(({ parts }) => parts.filter(({ type }) => type === 'tool-result'));
    expect(results).toMatchObject([{ callId: 'toolu_1', name: 'weather' }]);
  });

  test("an error ends the stream as the library's own error", async () => {
    const [start, ...rest] = eventsOf(FOREIGN);
    if (start === undefined) throw new Error('no events');
    const error = { code: 'upstream_closed', source: 'upstream', status: 502, message: 'gone' } as const;
    const text = written([start, ...rest.slice(0, 3), { type: 'error', error }]);
    await expect(streamRead(text)).rejects.toThrow('gone');
  });

  test('a stream as an array is one JSON list of answers', () => {
    const chunks: unknown = JSON.parse(written(eventsOf(FOREIGN), 'json-array'));
    expect(Array.isArray(chunks) && chunks.every(isObject)).toBe(true);
  });
});

const ANSWERS = recordedAnswers().filter(
  ({ dialect, status, url }) =>
    dialect === 'gemini' && status === 200 && (url === '' || /generateContent/i.test(url)),
);

const concat = (parts: readonly Bytes[]): Bytes =>
  Buffer.concat(parts.map((part) => Buffer.from(part.toString('latin1'), 'latin1')));

/** The data of each chunk. */
function chunksOf(body: Buffer, framing: Framing): string[] {
  const found: string[] = [];
  if (framing === 'sse') readEvents(body, ({ data }) => void found.push(data));
  else {
    const splitter = createArraySplitter(concat, 1e8);
    for (const byte of body) {
      const block = splitter.push(Buffer.from([byte]));
      const element = block?.toString('utf8').replace(/^[\s,[]+|[\s,\]]+$/g, '') ?? '';
      if (element !== '') found.push(element);
    }
  }
  return found;
}

/** Calls that came value by value are for nobody to compare: the library hands the pieces on. */
const isPieced = (body: Buffer): boolean => body.includes('partialArgs');
const streams = ANSWERS.filter(({ kind, body }) => kind === 'stream' && !isPieced(body));
const bodies = ANSWERS.filter(({ kind }) => kind === 'json');

describe.skipIf(ANSWERS.length === 0)('a recorded answer (skipped without the shared data)', () => {
  test('there are streams and bodies', () => {
    expect(streams.length).toBeGreaterThan(3);
    expect(bodies.length).toBeGreaterThan(8);
  });

  test.each(streams)('$name says the same after it went through the model', async ({ body, framing }) => {
    const events: StreamEvent[] = [];
    const decoder = codec.decodeStream((event) => void events.push(event));
    const chunks = chunksOf(body, framing);
    for (const data of chunks) decoder.event('', data);
    decoder.end();
    const original = await streamRead(
      chunks.map((data) => `data: ${data.replaceAll('\n', '')}\n\n`).join(''),
    );
    expect(await streamRead(written(events, 'sse', 'gemini'))).toEqual(original);
  });

  test.each(bodies)('$name says the same after it went through the model', async ({ body }) => {
    const wire: unknown = JSON.parse(body.toString('utf8'));
    const response = codec.decodeResponse(wire);
    if ('code' in response) throw new Error(response.message);
    const original = await bodyRead(wire);
    expect(await bodyRead(codec.encodeResponse(response, ENCODING))).toEqual(original);
    expect(await streamRead(written(eventsOf(response), 'sse', 'gemini'))).toEqual(original);
  });
});
