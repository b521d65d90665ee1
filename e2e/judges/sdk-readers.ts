// How the official libraries understand an answer: each is given the bytes by a fetch of its own and says what it has read.

import Anthropic from '@anthropic-ai/sdk';
import { type GenerateContentResponse, GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';
import type { DialectId } from '../../server/src/core/model/dialect-id.ts';
import { isFilled } from '../../server/src/core/model/json.ts';

/** What an answer says, in no library's words. Of several answers side by side, the first. */
export interface Understood {
  /** Words, of refusal too. */
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly { readonly name: string; readonly arguments: unknown }[];
  readonly stop: Stop;
  /** Sums of tokens, all buckets together. */
  readonly input: number;
  readonly output: number;
  /** Those of the input that were read from a cache, and those of the output that nobody sees. */
  readonly cached: number;
  readonly hidden: number;
}

/** Why an answer ended, as far as all formats can tell. */
export type Stop = 'done' | 'calls' | 'length' | 'filtered' | 'unknown';

interface SdkReader {
  /** Reads a stream of server-sent events; rejects where the library throws. */
  stream(text: string): Promise<Understood>;
  body(json: unknown): Promise<Understood>;
}

/** A fetch that answers everything with this. */
function answering(body: string, contentType: string): typeof fetch {
  return () => Promise.resolve(new Response(body, { headers: { 'content-type': contentType } }));
}

const streaming = (text: string): typeof fetch => answering(text, 'text/event-stream');
const whole = (json: unknown): typeof fetch => answering(JSON.stringify(json), 'application/json');
const openai = (fetch: typeof globalThis.fetch): OpenAI => new OpenAI({ apiKey: 'k', fetch, maxRetries: 0 });
const anthropic = (fetch: typeof globalThis.fetch): Anthropic =>
  new Anthropic({ apiKey: 'k', fetch, maxRetries: 0 });

/** A message or delta of chat with the members that third parties have. */
interface ThirdPartyMessage {
  readonly content?: string | readonly ThirdPartyChunk[] | null;
  readonly reasoning_content?: string | null;
  readonly reasoning?: string | null;
}

/** Mistral: content as a list of text and thinking. */
interface ThirdPartyChunk {
  readonly type: string;
  readonly text?: string;
  readonly thinking?: readonly { readonly text?: string }[];
}

function shownReasoning(message: object): string {
  const { content, reasoning_content, reasoning } = message as ThirdPartyMessage;
  if (Array.isArray(content))
    return content
      .flatMap(({ thinking }) => thinking ?? [])
      .map(({ text }) => text ?? '')
      .join('');
  return reasoning_content ?? reasoning ?? '';
}

function shownText(message: object): string {
  const { content } = message as ThirdPartyMessage;
  return Array.isArray(content)
    ? content.map(({ text }) => text ?? '').join('')
    : ((content as string) ?? '');
}

const CHAT_STOPS: Readonly<Record<string, Stop>> = {
  stop: 'done',
  tool_calls: 'calls',
  function_call: 'calls',
  length: 'length',
  content_filter: 'filtered',
};

function chatCalls(message: OpenAI.ChatCompletionMessage | undefined): Understood['calls'] {
  const legacy = message?.function_call ?? undefined;
  if (legacy !== undefined) return [{ name: legacy.name, arguments: parsedArguments(legacy.arguments) }];
  return (message?.tool_calls ?? []).map((call) =>
    call.type === 'function'
      ? { name: call.function.name, arguments: parsedArguments(call.function.arguments) }
      : { name: call.custom.name, arguments: call.custom.input },
  );
}

function chatUnderstood(completion: OpenAI.ChatCompletion, text: string, reasoning: string): Understood {
  const choice = completion.choices[0];
  const message = choice?.message;
  const { prompt_tokens_details: input, completion_tokens_details: output } = completion.usage ?? {};
  return {
    text: `${text}${message?.refusal ?? ''}`,
    reasoning,
    // A refusal in words ends like any answer, where there is a member for it.
    stop: isFilled(message?.refusal) ? 'filtered' : (CHAT_STOPS[choice?.finish_reason ?? ''] ?? 'unknown'),
    cached: input?.cached_tokens ?? 0,
    hidden: output?.reasoning_tokens ?? 0,
    calls: chatCalls(message),
    input: completion.usage?.prompt_tokens ?? 0,
    output: completion.usage?.completion_tokens ?? 0,
  };
}

/** No arguments are written as an empty text or as an empty object. */
function parsedArguments(text: string): unknown {
  return text === '' ? {} : (JSON.parse(text) as unknown);
}

const chat: SdkReader = {
  async stream(text) {
    const stream = openai(streaming(text)).chat.completions.stream({ model: 'm', messages: [] });
    // The library keeps only the last piece of members that it does not know, and takes lists for text.
    let said = '';
    let reasoning = '';
    stream.on('chunk', (chunk) => {
      const delta = chunk.choices?.find(({ index }) => index === 0)?.delta;
      if (delta === undefined) return;
      said += shownText(delta);
      reasoning += shownReasoning(delta);
    });
    return chatUnderstood(await stream.finalChatCompletion(), said, reasoning);
  },
  async body(json) {
    const completion = await openai(whole(json)).chat.completions.create({ model: 'm', messages: [] });
    const message = completion.choices[0]?.message ?? {};
    return chatUnderstood(completion, shownText(message), shownReasoning(message));
  },
};

function responsesStop({ status, incomplete_details, output }: OpenAI.Responses.Response): Stop {
  if (status === 'incomplete') return incomplete_details?.reason === 'content_filter' ? 'filtered' : 'length';
  if (status !== 'completed') return 'unknown';
  const parts = output.flatMap((item) => (item.type === 'message' ? item.content : []));
  if (parts.some(({ type }) => type === 'refusal')) return 'filtered';
  return output.some(({ type }) => type === 'function_call' || type === 'custom_tool_call')
    ? 'calls'
    : 'done';
}

function responsesUnderstood(response: OpenAI.Responses.Response): Understood {
  const parts = response.output.flatMap((item) => (item.type === 'message' ? item.content : []));
  const thoughts = response.output.flatMap((item) =>
    item.type === 'reasoning' ? [...item.summary, ...(item.content ?? [])].map(({ text }) => text) : [],
  );
  return {
    text: parts.map((part) => (part.type === 'output_text' ? part.text : part.refusal)).join(''),
    stop: responsesStop(response),
    cached: response.usage?.input_tokens_details?.cached_tokens ?? 0,
    hidden: response.usage?.output_tokens_details?.reasoning_tokens ?? 0,
    reasoning: thoughts.join('\n\n'),
    calls: response.output.flatMap((item) => {
      if (item.type === 'function_call')
        return [{ name: item.name, arguments: parsedArguments(item.arguments) }];
      return item.type === 'custom_tool_call' ? [{ name: item.name, arguments: item.input }] : [];
    }),
    input: response.usage?.input_tokens ?? 0,
    output: response.usage?.output_tokens ?? 0,
  };
}

/** The library hands a failed response over as it is; its caller looks at the status. */
function notFailed(response: OpenAI.Responses.Response): OpenAI.Responses.Response {
  if (response.status === 'failed') throw new Error(response.error?.message ?? 'failed');
  return response;
}

const responses: SdkReader = {
  async stream(text) {
    const stream = openai(streaming(text)).responses.stream({ model: 'm', input: '' });
    return responsesUnderstood(notFailed(await stream.finalResponse()));
  },
  async body(json) {
    return responsesUnderstood(
      notFailed(await openai(whole(json)).responses.create({ model: 'm', input: '' })),
    );
  },
};

const MESSAGE_STOPS: Readonly<Record<string, Stop>> = {
  end_turn: 'done',
  stop_sequence: 'done',
  pause_turn: 'done',
  tool_use: 'calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'filtered',
};

function messageUnderstood({ content, usage, stop_reason }: Anthropic.Message): Understood {
  return {
    stop: MESSAGE_STOPS[stop_reason ?? ''] ?? 'unknown',
    cached: usage.cache_read_input_tokens ?? 0,
    hidden: usage.output_tokens_details?.thinking_tokens ?? 0,
    text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    reasoning: content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
    calls: content.flatMap((block) =>
      block.type === 'tool_use' ? [{ name: block.name, arguments: block.input }] : [],
    ),
    input:
      usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0),
    output: usage.output_tokens,
  };
}

