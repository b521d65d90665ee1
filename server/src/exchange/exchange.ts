// The spine: one client request from admission to ledger row, top to bottom. It never branches on a dialect or provider.

import type { Framing } from '../core/dialects/dialect.ts';
import { type SluiceError, sluiceError } from '../core/model/error.ts';
import { totalTokens } from '../core/model/usage.ts';
import type { Verdict } from '../core/routing/verdict.ts';
import { admit, beforeAdmission } from './admit.ts';
import { adopt } from './attempt-record.ts';
import { choose } from './choose.ts';
import type { DialectCall, Exchange } from './context.ts';
import { continuationKeeper, continuedBody } from './continuation.ts';
import { decodeOnce } from './convert/decode-once.ts';
import { carriesTokens } from './convert/prepare.ts';
import { Recollection } from './convert/recollection.ts';
import { countLocally } from './count-locally.ts';
import { Choosing } from './detail/choosing.ts';
import { dispatch } from './dispatch.ts';
import type { Dispatched } from './dispatched.ts';
import { startHeartbeat } from './heartbeat.ts';
import type { Memory } from './memory.ts';
import { withModel } from './named-body.ts';
import { once } from './once.ts';
import type { Inbound, Ports, RawHeaders } from './ports.ts';
import { closeRecord, type ExchangeRecord } from './record.ts';
import { recorded } from './recorded.ts';
import { refuse, refuseFailed } from './refuse.ts';
import { type Reuse, reusing } from './reuse/reuse.ts';
import { maskedText, secretsOf } from './secrecy.ts';
import { selectionOf } from './selection.ts';
import { recallHome } from './shared/notes-home.ts';
import { shownModelOf } from './shown-model.ts';

/** Serves one request of a dialect route. Resolves when its answer has ended and its row is closed. */
export function exchange(ports: Ports, memory: Memory, call: DialectCall, inbound: Inbound): Promise<void> {
  return recorded(ports, inbound, call, (record, seen, from) => serve(seen, memory, call, from, record));
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
  const deny = (error: SluiceError, headers: RawHeaders = []): void => {
    const status =
      error.code === 'client_closed'
        ? error.status
        : refuse(inbound.reply, dialect, error, inbound.id, headers);
    closeRecord(ports, record, { status, error, aborted: error.code === 'client_closed' });
  };

  const received = await inbound.readBody();
  if (!Buffer.isBuffer(received)) return deny(received);
  record.bytesIn = received.length;

  const glance = dialect.peek(received, call.use, call.model, call.stream);
  if ('code' in glance) return deny(glance);
  const previous = glance.continuation?.previous;
  const learning = previous === undefined ? undefined : memory.owners.learn([previous], inbound.client?.id);
  if (learning !== undefined) await learning;
  if (previous !== undefined && memory.owners.isForeign(previous, inbound.client?.id))
    return deny(sluiceError('not_found', 'There is no answer of this id to continue.', { param: PREVIOUS }));
  const whole = (await continuedBody(ports, inbound, glance, received)) ?? received;
  const asked = whole === received ? glance : dialect.peek(whole, call.use, call.model, call.stream);
  if ('code' in asked) return deny(asked);
  record.modelAsked = asked.model;
  record.streamed = asked.stream;

  const beganMs = ports.clock.monotonicMs();
  const question = {
    model: asked.model,
    needsNoModel: asked.needsNoModel,
    dialect: dialect.id,
    use: call.use,
    client: inbound.client?.id ?? '',
    only: call.only?.(),
    access: inbound.client,
  };
  const chosen = choose(settings, question);
  const choosing = new Choosing(settings, question, chosen, memory.pool);
  record.choosing = choosing;
  if (asked.model === '') record.modelAsked = chosen.model;
  const named = withModel(call, { body: whole, peeked: asked }, chosen.model);
  if ('code' in named) return deny(named);
  const { body, peeked } = named;
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
  record.policy = chosen.route.id;
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
    carriesTokens: once(() => carriesTokens(body)),
    recollection: new Recollection(ports.keep, inbound.client?.id, decoded),
    continuation: continuationKeeper(ports, inbound, peeked, body),
    continues: whole === received ? undefined : previous,
    memory,
    timing: { queueMs: 0, routingMs: 0 },
    route: chosen.route,
    shownModel: shownModelOf(chosen.route, asked.model, chosen.model),
  };
  const selection = selectionOf(running, chosen);
  choosing.among(selection);
  running.timing.routingMs = ports.clock.monotonicMs() - beganMs;
  let reuse: Reuse | undefined;
  try {
    if (running.route.cache !== undefined) reuse = await reusing(running, chosen.candidates);
    const free = reuse?.free === true;
    const asking = free ? undefined : beforeAdmission(running);
    if (asking !== undefined) await asking;
    const recalled = free ? undefined : recallHome(running, selection);
    if (recalled !== undefined) await recalled;
    const admitted = admit(running, selection, free);
    const admission = admitted instanceof Promise ? await admitted : admitted;
    if (!admission.ok) {
      heartbeat?.stop();
      return deny(admission.error, admission.headers);
    }
    choosing.among(admission.selection);
    let spent: number | undefined;
    try {
      const ask = (exchange: Exchange): Promise<Dispatched> => dispatch(exchange, admission.selection);
      const dispatched = await (reuse?.serve(ask) ?? ask(running));
      spent = spentTokens(record, dispatched);
      await conclude(reuse?.exchange ?? running, dispatched, () =>
        countLocally(ports, call, inbound, record, body),
      );
    } finally {
      admission.end(spent);
    }
  } finally {
    reuse?.end();
    heartbeat?.stop();
  }
}

