// Why an answer ended: Google's words and those of the model. Google says STOP for calls too, so calls are told by content.
// https://ai.google.dev/api/generate-content#FinishReason

import type { LossReport, LossSeverity } from '../../model/loss.ts';
import type { Stop, StopReason } from '../../model/response.ts';

const REASONS: Readonly<Record<string, StopReason>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'filtered',
  RECITATION: 'filtered',
  BLOCKLIST: 'filtered',
  PROHIBITED_CONTENT: 'filtered',
  SPII: 'filtered',
  MODEL_ARMOR: 'filtered',
  JAILBREAK: 'filtered',
  IMAGE_SAFETY: 'filtered',
  IMAGE_PROHIBITED_CONTENT: 'filtered',
  IMAGE_RECITATION: 'filtered',
  MALFORMED_FUNCTION_CALL: 'malformed-call',
  MALFORMED_RESPONSE: 'malformed-call',
  UNEXPECTED_TOOL_CALL: 'malformed-call',
  TOO_MANY_TOOL_CALLS: 'malformed-call',
  CONTINUATION: 'paused',
  LANGUAGE: 'other',
  NO_IMAGE: 'other',
  IMAGE_OTHER: 'other',
  OTHER: 'other',
};

/** Old servers send numbers. */
const NUMBERS: readonly string[] = [
  '',
  'STOP',
  'MAX_TOKENS',
  'SAFETY',
  'RECITATION',
  'OTHER',
  'LANGUAGE',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'MALFORMED_FUNCTION_CALL',
];

/** The provider's word; undefined for none, or one that is not specified. */
export function nativeReason(value: unknown): string | undefined {
  if (typeof value === 'number') return value > 0 ? (NUMBERS[value] ?? 'OTHER') : undefined;
  if (typeof value !== 'string' || value === '' || value.endsWith('_UNSPECIFIED')) return undefined;
  return value.toUpperCase();
}

/** The model's word. Calls after a plain end are what it ended for; unknown words are 'other'. */
export function readReason(native: string, hasCalls: boolean): StopReason {
  const reason = Object.hasOwn(REASONS, native) ? (REASONS[native] ?? 'other') : 'other';
  return reason === 'stop' && hasCalls ? 'tool-calls' : reason;
}

/**
 * Google's word: its own where it was one and still says the same, else the nearest. `hasRefused`: the model says in its
 * words that it declines.
 */
export function writeReason({ reason, native }: Stop, hasRefused: boolean): string {
  if (native !== undefined && Object.hasOwn(REASONS, native) && sameEnd(REASONS[native], reason))
    return native;
  switch (reason) {
    case 'length':
    case 'context-full':
      return 'MAX_TOKENS';
    case 'filtered':
      return 'SAFETY';
    case 'refusal':
      return hasRefused ? 'STOP' : 'SAFETY';
    case 'malformed-call':
      return 'MALFORMED_FUNCTION_CALL';
    case 'cancelled':
    case 'other':
      return 'OTHER';
    default:
      return 'STOP';
  }
}

/** The reasons that this format has no word for, and what their loss comes to. */
const UNSAID: Readonly<Partial<Record<StopReason, LossSeverity>>> = {
  'stop-sequence': 'hint',
  'context-full': 'hint',
  paused: 'quality',
  cancelled: 'quality',
};

/** Reports a reason that can only be written as another one. */
export function reportStop({ reason, native }: Stop, losses: LossReport): void {
  const severity = UNSAID[reason];
  if (severity === undefined || (native !== undefined && REASONS[native] === reason)) return;
  losses.add({
    path: 'candidates[].finishReason',
    feature: 'stop-reason',
    action: 'approximated',
    severity,
    note: `This format has no reason for "${reason}".`,
  });
}

function sameEnd(known: StopReason | undefined, reason: StopReason): boolean {
  return known === reason || (known === 'stop' && reason === 'tool-calls');
}
