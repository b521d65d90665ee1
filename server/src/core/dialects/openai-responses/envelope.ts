// The response object around the output: what the client asked for is said again in every answer, as the official types
// and all recorded answers have it.

import { unreachable } from '../../model/exhaustive.ts';
import type { JsonObject } from '../../model/json.ts';
import { type LossReport, lossReport } from '../../model/loss.ts';
import type { ChatRequest } from '../../model/request.ts';
import type { Stop } from '../../model/response.ts';
import type { Usage } from '../../model/usage.ts';
import type { AnswerEncoding } from '../dialect.ts';
import { instructionsOf, listedTools } from './request.encode.ts';
import { encodeToolChoice, encodeTools } from './tools.encode.ts';
import { encodeUsage } from './usage.encode.ts';

/** What changes from one response object of an exchange to the next. */
export interface ResponseState {
  readonly status: 'in_progress' | 'completed' | 'incomplete' | 'failed' | 'cancelled';
  readonly output: readonly JsonObject[];
  readonly usage: Usage | undefined;
  readonly createdAt: number;
  readonly serviceTier: string | undefined;
  readonly error?: JsonObject;
  readonly incompleteReason?: string | undefined;
  readonly ext?: JsonObject | undefined;
}

/** Writes response objects of one exchange. */
export type Envelope = (state: ResponseState) => JsonObject;

/** The echoes are made once. */
export function createEnvelope(encoding: AnswerEncoding): Envelope {
  const { request, model, seed } = encoding;
  const id = encoding.begun?.id || `resp_${seed}`;
  const echoes = echoesOf(request, encoding.continues);
  return ({ status, output, usage, createdAt, serviceTier, error, incompleteReason, ext }) => ({
    ...ext,
    id,
    object: 'response',
    created_at: createdAt,
    status,
    completed_at: null,
    error: error ?? null,
    incomplete_details: incompleteReason === undefined ? null : { reason: incompleteReason },
    model,
    output,
    ...echoes,
    service_tier: serviceTier ?? request.serviceTier ?? 'default',
    usage: usage === undefined ? null : encodeUsage(usage),
  });
}

function echoesOf(request: ChatRequest, continues: string | undefined): JsonObject {
  const { sampling, reasoning, state, promptCache, endUser, toolChoice, tools } = request;
  const encoding = { isOwn: request.origin === 'openai-responses', losses: lossReport() };
  const shown = reasoning?.show === 'summary' || reasoning?.show === 'full' ? 'auto' : null;
  return {
    background: state?.background ?? false,
    instructions: instructionsOf(request.turns) ?? null,
    max_output_tokens: request.maxOutputTokens ?? null,
    max_tool_calls: request.maxToolCalls ?? null,
    metadata: request.metadata ?? {},
    parallel_tool_calls: request.parallelToolCalls ?? true,
    previous_response_id: state?.previousResponseId ?? continues ?? null,
    prompt_cache_key: promptCache?.key ?? null,
    prompt_cache_retention: promptCache?.retention ?? null,
    reasoning: {
      effort: reasoning?.mode === 'off' ? 'none' : (reasoning?.effort ?? null),
      summary: reasoning?.ext?.['summary'] ?? shown,
    },
    safety_identifier: endUser?.safetyId ?? null,
    // The gateway keeps what it converts, as the API does unless it is told not to.
    store: state?.store ?? true,
    temperature: sampling.temperature ?? 1,
    text: textOf(request),
    tool_choice: toolChoice === undefined ? 'auto' : encodeToolChoice(toolChoice, tools),
    tools: encodeTools(listedTools(request), encoding),
    top_logprobs: sampling.logprobs?.top ?? 0,
    top_p: sampling.topP ?? 1,
    truncation: state?.truncation ?? 'disabled',
    user: endUser?.id ?? null,
  };
}

function textOf({ output, verbosity }: ChatRequest): JsonObject {
  const words = verbosity === undefined ? {} : { verbosity };
  if (output?.type === 'json') return { format: { type: 'json_object' }, ...words };
  if (output?.type !== 'schema') return { format: { type: 'text' }, ...words };
  const { name, description, schema, strict } = output;
  return {
    format: {
      type: 'json_schema',
      name: name ?? 'response',
      description: description ?? null,
      schema,
      strict: strict ?? false,
    },
    ...words,
  };
}

/** Says what the status cannot: a turn that was to be continued, a sequence that was met, a context that is full. */
export function reportStop({ reason }: Stop, losses: LossReport): void {
  if (reason !== 'paused' && reason !== 'stop-sequence' && reason !== 'context-full') return;
  losses.add({
    path: 'status',
    feature: 'stop-reason',
    action: 'approximated',
    severity: reason === 'paused' ? 'quality' : 'hint',
    note: `A response has no status for "${reason}".`,
  });
}

/** How an answer ended, as `status` and the reason of `incomplete_details`. */
export function outcomeOf(
  stop: Stop,
  hasRefusal: boolean,
): Pick<ResponseState, 'status' | 'incompleteReason' | 'error'> {
  switch (stop.reason) {
    case 'length':
    case 'context-full':
      return { status: 'incomplete', incompleteReason: 'max_output_tokens' };
    case 'filtered':
      return { status: 'incomplete', incompleteReason: 'content_filter' };
    case 'refusal':
      // A refusal in words is an answer; without words something must say that there is none.
      return hasRefusal
        ? { status: 'completed' }
        : { status: 'incomplete', incompleteReason: 'content_filter' };
    case 'malformed-call': {
      const message = stop.explanation ?? 'The model wrote a tool call that is none.';
      return { status: 'failed', error: { code: 'server_error', message } };
    }
    case 'cancelled':
      return { status: 'cancelled' };
    case 'stop':
    case 'stop-sequence':
    case 'tool-calls':
    case 'paused':
    case 'other':
      return { status: 'completed' };
    default:
      return unreachable(stop.reason);
  }
}
