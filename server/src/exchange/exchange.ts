// The spine: one client request from admission to ledger row, top to bottom. It never branches on a dialect or provider.

import type { Framing } from '../core/dialects/dialect.ts';
import type { SluiceError } from '../core/model/error.ts';
import { judge, worthTelling } from '../core/routing/verdict.ts';
import { attempt } from './attempt.ts';
import { mayCarryTokens } from './carried-tokens.ts';
import { choose } from './choose.ts';
import type { DialectCall, Exchange, Failure, Outcome, Target } from './context.ts';
import { continuationKeeper, continuedBody } from './continuation.ts';
import { decodeOnce } from './convert/decode-once.ts';
import { needsConversion } from './convert/prepare.ts';
import { recollection } from './convert/recollection.ts';
import { countLocally } from './count-locally.ts';
import { startHeartbeat } from './heartbeat.ts';
import type { Memory } from './memory.ts';
import type { Inbound, Ports } from './ports.ts';
import { closeRecord, type ExchangeRecord } from './record.ts';
import { recorded } from './recorded.ts';
import { refuse, refuseFailed } from './refuse.ts';

/** Serves one request of a dialect route. Resolves when its answer has ended and its row is closed. */
export function exchange(ports: Ports, memory: Memory, call: DialectCall, inbound: Inbound): Promise<void> {
  return recorded(ports, inbound, call, (record) => serve(ports, memory, call, inbound, record));
}

async function serve(
  ports: Ports,
  memory: Memory,
  call: DialectCall,
  inbound: Inbound,
  record: ExchangeRecord,
): Promise<void> {
  const settings = ports.settings();
  const { dialect } = call;
  const deny = (error: SluiceError): void => {
    const status =
      error.code === 'client_closed' ? error.status : refuse(inbound.reply, dialect, error, inbound.id);
    closeRecord(ports, record, { status, errorCode: error.code, aborted: error.code === 'client_closed' });
  };

  const received = await inbound.readBody();
  if (!Buffer.isBuffer(received)) return deny(received);
  record.bytesIn = received.length;

  const glance = dialect.peek(received, call.use, call.model, call.stream);
  if ('code' in glance) return deny(glance);
  const body = (await continuedBody(ports, inbound, glance, received)) ?? received;
  const peeked = body === received ? glance : dialect.peek(body, call.use, call.model, call.stream);
  if ('code' in peeked) return deny(peeked);
  record.modelAsked = peeked.model;
  record.streamed = peeked.stream;

  const question = { model: peeked.model, dialect: dialect.id, use: call.use, only: call.only?.() };
  const chosen = choose(settings, memory.pool, question, ports.clock.monotonicMs());
  if (!chosen.ok) {
    const countable = call.use === 'count-tokens' && chosen.error.code === 'dialect_unavailable';
    return countable ? countLocally(ports, call, inbound, record, body) : deny(chosen.error);
  }

  const heartbeat = peeked.stream
    ? startHeartbeat({
        clock: ports.clock,
        deadlines: ports.deadlines,
        reply: inbound.reply,
        everyMs: settings.server.heartbeatMs,
        beat: call.framing === 'sse' ? dialect.heartbeat : '\n',
        earlyBeat: call.framing === 'sse' ? (dialect.earlyHeartbeat ?? dialect.heartbeat) : '\n',
        headers: openingHeaders(call.framing, inbound.id),
      })
    : undefined;
  const decoded = decodeOnce(dialect, body, { model: call.model, stream: call.stream });
  const running: Exchange = {
    ports,
    settings,
    inbound,
    dialect,
    use: call.use,
    peeked,
    body,
    framing: call.framing,
    record,
    heartbeat,
    decoded,
    recollection: recollection(ports.keep, inbound.client?.id, decoded),
    continuation: continuationKeeper(ports, inbound, peeked, body),
    memory,
  };
  try {
    const failed = await run(running, chosen.plan);
    if (failed === undefined) return;
    if (call.use === 'count-tokens' && !isAboutRequest(failed, ports.clock.epochMs()))
      return await countLocally(ports, call, inbound, record, body);
    const status = refuseFailed(running, failed, failed.target);
    closeRecord(ports, record, { status, errorCode: failed.error.code });
  } finally {
    heartbeat?.stop();
  }
}

/** The upstream understood the question and refused it: the client has to hear that. */
function isAboutRequest(failure: Failure, epochNowMs: number): boolean {
  const status = failure.answer?.status;
  const understood = status === 400 || status === 413 || status === 422;
  // Some say 400 of their key, too.
  return understood && judge(failure, epochNowMs).blame === 'request';
}

type FailedTarget = Failure & { readonly target: Target };

/**
 * Tries the targets of the plan in order until one answers, the client leaves, or output was sent that cannot be taken
 * back. Gives the failure to tell when all have failed; otherwise the row is closed.
 */
async function run(exchange: Exchange, plan: readonly Target[]): Promise<FailedTarget | undefined> {
  const { ports, inbound, record, memory } = exchange;
  const failures: FailedTarget[] = [];
  const totalDueMs = inbound.receivedMs + (plan[0]?.upstream.timeouts.totalMs ?? Number.POSITIVE_INFINITY);

  for (const target of plan) {
    note(record, target);
    if (needsConversion(exchange, target, false)) await exchange.recollection.load();
    let outcome = await attempt(exchange, target, { totalDueMs, withoutTokens: false });
    let verdict = judge(outcome, ports.clock.epochMs());
    if (verdict.reason === 'bad-token' && !isCommitted(outcome) && mayCarryTokens(exchange, target)) {
      note(record, target);
      outcome = await attempt(exchange, target, { totalDueMs, withoutTokens: true });
      verdict = judge(outcome, ports.clock.epochMs());
    }
    const nowMs = ports.clock.monotonicMs();
    // Whether an upstream counts well says nothing of how it generates.
    if (exchange.use !== 'count-tokens') memory.pool.learn(target, verdict, nowMs);
    if (outcome.kind !== 'failed' || outcome.committed) {
      closeRecord(ports, record, endOf(outcome));
      return undefined;
    }
    failures.push({ ...outcome, target });
    if (!verdict.retry || nowMs >= totalDueMs) break;
  }

  const told = worthTelling(failures);
  if (told === undefined) throw new Error('The plan was empty.');
  return told;
}

/** The end of an exchange whose client has an answer, or is gone. */
function endOf(outcome: Outcome): Parameters<typeof closeRecord>[2] {
  if (outcome.kind === 'answered') return { status: 200 };
  if (outcome.kind === 'left') return { status: 499, errorCode: 'client_closed', aborted: true };
  return { status: 200, errorCode: outcome.error.code };
}

function isCommitted(outcome: Outcome): boolean {
  return outcome.kind === 'failed' && outcome.committed;
}

function note(record: ExchangeRecord, target: Target): void {
  record.attempts += 1;
  record.dialectOut = target.dialect;
  record.upstreamId = target.upstream.id;
  record.keyId = target.key.id;
  record.modelServed = target.model;
  // The times and counts of a row are those of the attempt that it names.
  record.headersAtMs = undefined;
  record.firstByteAtMs = undefined;
  record.usage = undefined;
  record.losses = undefined;
}

/** Headers of an answer that a heartbeat opens before any upstream has spoken. */
function openingHeaders(framing: Framing, requestId: string): string[] {
  const type = framing === 'sse' ? 'text/event-stream; charset=utf-8' : 'application/json; charset=utf-8';
  return [
    'content-type',
    type,
    'cache-control',
    'no-cache',
    'x-accel-buffering',
    'no',
    'x-sluice-request-id',
    requestId,
  ];
}
