// The spine: one client request from admission to ledger row, top to bottom. It never branches on a dialect or provider.

import type { Dialect, Framing } from '../core/dialects/dialect.ts';
import type { Use } from '../core/model/dialect-id.ts';
import type { SluiceError } from '../core/model/error.ts';
import { judge, worthTelling } from '../core/routing/verdict.ts';
import { attempt } from './attempt.ts';
import { choose } from './choose.ts';
import type { Exchange, Failure, Target } from './context.ts';
import { startHeartbeat } from './heartbeat.ts';
import type { Memory } from './memory.ts';
import type { Inbound, Ports } from './ports.ts';
import { closeRecord, type ExchangeRecord } from './record.ts';
import { recorded } from './recorded.ts';
import { refuse, refuseFailed } from './refuse.ts';

/** A dialect route, matched: what is asked in which format. */
export interface DialectCall {
  readonly name: string;
  readonly dialect: Dialect;
  readonly use: Use;
  /** Model and stream flag where the path carries them (gemini). */
  readonly model: string | undefined;
  readonly stream: boolean;
  readonly framing: Framing;
}

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

  const body = await inbound.readBody();
  if (!Buffer.isBuffer(body)) return deny(body);
  record.bytesIn = body.length;

  const peeked = dialect.peek(body, call.use, call.model, call.stream);
  if ('code' in peeked) return deny(peeked);
  record.modelAsked = peeked.model;
  record.streamed = peeked.stream;

  const chosen = choose(settings, memory.pool, peeked.model, dialect.id, ports.clock.monotonicMs());
  if (!chosen.ok) return deny(chosen.error);

  const heartbeat = peeked.stream
    ? startHeartbeat({
        clock: ports.clock,
        deadlines: ports.deadlines,
        reply: inbound.reply,
        everyMs: settings.server.heartbeatMs,
        beat: call.framing === 'sse' ? dialect.heartbeat : '\n',
        headers: openingHeaders(call.framing, inbound.id),
      })
    : undefined;
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
    memory,
  };
  try {
    await run(running, chosen.plan);
  } finally {
    heartbeat?.stop();
  }
}

/** Tries the targets of the plan in order until one answers, the client leaves, or output was sent that cannot be taken back. */
async function run(exchange: Exchange, plan: readonly Target[]): Promise<void> {
  const { ports, inbound, record, memory } = exchange;
  const failures: (Failure & { readonly target: Target })[] = [];
  const totalDueMs = inbound.receivedMs + (plan[0]?.upstream.timeouts.totalMs ?? Number.POSITIVE_INFINITY);

  for (const target of plan) {
    note(record, target, exchange.dialect);
    const outcome = await attempt(exchange, target, totalDueMs);
    const nowMs = ports.clock.monotonicMs();
    const verdict = judge(outcome, ports.clock.epochMs());
    memory.pool.learn(target, verdict, nowMs);
    if (outcome.kind === 'answered') return closeRecord(ports, record, { status: 200 });
    if (outcome.kind === 'left')
      return closeRecord(ports, record, { status: 499, errorCode: 'client_closed', aborted: true });
    if (outcome.committed) return closeRecord(ports, record, { status: 200, errorCode: outcome.error.code });
    failures.push({ ...outcome, target });
    if (!verdict.retry || nowMs >= totalDueMs) break;
  }

  const told = worthTelling(failures);
  if (told === undefined) throw new Error('The plan was empty.');
  const status = refuseFailed(exchange, told, told.target);
  closeRecord(ports, record, { status, errorCode: told.error.code });
}

function note(record: ExchangeRecord, target: Target, dialect: Dialect): void {
  record.attempts += 1;
  record.dialectOut = dialect.id;
  record.upstreamId = target.upstream.id;
  record.keyId = target.key.id;
  record.modelServed = target.model;
  // The times and counts of a row are those of the attempt that it names.
  record.headersAtMs = undefined;
  record.firstByteAtMs = undefined;
  record.usage = undefined;
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
