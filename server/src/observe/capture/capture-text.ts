// Writes down what was noted of one exchange: a CaptureRecord as JSON, without secrets.

import { maskedHeaders, maskedTarget } from '../../core/capture/mask-credentials.ts';
import { attemptOf, captureHead, outcomeOf, present } from '../../exchange/detail/capture-outcome.ts';
import type {
  CapturedAttempt,
  CapturedChoices,
  CapturedReply,
  CaptureRecord,
} from '../../exchange/detail/capture-record.ts';
import type { LedgerClosing, LedgerOpening } from '../../exchange/ports.ts';
import type { BodyTape, MaskText } from './body-tape.ts';
import { cleanInside } from './hidden-secrets.ts';
import type { WatchedInbound } from './watched-inbound.ts';
import type { SentRequest } from './watched-transport.ts';

/** Everything that was noted of one exchange. */
export interface Notes {
  readonly opening: LedgerOpening;
  readonly inbound: WatchedInbound;
  readonly request: BodyTape;
  readonly reply: BodyTape;
  readonly sent: readonly SentRequest[];
}

/** The text. `mask` takes secrets out of contents. */
export function captureText(
  notes: Notes,
  closing: LedgerClosing,
  choices: CapturedChoices | undefined,
  mask: MaskText,
): string {
  const { opening, inbound, request } = notes;
  const { errorCode, errorMessage } = closing;
  const body = request.body(mask, cleanInside(inbound.headers, mask));
  const head = captureHead(opening, inbound);
  const record: CaptureRecord = {
    format: 1,
    kind: 'capture',
    ...head,
    request: { ...head.request, ...present({ body }) },
    reply: replyOf(notes, mask),
    attempts: notes.sent.map((sent, index) => capturedAttempt(sent, index, closing, mask)),
    ...present({ choices }),
    outcome: outcomeOf(closing),
    ...(errorCode === undefined ? {} : { error: { code: errorCode, ...present({ message: errorMessage }) } }),
  };
  // What stands in no body, such as a header of a name that nobody knows for a secret.
  return mask(JSON.stringify(record));
}

function replyOf({ inbound, reply: tape }: Notes, mask: MaskText): CapturedReply {
  const { reply } = inbound;
  return {
    status: reply.status,
    headers: maskedHeaders(reply.headers),
    ...present({
      body: tape.body(mask, cleanInside(reply.headers, mask)),
      headAtMs: reply.headAtMs,
      firstByteAtMs: tape.firstAtMs,
    }),
    end: reply.finished ?? 'gone',
  };
}

function capturedAttempt(
  sent: SentRequest,
  index: number,
  closing: LedgerClosing,
  mask: MaskText,
): CapturedAttempt {
  const { request, failure, outcome } = sent;
  const { body } = request;
  const length = body.kind === 'none' ? 0 : body.length;
  return {
    ...factsOf(sent, index, closing),
    startedAtMs: sent.startedAtMs,
    ...present({ endedAtMs: sent.endedAtMs, outcome }),
    ...(failure === undefined ? {} : { errorCode: failure.code, errorMessage: failure.message }),
    request: {
      method: request.method,
      origin: request.destination.origin,
      target: maskedTarget(request.target),
      headers: maskedHeaders(request.headers),
      ...present({ body: sent.sent.body(mask, cleanInside(request.headers, mask)), bytes: length }),
    },
    ...(sent.status === undefined
      ? {}
      : {
          answer: {
            status: sent.status,
            headers: maskedHeaders(sent.headers),
            ...present({
              body: sent.received.body(mask, cleanInside(sent.headers, mask)),
              headAtMs: sent.headAtMs,
              firstByteAtMs: sent.received.firstAtMs,
            }),
          },
        }),
  };
}

/** What the ledger knows of the attempt: a row of its own where there were several, else the row of the exchange. */
function factsOf(
  { ordinal }: SentRequest,
  index: number,
  closing: LedgerClosing,
): Partial<CapturedAttempt> & { readonly ordinal: number } {
  const row = closing.tries?.find((one) => one.ordinal === ordinal);
  if (row !== undefined) return attemptOf(row);
  const number = ordinal ?? index + 1;
  const only = closing.attempts === 1 && number === 1;
  if (!only) return { ordinal: number };
  return {
    ordinal: number,
    ...present({
      upstreamId: closing.upstreamId,
      keyId: closing.keyId,
      model: closing.modelServed,
      dialect: closing.dialectOut,
    }),
  };
}
