import { describe, expect, it } from 'vitest';
import { dialects } from '../../src/core/dialects/index.ts';
import { MADE_STREAMS } from './fixtures/made-streams.ts';
import { recordedAnswers } from './recorded.ts';
import { tokensOf, watchChunks } from './stream-run.ts';

describe.each(MADE_STREAMS)('$dialect: $name', (made) => {
  it('when events come one by one', () => {
    const watch = dialects[made.dialect].watch(made.framing);
    const phases = made.pieces.map((piece) => {
      watch.read(Buffer.from(piece));
      return watch.phase;
    });
    expect(phases).toEqual(made.phases);
    watch.finish();
    expect(watch.phase).toBe(made.end);
    expect(tokensOf(watch.usage())).toEqual(made.tokens);
    expect(watch.error === undefined).toBe(made.error === undefined);
    if (made.error !== undefined) {
      expect(watch.error).toMatchObject({ code: made.error.code, status: made.error.status });
      expect(watch.error?.message).toContain(made.error.text);
    }
  });

  it.each([1, 3, 7, 37, 1e9])('when it comes in chunks of %d bytes', (chunkBytes) => {
    const { watch } = watchChunks(made.dialect, made.framing, Buffer.from(made.pieces.join('')), chunkBytes);
    expect(watch.phase).toBe(made.end);
    expect(tokensOf(watch.usage())).toEqual(made.tokens);
    expect(watch.error?.code).toBe(made.error?.code);
  });
});

describe('what a watcher remembers', () => {
  it.each(['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const)(
    'is id and model of the first event that names them in %s',
    (dialect) => {
      const made = MADE_STREAMS.find((stream) => stream.dialect === dialect);
      const { watch } = watchChunks(dialect, 'sse', Buffer.from(made?.pieces.join('') ?? ''), 1e9);
      expect(watch.id).toMatch(/1$/);
      expect(watch.model).toBe('m-1');
    },
  );

  it('is the usage of a block that many blocks without usage follow', () => {
    const watch = dialects['openai-chat'].watch('sse');
    watch.read(Buffer.from('data: {"choices":[{"delta":{"content":"a"}}]}\n\n'));
    watch.read(Buffer.from('data: {"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":3}}\n\n'));
    for (let i = 0; i < 20; i++) watch.read(Buffer.from('data: {"choices":[{"delta":{"content":"b"}}]}\n\n'));
    expect(tokensOf(watch.usage())).toEqual([3, 0]);
  });

  it('is the delay that Google asks for in an error', () => {
    const made = MADE_STREAMS.find(({ name }) => name.includes('when to come back'));
    const { watch } = watchChunks('gemini', 'sse', Buffer.from(made?.pieces.join('') ?? ''), 1e9);
    expect(watch.error?.retryAfterMs).toBe(1500);
  });
});

/** Recordings that do not end well. */
const EXPECTED_ENDS: Readonly<Record<string, string>> = {
  'anthropic/anthropic-sdk__incomplete-partial-json-response.json#0': 'output',
  'groq/pydantic-ai__tool-use-failed-error-streaming.json#0': 'failed',
  'openai-responses/vercel__openai-error.1-chunks.json#0': 'failed',
  'openrouter/pydantic-ai__openrouter-stream-error.json#0': 'failed',
};
const streams = recordedAnswers().filter(({ kind }) => kind === 'stream');

describe.skipIf(streams.length === 0)('recorded streams', () => {
  it.each(streams)('$name ends as it should, with the usage that a full parse finds', (recorded) => {
    const expected = fullParse(recorded.body.toString());
    const sizes = recorded.body.length > 100_000 ? [37, 4096, 1e9] : [1, 3, 7, 37, 4096, 1e9];
    for (const chunkBytes of sizes) {
      const { watch } = watchChunks(recorded.dialect, recorded.framing, recorded.body, chunkBytes);
      expect(watch.phase).toBe(EXPECTED_ENDS[recorded.name] ?? 'ended');
      expect(watch.usage()).toEqual(
        expected === undefined ? undefined : usageByFullParse(recorded.dialect, expected),
      );
      expect(watch.id).toBeDefined();
    }
  });
});

/** Every usage object of a body, the last value of each member, and what is billed and stands beside it. */
function fullParse(body: string): FullUsage | undefined {
  const texts = body.startsWith('[')
    ? JSON.parse(body)
    : body.split(/\r?\n/).filter((line) => line.startsWith('data:'));
  let whole: Record<string, unknown> | undefined;
  let beside: Record<string, unknown> = {};
  for (const text of texts) {
    let json = text;
    if (typeof text === 'string') {
      if (text.includes('[DONE]')) continue;
      json = JSON.parse(text.slice(5));
    }
    const usage = json.usage ?? json.usageMetadata ?? json.message?.usage ?? json.response?.usage;
    if (!usage || !Object.keys(usage).some((name) => /_tokens|TokenCount/.test(name))) continue;
    // One recording holds several responses in a row: a watcher follows the first.
    if (whole !== undefined && json.type === 'response.completed') continue;
    whole = { ...whole, ...Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null)) };
    const { output, service_tier, tool_usage } = json.response ?? json;
    beside = { ...beside, ...(output && { output }), service_tier, tool_usage };
    if (JSON.stringify(json.candidates ?? []).includes('groundingMetadata'))
      beside = { ...beside, candidates: json.candidates };
  }
  return whole === undefined ? undefined : { usage: whole, beside };
}

interface FullUsage {
  readonly usage: Record<string, unknown>;
  readonly beside: Record<string, unknown>;
}

/** Splits a usage through the answer of the same dialect, which has it as one object. */
function usageByFullParse(dialect: keyof typeof dialects, { usage, beside }: FullUsage): unknown {
  const empty = { choices: [{}], output: [], content: [], candidates: [{}] };
  const answer = { ...empty, ...beside, usage, usageMetadata: usage };
  const reading = dialects[dialect].readAnswer(Buffer.from(JSON.stringify(answer)), 'generate');
  return reading.ok ? reading.usage : reading.error;
}
