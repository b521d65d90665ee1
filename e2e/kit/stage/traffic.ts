// Live traffic for the stage: requests of its clients in all four formats, one after the other, at once, or without an end.

import { setTimeout as pause } from 'node:timers/promises';
import { DIALECT_IDS, type DialectId } from '../../../server/src/core/model/dialect-id.ts';
import { CLIENT_KEYS, type ClientName } from './cast.ts';

/** What is to be asked; what is left out goes round: formats, models, clients, streamed and not. */
export interface AskOptions {
  readonly model?: string;
  readonly format?: DialectId;
  readonly client?: ClientName;
  /** A key in place of the client's own; '' for none. */
  readonly key?: string;
  readonly stream?: boolean;
  readonly prompt?: string;
  /** Instructions; those of agents are long enough for the cache of a provider. */
  readonly system?: string;
  readonly conversation?: string;
  readonly agent?: string;
  /** Length of the answer in tokens. */
  readonly tokens?: number;
  /** Meant to be answered the same each time, so that the response cache may do it. */
  readonly deterministic?: boolean;
  /** Requests at the same time; 4 where absent. */
  readonly together?: number;
  readonly signal?: AbortSignal;
}

/** What came back. */
export interface Answered {
  readonly status: number;
  /** Id of the exchange in the ledger. */
  readonly id: string;
  readonly format: DialectId;
  readonly text: string;
}

/** Where it goes. */
export interface Target {
  readonly origin: string;
  /** False: the gateway asks nobody for a key. */
  readonly clients: boolean;
}

const MODELS: readonly string[] = [
  'claude-sonnet-4-5',
  'fast',
  'gemini-2.5-flash',
  'gpt-5.2',
  'claude-haiku-4-5',
  'qwen3-coder',
  'smart',
  'cheap',
];
const PROMPTS: readonly string[] = [
  'Summarise the release notes of last week in three sentences.',
  'Why does this test fail only on Tuesdays?',
  'Write a friendly reply to the customer who asks for an invoice.',
  'Which of these two functions is easier to read, and why?',
  'Translate the error messages into French.',
];

/** Instructions of some 1,500 tokens, as agents have them. */
const LONG_SYSTEM: string = Array.from(
  { length: 60 },
  (_, at) =>
    `Rule ${at + 1}: read a file before you change it, say what you do, and keep changes small and whole.`,
).join('\n');

const part = (text: string, marked: boolean): object => ({
  type: 'text',
  text,
  ...(marked ? { cache_control: { type: 'ephemeral' } } : {}),
});

type Body = (
  ask: Required<Pick<AskOptions, 'model' | 'prompt' | 'tokens' | 'stream'>> & AskOptions,
) => object;

const BODIES: Readonly<Record<DialectId, Body>> = {
  'openai-chat': ({ model, prompt, tokens, stream, system, deterministic }) => ({
    model,
    stream,
    max_completion_tokens: tokens,
    messages: [
      ...(system === undefined ? [] : [{ role: 'system', content: system }]),
      { role: 'user', content: prompt },
    ],
    ...(stream ? { stream_options: { include_usage: true } } : {}),
    ...(deterministic === true ? { seed: 7 } : {}),
  }),
  'openai-responses': ({ model, prompt, tokens, stream, system }) => ({
    model,
    stream,
    max_output_tokens: tokens,
    ...(system === undefined ? {} : { instructions: system }),
    input: [{ role: 'user', content: prompt }],
  }),
  'anthropic-messages': ({ model, prompt, tokens, stream, system }) => ({
    model,
    stream,
    max_tokens: tokens,
    ...(system === undefined ? {} : { system: [part(system, true)] }),
    messages: [{ role: 'user', content: prompt }],
  }),
  gemini: ({ prompt, tokens, system }) => ({
    ...(system === undefined ? {} : { systemInstruction: { parts: [{ text: system }] } }),
    contents: [{ role: 'user', parts: [{ text: prompt }] }],
    generationConfig: { maxOutputTokens: tokens },
  }),
};