/** Names the answer that a request continues: https://platform.openai.com/docs/api-reference/responses/create */
const PREVIOUS = 'previous_response_id';

/** What a request has cost its caller; undefined where it got an answer, or left one, that told nothing of it. */
function spentTokens(
  { usage, usageEstimated, attempts }: ExchangeRecord,
  { kind }: Dispatched,
): number | undefined {
  const served = attempts > 0 && kind !== 'refused' && kind !== 'failed';
  return (usageEstimated ? undefined : totalTokens(usage)) ?? (served ? undefined : 0);
}

/** Tells the client what is still to be told, and closes the row. `count`: answers a question for a count without an upstream. */
async function conclude(
  exchange: Exchange,
  dispatched: Dispatched,
  count: () => Promise<void>,
): Promise<void> {
  const { ports, inbound, dialect, record, use, framing } = exchange;
  switch (dispatched.kind) {
    case 'answered':
      record.promptCache = exchange.memory.guardian.note(exchange);
      return closeRecord(ports, record, { status: 200 });
    case 'left':
      return closeRecord(ports, record, { status: 499, errorCode: 'client_closed', aborted: true });
    case 'cut':
      return closeRecord(ports, record, { status: 200, error: dispatched.error });
    case 'refused': {
      if (use === 'count-tokens') return await count();
      const { error } = dispatched;
      const status = refuse(inbound.reply, dialect, error, inbound.id, [], framing);
      return closeRecord(ports, record, { status, error });
    }
    case 'failed': {
      const { failure, verdict, attempt } = dispatched.told;
      if (use === 'count-tokens' && !isAboutRequest(verdict)) return await count();
      adopt(record, attempt);
      const status = refuseFailed(exchange, failure, attempt, dispatched.freeInMs);
      const message = maskedText(failure.error.message, secretsOf(attempt.target));
      return closeRecord(ports, record, { status, error: { ...failure.error, message } });
    }
  }
}

/** The upstream understood the question and refused it: the client has to hear that. Some say 400 of their key, too. */
function isAboutRequest({ status, blame }: Verdict): boolean {
  return blame === 'request' && (status === 400 || status === 413 || status === 422);
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
    'x-request-id',
    requestId,
  ];
}