const messages: SdkReader = {
  async stream(text) {
    const stream = anthropic(streaming(text)).messages.stream({ model: 'm', max_tokens: 9, messages: [] });
    return messageUnderstood(await stream.finalMessage());
  },
  async body(json) {
    const message = await anthropic(whole(json)).messages.create({ model: 'm', max_tokens: 9, messages: [] });
    return messageUnderstood(message);
  },
};

function geminiStop(reason: string | undefined, hasCalls: boolean): Stop {
  if (reason === 'STOP') return hasCalls ? 'calls' : 'done';
  if (reason === 'MAX_TOKENS') return 'length';
  const isFiltered = /SAFETY|RECITATION|BLOCKLIST|PROHIBITED|SPII|ARMOR|BLOCKED/.test(reason ?? '');
  return isFiltered ? 'filtered' : 'unknown';
}

function geminiUnderstood(chunks: readonly GenerateContentResponse[]): Understood {
  const parts = chunks.flatMap(({ candidates }) => {
    const first = candidates?.find(({ index }) => (index ?? 0) === 0);
    return first?.content?.parts ?? [];
  });
  const reasons = chunks.map(({ candidates, promptFeedback }) => {
    const first = candidates?.find(({ index }) => (index ?? 0) === 0);
    return first?.finishReason ?? (promptFeedback?.blockReason === undefined ? undefined : 'BLOCKED');
  });
  const hasCalls = parts.some(({ functionCall }) => functionCall !== undefined);
  const usage = chunks.findLast(({ usageMetadata }) => usageMetadata !== undefined)?.usageMetadata;
  return {
    text: parts.map((part) => (part.thought === true ? '' : (part.text ?? ''))).join(''),
    reasoning: parts.map((part) => (part.thought === true ? (part.text ?? '') : '')).join(''),
    calls: parts.flatMap(({ functionCall }) =>
      functionCall === undefined
        ? []
        : [{ name: functionCall.name ?? '', arguments: functionCall.args ?? {} }],
    ),
    stop: geminiStop(
      reasons.findLast((reason) => reason !== undefined),
      hasCalls,
    ),
    cached: usage?.cachedContentTokenCount ?? 0,
    hidden: usage?.thoughtsTokenCount ?? 0,
    input: (usage?.promptTokenCount ?? 0) + (usage?.toolUsePromptTokenCount ?? 0),
    output: (usage?.candidatesTokenCount ?? 0) + (usage?.thoughtsTokenCount ?? 0),
  };
}

/** This library takes no fetch: it uses the global one. */
async function withFetch<T>(
  fetch: typeof globalThis.fetch,
  read: (ai: GoogleGenAI) => Promise<T>,
): Promise<T> {
  const before = globalThis.fetch;
  globalThis.fetch = fetch;
  try {
    return await read(new GoogleGenAI({ apiKey: 'k' }));
  } finally {
    globalThis.fetch = before;
  }
}

const gemini: SdkReader = {
  stream: (text) =>
    withFetch(streaming(text), async (ai) => {
      const chunks: GenerateContentResponse[] = [];
      const stream = await ai.models.generateContentStream({ model: 'm', contents: 'x' });
      for await (const chunk of stream) chunks.push(chunk);
      return geminiUnderstood(chunks);
    }),
  body: (json) =>
    withFetch(whole(json), async (ai) =>
      geminiUnderstood([await ai.models.generateContent({ model: 'm', contents: 'x' })]),
    ),
};

/** The library of each format's own vendor. */
export const SDK_READERS: Readonly<Record<DialectId, SdkReader>> = {
  'openai-chat': chat,
  'openai-responses': responses,
  'anthropic-messages': messages,
  gemini,
};
