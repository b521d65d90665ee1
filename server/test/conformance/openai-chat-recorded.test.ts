// Recorded Chat Completions traffic, of OpenAI and of the vendors around it, through the codec: requests come back as they
// were, streams keep to the grammar, and both ways of answering end well.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { codec } from '../../src/core/dialects/openai-chat/codec.ts';
import type { StreamEvent } from '../../src/core/model/event.ts';
import { checkGrammar } from '../../src/core/model/grammar.ts';
import { isObject, type JsonObject } from '../../src/core/model/json.ts';
import { lossReport } from '../../src/core/model/loss.ts';
import type { ModelTraits } from '../../src/core/model/traits.ts';
import { readEvents } from '../../src/core/sse/parse.ts';
import { sharedPath } from '../kit/shared-data.ts';
import { traitsOf } from '../kit/tool-setting.ts';
import { recordedAnswers } from './recorded.ts';

const PATH = { model: undefined, stream: false };

/** Bodies of recorded requests to chat/completions. */
function recordedRequests(): (readonly [string, JsonObject])[] {
  const root = sharedPath('formats/fixtures');
  if (root === undefined) return [];
  const found: (readonly [string, JsonObject])[] = [];
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.json') || name === 'index.json') continue;
    const cassette = JSON.parse(readFileSync(`${root}/${name}`, 'utf8'));
    const exchanges: readonly { request: { url: string; body: unknown } | null }[] = cassette.exchanges ?? [];
    exchanges.forEach(({ request }, at) => {
      if (request?.url.includes('chat/completions') !== true) return;
      const body = typeof request.body === 'string' ? JSON.parse(request.body) : request.body;
      if (isObject(body)) found.push([`${name}#${at}`, body]);
    });
  }
  return found;
}

/** The traits under which nothing of this request is to be said otherwise. */
function traitsFor(body: JsonObject): ModelTraits {
  const written = JSON.stringify(body['messages']);
  return traitsOf('openai-chat', {
    developerRole: true,
    maxTokensMember: 'max_tokens' in body ? 'max_tokens' : 'max_completion_tokens',
    cacheMarks: written.includes('"cache_control"') ? 'cache_control' : 'prompt_cache_breakpoint',
    reasoningMember: written.includes('"reasoning_details"')
      ? 'reasoning_details'
      : written.includes('"reasoning"')
        ? 'reasoning'
        : 'reasoning_content',
    reasoning: { ...traitsOf('openai-chat').reasoning, by: 'effort', canBeOff: true },
    // DeepSeek: an empty member stands where there was no reasoning.
    replaysReasoningText: written.includes('"reasoning_content"'),
    streamOptions: 'stream_options' in body,
  });
}

/** The same request in the words that the codec writes: what is null, false or nothing by default is left out. */
function plain(body: JsonObject): JsonObject {
  const messages = (body['messages'] as readonly JsonObject[]).map((message) => {
    const { content } = message;
    const parts = Array.isArray(content) ? content.filter((part) => part.text !== '') : content;
    const [only] = Array.isArray(parts) && parts.length === 1 ? parts : [];
    const isText = only?.type === 'text' && Object.keys(only).length === 2;
    const isSilent = message['tool_calls'] !== undefined || message['function_call'] !== undefined;
    const said = isText ? only.text : parts;
    return defined({
      ...message,
      content: isSilent && (said ?? '') === '' ? null : (said ?? ''),
    });
  });
  const { stream, stop, logprobs, tools, tool_choice, ...rest } = body;
  const hasTools = Array.isArray(tools) && tools.length > 0;
  return defined({
    ...rest,
    messages,
    ...(stream === true ? { stream } : {}),
    ...(logprobs === true ? { logprobs } : {}),
    stop: typeof stop === 'string' ? [stop] : stop,
    ...(hasTools || body['functions'] !== undefined ? { tools, tool_choice } : {}),
  });
}

function defined(value: JsonObject): JsonObject {
  const isKept = ([name, member]: readonly [string, unknown]): boolean =>
    member !== undefined && (member !== null || name === 'content');
  return Object.fromEntries(Object.entries(value).filter(isKept));
}

const requests = recordedRequests();
const answers = recordedAnswers().filter(
  ({ dialect, url, status }) =>
    dialect === 'openai-chat' && status < 300 && (url === '' || url.includes('chat/completions')),
);

describe.skipIf(requests.length === 0)('recorded requests (where the shared recordings are)', () => {
  test.each(requests)('%s comes back as it was', (_, body) => {
    const request = codec.decodeRequest(body, PATH);
    if ('code' in request) throw new Error(request.message);
    const losses = lossReport();
    const { body: back } = codec.encodeRequest(request, {
      model: request.model,
      stream: request.stream,
      traits: traitsFor(body),
      losses,
    });
    const { stream_options: asked, ...expected } = plain(body);
    const { stream_options: asks, ...written } = JSON.parse(JSON.stringify(back));
    expect(written).toEqual(expected);
    if (asked !== undefined) expect(asks).toMatchObject({ ...(asked as object), include_usage: true });
    expect(losses.losses).toEqual([]);
  });
});

describe.skipIf(answers.length === 0)('recorded answers (where the shared recordings are)', () => {
  test.each(answers.filter(({ kind }) => kind === 'stream'))(
    '$name keeps to the grammar',
    ({ body, name }) => {
      const events: StreamEvent[] = [];
      const decoder = codec.decodeStream(checkGrammar((event) => events.push(event)));
      readEvents(body, ({ event, data }) => decoder.event(event, data));
      decoder.end();
      const fails = /stream-error|tool-use-failed-error-streaming\.json#0/.test(name);
      expect(events.at(-1)?.type).toBe(fails ? 'error' : 'end');
    },
  );

  test.each(answers.filter(({ kind }) => kind === 'json'))('$name is read, and written again', ({ body }) => {
    const wire = JSON.parse(body.toString());
    const response = codec.decodeResponse(wire);
    if ('code' in response) {
      expect(wire.error ?? wire.choices ?? 'no chat').toBeDefined();
      expect(wire.choices?.[0]?.message).toBeUndefined();
      return;
    }
    const back = JSON.parse(
      JSON.stringify(
        codec.encodeResponse(response, {
          request: {
            origin: 'openai-chat',
            model: '',
            stream: false,
            includeUsage: false,
            turns: [],
            tools: [],
            sampling: {},
            ext: wire.choices[0].message?.function_call === undefined ? {} : { functions: [] },
          },
          model: wire.model,
          seed: 's',
          createdAt: 0,
          inputTokens: 0,
          losses: lossReport(),
        }),
      ),
    );
    for (const [at, { message, finish_reason }] of wire.choices.entries()) {
      const written = back.choices[at];
      expect(written.finish_reason).toBe(finish_reason);
      expect(written.message.content ?? '').toBe(message?.content ?? '');
      const named = (calls: readonly JsonObject[] | undefined) => calls?.map((call) => call['function']);
      expect(named(written.message.tool_calls)).toEqual(named(message?.tool_calls ?? undefined));
      expect(written.message.function_call).toEqual(message?.function_call ?? undefined);
    }
  });
});
