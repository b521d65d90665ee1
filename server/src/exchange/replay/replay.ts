// Sends a captured request again, through the gateway as it is now, and compares the two answers.

import { type SluiceError, sluiceError } from '../../core/model/error.ts';
import { headerOf } from '../../core/model/header-list.ts';
import { parseJson } from '../../core/model/json.ts';
import { nearest } from '../../core/near.ts';
import { knownNanoUsd } from '../../core/pricing/cost.ts';
import type { DialectCall } from '../context.ts';
import type { CaptureRecord } from '../detail/capture-record.ts';
import type { Inbound, LedgerClosing, Ports } from '../ports.ts';
import { isCaptureRecord } from './bundle.ts';
import { capturedAnswer, type RepeatedRequest, repeatedRequest } from './captured-request.ts';
import { compareAnswers, type TextDiff } from './compare.ts';
import { readAnswer } from './read-answer.ts';
import { type GatheredReply, replayInbound } from './replay-inbound.ts';
import type { ReplayAnswer, ReplayReport, ReplayTarget } from './report.ts';

/** What these exchanges are called in the ledger, whatever they ask. */
const REPLAY_ROUTE = 'replay';

/** What sending again needs of the gateway. */
export interface ReplayParts {
  readonly ports: Pick<Ports, 'settings' | 'clock' | 'transport' | 'details'>;
  newId(): string;
  /** The call that a request is, as the edge would find it; undefined: it is none to a model. */
  callOf(inbound: Inbound): DialectCall | undefined;
  /** Runs one exchange to its end; see exchange(). */
  run(call: DialectCall, inbound: Inbound): Promise<void>;
  readonly textDiff?: TextDiff;
}

/** Sends captured requests again. */
export interface Replayer {
  /** That of an exchange which this gateway has kept. */
  replay(id: string, to: ReplayTarget): Promise<ReplayReport | SluiceError>;
  /** That of any capture, such as one out of a bundle. */
  replayRecord(record: CaptureRecord, to: ReplayTarget): Promise<ReplayReport | SluiceError>;
}

/** Makes a replayer. */
export function createReplayer(parts: ReplayParts): Replayer {
  return {
    replay: async (id, to) => {
      const detail = await parts.ports.details?.get(id);
      const record = detail === undefined ? undefined : parseJson(detail.text);
      if (!isCaptureRecord(record))
        return sluiceError('not_found', 'Nothing was kept of an exchange of this id.', {
          suggestion: 'Open a capture window before the request is made.',
        });
      return await replayed(parts, record, to);
    },
    replayRecord: (record, to) => replayed(parts, record, to),
  };
}

async function replayed(
  parts: ReplayParts,
  record: CaptureRecord,
  to: ReplayTarget,
): Promise<ReplayReport | SluiceError> {
  const { clock } = parts.ports;
  const unknown = unknownUpstream(parts, to.upstream);
  if (unknown !== undefined) return unknown;
  const request = repeatedRequest(record, to.model);
  if ('code' in request) return request;
  const facts = { id: parts.newId(), receivedMs: clock.monotonicMs(), receivedAtMs: clock.epochMs() };
  const { inbound, reply } = replayInbound(request, facts);
  const call = parts.callOf(inbound);
  if (call === undefined)
    return sluiceError('invalid_request', `There is no route for ${request.method} ${request.path}.`);
  const closing = await ran(parts, call, inbound, to.upstream);
  const before = capturedAnswer(record);
  const after = newAnswer(request, reply, closing, facts);
  return {
    request: {
      id: record.id,
      method: request.method,
      path: request.path,
      ...(request.model === undefined ? {} : { model: request.model }),
      streamed: request.streamed,
      bytes: request.body.length,
      to,
      notes: request.notes,
    },
    before,
    after,
    diff: compareAnswers(before, after, parts.textDiff),
  };
}

function unknownUpstream({ ports }: ReplayParts, id: string | undefined): SluiceError | undefined {
  const ids = ports.settings().upstreams.map((upstream) => upstream.id);
  if (id === undefined || ids.includes(id)) return undefined;
  const near = nearest(id, ids);
  return sluiceError('not_found', 'The gateway has no upstream of this id.', {
    suggestion: near.length === 0 ? `There are ${ids.join(', ')}.` : `Did you mean ${near.join(' or ')}?`,
  });
}

/** Runs the exchange; what its row says at the end. */
async function ran(
  parts: ReplayParts,
  call: DialectCall,
  inbound: Inbound,
  upstream: string | undefined,
): Promise<LedgerClosing | undefined> {
  let closing: LedgerClosing | undefined;
  const { transport } = parts.ports;
  const closed = (row: LedgerClosing): void => {
    closing = row;
  };
  await parts.run(
    {
      ...call,
      name: REPLAY_ROUTE,
      ...(upstream === undefined ? {} : { only: () => [upstream] }),
      opened: (record) => {
        record.looks = [...record.looks, { inbound, transport, closed }];
      },
    },
    inbound,
  );
  return closing;
}

function newAnswer(
  { dialect, use }: RepeatedRequest,
  reply: GatheredReply,
  closing: LedgerClosing | undefined,
  { id, receivedAtMs }: Pick<Inbound, 'id' | 'receivedAtMs'>,
): ReplayAnswer {
  const read = readAnswer(dialect, use, {
    status: reply.status,
    contentType: headerOf(reply.headers, 'content-type'),
    body: reply.body(),
    whole: reply.whole,
  });
  const model = read.model ?? closing?.modelServed;
  const usage = closing?.usage ?? read.usage;
  const cost = knownNanoUsd(closing?.cost);
  const error = read.error ?? closing?.errorMessage ?? closing?.errorCode;
  return {
    exchangeId: id,
    status: closing?.status ?? reply.status,
    ...(model === undefined ? {} : { model }),
    ...(closing?.upstreamId === undefined ? {} : { upstreamId: closing.upstreamId }),
    text: read.text,
    reasoning: read.reasoning,
    toolCalls: read.toolCalls,
    ...(read.stop === undefined ? {} : { stop: read.stop }),
    ...(usage === undefined ? {} : { usage }),
    ...(cost === undefined ? {} : { costNanoUsd: cost }),
    ...(error === undefined ? {} : { error }),
    readable: read.readable,
    durationMs: closing === undefined ? 0 : closing.endedAtMs - receivedAtMs,
    ...(closing?.firstOutputAtMs === undefined
      ? {}
      : { firstOutputMs: closing.firstOutputAtMs - receivedAtMs }),
  };
}
