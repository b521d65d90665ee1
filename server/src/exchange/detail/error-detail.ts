// What is kept without anybody asking of every exchange that ends in an error or was not served by its first attempt: who was
// asked and why, what each of them said, and the headers of the request; never the prompt. Made only of such exchanges.

import { maskedHeaders } from '../../core/capture/mask-credentials.ts';
import type { SluiceError } from '../../core/model/error.ts';
import type { Inbound, LedgerClosing, LedgerOpening, StoredDetail } from '../ports.ts';
import type { AttemptFailure } from './attempt-failure.ts';
import { attemptOf, captureHead, outcomeOf, present } from './capture-outcome.ts';
import type { CapturedAttempt, CapturedBody, CapturedChoices, CaptureRecord } from './capture-record.ts';

/** The most of a provider's error body that is kept, in bytes. */
const EXCERPT_BYTES = 8 * 1024;

/** What is known of such an exchange at its end. */
export interface FailedExchange {
  readonly opening: LedgerOpening;
  readonly closing: LedgerClosing;
  readonly inbound: Pick<Inbound, 'method' | 'path' | 'query' | 'headers'>;
  readonly failures: readonly AttemptFailure[];
  readonly error: SluiceError | undefined;
  readonly choices: CapturedChoices | undefined;
}

/** The detail of an exchange that failed, or that was retried. Secrets that stand in texts are still in it: the store's side masks them. */
export function errorDetail(failed: FailedExchange): StoredDetail {
  const { opening, closing, inbound, failures, error, choices } = failed;
  const kind = closing.errorCode === undefined ? 'retried' : 'error';
  const record: CaptureRecord = {
    format: 1,
    kind,
    ...captureHead(opening, inbound),
    attempts: attemptsOf(closing, failures),
    ...present({ choices }),
    outcome: outcomeOf(closing),
    ...(closing.errorCode === undefined
      ? {}
      : {
          error: {
            code: closing.errorCode,
            ...present({ message: closing.errorMessage, suggestion: error?.suggestion }),
          },
        }),
  };
  return { id: opening.id, atMs: closing.endedAtMs, kind, text: JSON.stringify(record) };
}

/** The failed ones with what was said, and those of the ledger's rows that did not fail, such as one that lost a race. */
function attemptsOf(closing: LedgerClosing, failures: readonly AttemptFailure[]): readonly CapturedAttempt[] {
  const known = new Set(failures.map(({ ordinal }) => ordinal));
  const others = (closing.tries ?? []).filter(({ ordinal }) => !known.has(ordinal)).map(attemptOf);
  return [...failures.map(failureOf), ...others].sort((a, b) => a.ordinal - b.ordinal);
}

function failureOf(failure: AttemptFailure): CapturedAttempt {
  const { answer } = failure;
  return {
    ordinal: failure.ordinal,
    upstreamId: failure.upstreamId,
    keyId: failure.keyId,
    model: failure.model,
    dialect: failure.dialect,
    cause: failure.cause,
    end: failure.end,
    ...present({ reason: failure.reason }),
    errorCode: failure.errorCode,
    errorMessage: failure.errorMessage,
    startedAtMs: failure.startedAtMs,
    endedAtMs: failure.endedAtMs,
    ...(answer === undefined
      ? {}
      : {
          answer: {
            status: answer.status,
            headers: maskedHeaders(answer.headers),
            body: excerptOf(answer.body),
            ...present({ headAtMs: failure.headersAtMs, firstByteAtMs: failure.firstByteAtMs }),
          },
        }),
  };
}

/** The beginning of an error body; a sign that is cut in two becomes a replacement sign. */
function excerptOf(body: Buffer): CapturedBody {
  const text = body.subarray(0, EXCERPT_BYTES).toString('utf8');
  return { bytes: body.length, encoding: 'utf8', text, cut: body.length > EXCERPT_BYTES };
}
