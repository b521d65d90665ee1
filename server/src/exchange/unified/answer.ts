// Answers of the unified API: message, usage, cost and latency in one object, or the same in the events of a stream.

import { reportedError } from '../../core/dialects/kit/upstream-error.ts';
import { isObject, type JsonObject, listOf, objectOf, parseJson, textOf } from '../../core/model/json.ts';
import type { Usage } from '../../core/model/usage.ts';
import type { Cost } from '../../core/pricing/cost.ts';
import { usdOf } from '../../core/pricing/money.ts';

/** What the gateway knows of an exchange that is over. */
export interface UnifiedFacts {
  /** Who served it, in the client's word or ours. */
  readonly provider: string | undefined;
  /** Undefined where the upstream told none. */
  readonly usage: Usage | undefined;
  /** The usage is an estimate of the gateway. */
  readonly estimated?: boolean;
  /** Undefined where nothing was to be paid for. */
  readonly cost?: Cost | undefined;
  readonly latencyMs: number;
}

/** A message of the model. */
interface UnifiedMessage {
  readonly role: string;
  readonly content: string;
  readonly tool_calls?: readonly unknown[];
  readonly refusal?: string;
}

/** Usage, cost and latency: all that `event: done` tells, and the end of a whole answer. */
export function accounts({ usage, estimated, cost, latencyMs }: UnifiedFacts): JsonObject {
  const input = usage === undefined ? null : sum(usage.input);
  const pictures = usage?.extras?.outputImageTokens ?? 0;
  const output = usage === undefined ? null : sum(usage.output) + pictures;
  const total = input === null || output === null ? null : input + output;
  const guess = estimated === true ? { estimated: true } : {};
  return {
    usage: { prompt_tokens: input, completion_tokens: output, total_tokens: total, ...guess },
    cost: {
      total_tokens: total,
      input_tokens: input,
      output_tokens: output,
      ...amounts(cost),
    },
    latency_ms: Math.round(latencyMs),
  };
}

/** US dollars; null where no price is known. All that is not input counts as output, so that the two are the whole. */
function amounts(cost: Cost | undefined): JsonObject {
  if (cost === undefined || cost.state === 'unpriced')
    return { estimated_cost_usd: null, input_cost_usd: null, output_cost_usd: null };
  const { totalNanoUsd, parts } = cost;
  const input = parts.inputUncached + parts.cacheRead + parts.cacheWrite + parts.inputAudio;
  return {
    estimated_cost_usd: usdOf(totalNanoUsd),
    input_cost_usd: usdOf(input),
    output_cost_usd: usdOf(totalNanoUsd - input),
  };
}

function sum(buckets: Readonly<Record<string, number>>): number {
  return Object.values(buckets).reduce((total, count) => total + count, 0);
}

/** A whole answer, made of one of Chat Completions. */
export function unifiedAnswer(chat: string, facts: UnifiedFacts): JsonObject {
  const choice = objectOf(listOf(objectOf(parseJson(chat))?.['choices'])[0]);
  const message = messageOf(objectOf(choice?.['message']) ?? {});
  return { provider: facts.provider ?? null, message, ...accounts(facts) };
}

/** A message or the delta of one, which has the same members. */
export function messageOf(message: JsonObject): UnifiedMessage {
  const { role, content, tool_calls: calls, refusal } = message;
  return {
    role: textOf(role) ?? 'assistant',
    content: contentText(content),
    ...(Array.isArray(calls) && calls.length > 0 ? { tool_calls: calls } : {}),
    ...(typeof refusal === 'string' && refusal !== '' ? { refusal } : {}),
  };
}

/** Some vendors answer in parts. */
function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  return listOf(content)
    .map((part) => textOf(objectOf(part)?.['text']) ?? '')
    .join('');
}

/** An error, made of one in the words of Chat Completions or of any vendor: the sentence, and what programs look at. */
export function unifiedError(body: string): JsonObject {
  const json = parseJson(body);
  const inner = isObject(json) ? objectOf(json['error']) : undefined;
  const message =
    reportedError(json)?.message ?? textOf(body.slice(0, SHOWN_LENGTH)) ?? 'The request failed.';
  const facts: Record<string, unknown> = { error: message };
  for (const name of ['type', 'code', 'param']) {
    const value = textOf(inner?.[name]);
    if (value !== undefined) facts[name] = value;
  }
  return facts;
}

/** The most of an error that is no JSON which is shown, in characters. */
const SHOWN_LENGTH = 2_000;
