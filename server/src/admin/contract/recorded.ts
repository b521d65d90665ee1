// The words in which exchanges are recorded, for those who show them. Types alone.

export type { FindingCause } from '../../core/guardian/finding.ts';
export type { ErrorCode, ErrorSource } from '../../core/model/error.ts';
export type { LossAction, LossSeverity } from '../../core/model/loss.ts';
export type { Reason } from '../../core/routing/reason.ts';
export type {
  CapturedAttempt,
  CapturedBody,
  CapturedChoices,
  CapturedHeaders,
  CaptureRecord,
  ChosenKey,
} from '../../exchange/detail/capture-record.ts';
export type { AttemptCause, AttemptEnd } from '../../exchange/records.ts';
