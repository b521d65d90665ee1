// What both ways of answering share: the reason why a choice ended, ids, and what has no form in an answer.

import type { MediaPart, VendorPart } from '../../model/content.ts';
import { unreachable } from '../../model/exhaustive.ts';
import type { JsonObject } from '../../model/json.ts';
import type { LossReport, LossSeverity } from '../../model/loss.ts';
import type { ChatRequest } from '../../model/request.ts';
import type { Stop, StopReason } from '../../model/response.ts';
import { urlOfSource } from './media.ts';

/** The `finish_reason`. `hasRefused`: the message has a refusal of its own. `legacy`: the client knows function_call only. */
export function finishReason({ reason }: Stop, hasRefused: boolean, legacy: boolean): string {
  switch (reason) {
    case 'stop':
    case 'stop-sequence':
    case 'paused':
    case 'cancelled':
    case 'other':
      return 'stop';
    case 'tool-calls':
      return legacy ? 'function_call' : 'tool_calls';
    case 'length':
    case 'context-full':
      return 'length';
    case 'refusal':
      return hasRefused ? 'stop' : 'content_filter';
    // A call that is none must not look like a clean end (G30).
    case 'filtered':
    case 'malformed-call':
      return 'content_filter';
    default:
      return unreachable(reason);
  }
}

/** The reasons that this format has no word for, and what their loss comes to. */
const UNSAID: Readonly<Partial<Record<StopReason, LossSeverity>>> = {
  'stop-sequence': 'hint',
  'context-full': 'hint',
  paused: 'quality',
  'malformed-call': 'quality',
  cancelled: 'quality',
};

/** Says what the reason cannot: a turn that was to be continued, or a call that is none. */
export function reportStop({ reason }: Stop, losses: LossReport): void {
  const severity = UNSAID[reason];
  if (severity === undefined) return;
  losses.add({
    path: 'choices[].finish_reason',
    feature: 'stop-reason',
    action: 'approximated',
    severity,
    note: `Chat Completions has no reason for "${reason}".`,
  });
}

/** The answer's id: its own where it is one of this format. */
export function answerId(id: string, seed: string): string {
  return id.startsWith('chatcmpl') ? id : `chatcmpl-${seed}`;
}

/** True where the client asked with the legacy `functions` and understands nothing else. */
export function isLegacy(request: ChatRequest): boolean {
  return request.origin === 'openai-chat' && request.ext?.['functions'] !== undefined;
}

/** An image as OpenRouter has it in messages; undefined for other media, which is reported. */
export function answerImage(part: MediaPart, losses: LossReport): JsonObject | undefined {
  const url = part.kind === 'image' ? urlOfSource(part.source, part.mimeType ?? 'image/png') : undefined;
  if (url !== undefined) return { type: 'image_url', image_url: { url } };
  lost(losses, 'answer-media', 'quality', `Chat Completions cannot hold this ${part.kind} in an answer.`);
  return undefined;
}

/** The members that a vendor part adds to a message; undefined for parts of other formats, which are reported. */
export function answerMembers(part: VendorPart, losses: LossReport): JsonObject | undefined {
  if (part.dialect === 'openai-chat' && part.raw['type'] !== part.kind) return part.raw;
  lost(losses, 'vendor-part', 'hint', `${part.kind} means nothing in Chat Completions.`);
  return undefined;
}

/** Reports something that has no place in the message. */
export function lost(losses: LossReport, feature: string, severity: 'hint' | 'quality', note: string): void {
  losses.add({ path: 'choices[].message', feature, action: 'dropped', severity, note });
}
