// The error object of both OpenAI formats. https://platform.openai.com/docs/guides/error-codes
// SDKs choose their exception class by the status; `type` and `code` are for people and programs.

import { errorText, type SluiceError } from '../../model/error.ts';

/** The `error` member. */
export interface OpenaiError {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string;
}

/** Words an error; `code` is OpenAI's where programs act upon it, and otherwise the gateway's own. */
export function openaiError(error: SluiceError): OpenaiError {
  return {
    message: errorText(error),
    type: typeOf(error),
    param: error.param ?? null,
    code: codeOf(error),
  };
}

function codeOf({ kind, code, status }: SluiceError): string {
  if (kind === 'context-length') return 'context_length_exceeded';
  if (kind === 'quota') return 'insufficient_quota';
  return status === 429 && code.startsWith('upstream_') ? 'rate_limit_exceeded' : code;
}

function typeOf({ kind, status }: SluiceError): string {
  // OpenAI says it in both members, and programs look at either.
  if (kind === 'quota') return 'insufficient_quota';
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_exceeded';
  if (status === 504) return 'timeout';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}