function pathOf(format: DialectId, model: string, stream: boolean): string {
  if (format === 'openai-chat') return '/v1/chat/completions';
  if (format === 'openai-responses') return '/v1/responses';
  if (format === 'anthropic-messages') return '/v1/messages';
  const verb = stream ? 'streamGenerateContent?alt=sse' : 'generateContent';
  return `/v1beta/models/${encodeURIComponent(model)}:${verb}`;
}

/** The client that asks in a round: one that may use the model. */
function clientFor(model: string, round: number): ClientName {
  const batch = model.startsWith('gemini') || model === 'cheap';
  if (batch && round % 2 === 0) return 'night-batch';
  return model === 'fast' || model.startsWith('gpt') ? 'ci' : 'alice';
}

/** Request number `round`, read to its end. Rejects only when the gateway cannot be reached. */
async function askOnce(target: Target, round: number, options: AskOptions = {}): Promise<Answered> {
  const format = options.format ?? DIALECT_IDS[round % DIALECT_IDS.length] ?? 'openai-chat';
  const model = options.model ?? MODELS[Math.floor(round * 1.3) % MODELS.length] ?? 'fast';
  const stream = options.stream ?? round % 3 !== 0;
  const prompt = options.prompt ?? PROMPTS[round % PROMPTS.length] ?? '';
  const tokens = options.tokens ?? 24 + ((round * 37) % 160);
  const key = options.key ?? CLIENT_KEYS[options.client ?? clientFor(model, round)];
  const { agent, signal } = options;
  // Agents have long instructions, and many turns.
  const agentic = /^(?:claude|smart)/.test(model);
  const system = options.system ?? (agentic ? LONG_SYSTEM : undefined);
  const conversation = options.conversation ?? (agentic ? `run-${1 + Math.floor(round / 12)}` : undefined);
  const answer = await fetch(`${target.origin}${pathOf(format, model, stream)}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(target.clients && key !== '' ? { authorization: `Bearer ${key}` } : {}),
      ...(conversation === undefined ? {} : { 'x-session-id': conversation }),
      ...(agent === undefined ? {} : { 'x-claude-code-agent-id': agent }),
      ...(format === 'anthropic-messages' ? { 'anthropic-version': '2023-06-01' } : {}),
    },
    body: JSON.stringify(
      BODIES[format]({
        ...options,
        ...(system === undefined ? {} : { system }),
        model,
        prompt,
        tokens,
        stream,
      }),
    ),
    ...(signal === undefined ? {} : { signal }),
  });
  const id = answer.headers.get('x-sluice-request-id') ?? '';
  return { status: answer.status, id, format, text: await answer.text() };
}

/** So many requests, some at the same time; answers in their order. */
export async function askMany(target: Target, count: number, options: AskOptions = {}): Promise<Answered[]> {
  const answers: Answered[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const round = next++;
      answers[round] = await askOnce(target, round, options);
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, options.together ?? 4) }, worker));
  return answers;
}

/** Keeps so many long streams flowing until it is told to stop; a gateway that is away is waited for. */
export function keepStreaming(target: Target, count: number, options: AskOptions = {}): () => Promise<void> {
  const end = new AbortController();
  const worker = async (slot: number): Promise<void> => {
    for (let round = slot; !end.signal.aborted; round += count) {
      const wishes = { tokens: 300 + ((slot * 97) % 500), ...options, stream: true, signal: end.signal };
      const refused = await askOnce(target, round, wishes).then(
        ({ status }) => status !== 200,
        () => true,
      );
      if (refused) await pause(200, undefined, { signal: end.signal }).catch(() => undefined);
    }
  };
  const workers = Array.from({ length: count }, (_, slot) => worker(slot));
  return async () => {
    end.abort();
    await Promise.all(workers);
  };
}
