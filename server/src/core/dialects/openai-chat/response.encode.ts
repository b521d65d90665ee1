// Writes a complete answer: the same that a client puts together from our stream.
// https://platform.openai.com/docs/api-reference/chat/object

import { type Part, reasoningText, type TextPart, type ToolCallPart } from '../../model/content.ts';
import { nothingLeft, unreachable } from '../../model/exhaustive.ts';
import type { JsonObject } from '../../model/json.ts';
import type { LossReport } from '../../model/loss.ts';
import type { Choice } from '../../model/response.ts';
import { saidOfRefusal } from '../../model/said-of-refusal.ts';
import type { AnswerEncoding, Codec } from '../dialect.ts';
import { writeAnnotation } from './annotations.ts';
import { answerId, answerImage, answerMembers, finishReason, isLegacy, lost, reportStop } from './finish.ts';
import { extraContent } from './google-extra.ts';
import { writeLogprobs } from './logprobs.ts';
import { detailsOf } from './reasoning-details.ts';
import { writeUsage } from './usage.encode.ts';

const NOTHING: JsonObject = {};

/** See Codec.encodeResponse. */
export const encodeResponse: Codec['encodeResponse'] = (response, encoding) => {
  const { origin, id, model: _upstreams, createdAt, choices, usage, serviceTier, ext, ...rest } = response;
  nothingLeft(rest);
  return {
    id: answerId(id, encoding.seed),
    object: 'chat.completion',
    created: createdAt ?? encoding.createdAt,
    model: encoding.model,
    choices: choices.map((choice) => writeChoice(choice, encoding)),
    ...(usage === undefined ? NOTHING : { usage: writeUsage(usage) }),
    ...(serviceTier === undefined ? NOTHING : { service_tier: serviceTier }),
    ...(origin === 'openai-chat' ? ext : NOTHING),
  };
};

/** A message on its way. */
interface Message {
  text: string;
  refusal: string;
  reasoning: string;
  readonly calls: JsonObject[];
  readonly details: JsonObject[];
  readonly annotations: JsonObject[];
  readonly images: JsonObject[];
  readonly logprobs: JsonObject[];
  /** Vendors' members. */
  readonly others: Record<string, unknown>;
  reasoningParts: number;
}

function writeChoice({ index, parts, stop }: Choice, { request, losses }: AnswerEncoding): JsonObject {
  const message: Message = {
    text: '',
    refusal: '',
    reasoning: '',
    calls: [],
    details: [],
    annotations: [],
    images: [],
    logprobs: [],
    others: {},
    reasoningParts: 0,
  };
  const legacy = isLegacy(request);
  for (const part of parts) add(part, message, losses, legacy);
  reportStop(stop, losses);
  const { text, reasoning, calls, details, annotations, images, logprobs, others } = message;
  const refusal = message.refusal || (saidOfRefusal(stop, text !== '') ?? '');
  return {
    index,
    message: {
      role: 'assistant',
      // Most clients expect a string where there is nothing else.
      content: text === '' && (calls.length > 0 || refusal !== '') ? null : text,
      refusal: refusal === '' ? null : refusal,
      ...(reasoning === '' ? NOTHING : { reasoning_content: reasoning }),
      ...(details.length === 0 ? NOTHING : { reasoning_details: details }),
      ...writeCalls(calls, legacy),
      ...(annotations.length === 0 ? NOTHING : { annotations }),
      ...(images.length === 0 ? NOTHING : { images }),
      ...others,
    },
    logprobs: logprobs.length === 0 ? null : { content: logprobs, refusal: null },
    finish_reason: finishReason(stop, message.refusal !== '', legacy),
  };
}

function writeCalls(calls: readonly JsonObject[], legacy: boolean): JsonObject {
  const [first] = calls;
  if (first === undefined) return NOTHING;
  return legacy ? { function_call: first['function'] } : { tool_calls: calls };
}

function add(part: Part, message: Message, losses: LossReport, legacy: boolean): void {
  switch (part.type) {
    case 'text':
      addText(part, message, losses);
      return;
    case 'refusal':
      message.refusal += part.text;
      return;
    case 'reasoning': {
      const text = reasoningText(part);
      if (text !== '') message.reasoning += message.reasoning === '' ? text : `\n\n${text}`;
      if (part.token !== undefined) message.details.push(...detailsOf(part, message.reasoningParts++, true));
      return;
    }
    case 'tool-call':
      if (legacy && message.calls.length > 0)
        lost(losses, 'parallel-calls', 'quality', 'A legacy client understands one function call only.');
      else message.calls.push(writeCall(part));
      return;
    case 'media': {
      const image = answerImage(part, losses);
      if (image !== undefined) message.images.push(image);
      return;
    }
    case 'vendor':
      Object.assign(message.others, answerMembers(part, losses));
      return;
    case 'tool-result':
      lost(losses, 'tool-result', 'hint', 'Chat Completions has no results of tools in answers.');
      return;
    default:
      unreachable(part);
  }
}

function addText(part: TextPart, message: Message, losses: LossReport): void {
  const { text, citations, logprobs, token } = part;
  for (const citation of citations ?? []) {
    const annotation = writeAnnotation(citation, message.text.length, text.length);
    if (annotation !== undefined) message.annotations.push(annotation);
    else lost(losses, 'citations', 'quality', 'Chat Completions cites by URL only.');
  }
  message.text += text;
  if (logprobs !== undefined) message.logprobs.push(...writeLogprobs(logprobs));
  if (token?.kind === 'thought') message.others['extra_content'] = extraContent(token, true);
}

function writeCall({ id, kind, name, arguments: text, token }: ToolCallPart): JsonObject {
  const extra = token?.kind === 'thought' ? { extra_content: extraContent(token, true) } : NOTHING;
  return kind === 'custom'
    ? { id, type: 'custom', custom: { name, input: text }, ...extra }
    : { id, type: 'function', function: { name, arguments: text === '' ? '{}' : text }, ...extra };
}
