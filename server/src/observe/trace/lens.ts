// One span for each exchange and one for each request to an upstream. No text of a prompt or an answer is in them, and
// what clients chose is freed of secrets.

import { type Context, ROOT_CONTEXT, type Span, SpanKind, type Tracer, trace } from '@opentelemetry/api';
import type { Settings } from '../../config/settings.ts';
import { knownNanoUsd } from '../../core/pricing/cost.ts';
import { usdOf } from '../../core/pricing/money.ts';
import { genAiOperation, genAiProvider, genAiTokens } from '../../core/telemetry/gen-ai.ts';
import type { LedgerAttempt, LedgerClosing, LedgerOpening, Lens, Look, Seen } from '../../exchange/ports.ts';
import { failed, type SentAttempt, type TracedTransport, tracedTransport } from './attempts.ts';
import { GEN_AI, HTTP, SLUICE } from './names.ts';
import { parentOf } from './traceparent.ts';

/** What the lens needs to know. */
export interface TraceLensOptions {
  readonly tracer: Tracer;
  settings(): Settings;
  redact(text: string): string;
}

/** Makes the lens. It looks at every exchange; whether a trace is kept is the sampler's decision. */
export function traceLens(options: TraceLensOptions): Lens {
  return { look: (opening, seen) => new TracedExchange(options, opening, seen) };
}

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

class TracedExchange implements Look {
  readonly inbound: Look['inbound'];
  readonly transport: TracedTransport;
  readonly #options: TraceLensOptions;
  readonly #opening: LedgerOpening;
  readonly #span: Span;

  constructor(options: TraceLensOptions, opening: LedgerOpening, { inbound, transport }: Seen) {
    this.#options = options;
    this.#opening = opening;
    this.inbound = inbound;
    const parent = parentOf(inbound.header('traceparent'), inbound.header('tracestate'));
    const from: Context = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
    this.#span = options.tracer.startSpan(
      `${inbound.method} ${opening.route}`,
      {
        kind: SpanKind.SERVER,
        startTime: opening.receivedAtMs,
        attributes: { [HTTP.method]: inbound.method },
      },
      from,
    );
    this.transport = tracedTransport(transport, options.tracer, trace.setSpan(ROOT_CONTEXT, this.#span));
  }

  closed(closing: LedgerClosing): void {
    const { sent } = this.transport;
    const only = sent.length === 1 ? sent[0] : undefined;
    for (const attempt of sent) this.#finish(attempt, closing, attempt === only);
    const span = this.#span;
    if (span.isRecording()) {
      this.#set(span, this.#facts(closing));
      const { errorCode, status } = closing;
      if (status >= 500 || (errorCode !== undefined && status < 400))
        failed(span, errorCode ?? String(status));
      else if (errorCode !== undefined) span.setAttribute(HTTP.error, errorCode);
    }
    span.end(closing.endedAtMs);
  }

  #set(span: Span, attributes: Attributes): void {
    for (const [name, value] of Object.entries(attributes)) {
      if (value === undefined) continue;
      span.setAttribute(name, typeof value === 'string' ? this.#options.redact(value) : value);
    }
  }

  #facts(closing: LedgerClosing): Attributes {
    const opening = this.#opening;
    const { usage, cost, firstOutputAtMs } = closing;
    const costNanoUsd = knownNanoUsd(cost);
    const tokens = usage === undefined ? undefined : genAiTokens(usage);
    return {
      [HTTP.status]: closing.status,
      ...this.#operation(closing.upstreamId, closing.dialectOut ?? opening.dialectIn),
      [GEN_AI.conversation]: opening.conversationId,
      [GEN_AI.requestModel]: closing.modelAsked,
      [GEN_AI.responseModel]: closing.modelServed,
      [GEN_AI.inputTokens]: tokens?.input,
      [GEN_AI.outputTokens]: tokens?.output,
      [GEN_AI.cacheReadTokens]: tokens?.cacheRead,
      [GEN_AI.cacheCreationTokens]: tokens?.cacheCreation,
      [SLUICE.request]: opening.id,
      [SLUICE.route]: opening.route,
      [SLUICE.policy]: closing.policy,
      [SLUICE.client]: opening.clientId,
      [SLUICE.agent]: opening.agentId,
      [SLUICE.dialectIn]: opening.dialectIn,
      [SLUICE.dialectOut]: closing.dialectOut,
      [SLUICE.upstream]: closing.upstreamId,
      [SLUICE.key]: closing.keyId,
      [SLUICE.attempts]: closing.attempts,
      [SLUICE.streamed]: closing.streamed,
      [SLUICE.firstOutputMs]:
        firstOutputAtMs === undefined ? undefined : firstOutputAtMs - opening.receivedAtMs,
      [SLUICE.losses]: closing.losses,
      [SLUICE.cache]: closing.cache,
      [SLUICE.costUsd]: costNanoUsd === undefined ? undefined : usdOf(costNanoUsd),
      [SLUICE.costState]: cost?.state,
    };
  }

  #operation(upstreamId: string | undefined, dialect: LedgerClosing['dialectOut']): Attributes {
    const upstream = this.#options.settings().upstreams.find(({ id }) => id === upstreamId);
    return {
      [GEN_AI.operation]: genAiOperation(this.#opening.use, dialect),
      [GEN_AI.provider]: upstream === undefined ? undefined : genAiProvider(upstream.provider.id),
    };
  }

  /** `only`: what the exchange says holds for this attempt. */
  #finish(attempt: SentAttempt, closing: LedgerClosing, only: boolean): void {
    const { span, ordinal, status, errorCode } = attempt;
    if (span.isRecording()) {
      const row = closing.tries?.find((one) => one.ordinal === ordinal);
      const facts = row ?? (only ? onlyAttempt(closing) : undefined);
      const { operation, model } = this.#named(facts, closing);
      if (operation !== undefined && model !== undefined)
        span.updateName(`${operation} ${this.#options.redact(model)}`);
      this.#set(span, {
        [HTTP.status]: status,
        ...this.#operation(facts?.upstreamId, facts?.dialect),
        [GEN_AI.requestModel]: model,
        [SLUICE.upstream]: facts?.upstreamId,
        [SLUICE.key]: facts?.keyId,
        [SLUICE.dialectOut]: facts?.dialect,
        [SLUICE.attempt]: ordinal,
        [SLUICE.cause]: row?.cause,
        [SLUICE.end]: row?.end,
        [SLUICE.reason]: row?.reason,
        ...usageOf(row === undefined && only ? closing.usage : row?.usage),
      });
      const code =
        errorCode ?? row?.errorCode ?? (status !== undefined && status >= 400 ? String(status) : undefined);
      if (code !== undefined) failed(span, code);
    }
    span.end(attempt.endedAtMs ?? closing.endedAtMs);
  }

  #named(
    facts: Pick<LedgerAttempt, 'dialect' | 'model'> | undefined,
    closing: LedgerClosing,
  ): { readonly operation: string | undefined; readonly model: string | undefined } {
    const dialect = facts?.dialect ?? closing.dialectOut;
    return { operation: genAiOperation(this.#opening.use, dialect), model: facts?.model };
  }
}

interface AttemptFacts {
  readonly upstreamId: string;
  readonly keyId: string;
  readonly model: string;
  readonly dialect: LedgerAttempt['dialect'];
}

function onlyAttempt({ upstreamId, keyId, modelSent, dialectOut }: LedgerClosing): AttemptFacts | undefined {
  if (upstreamId === undefined || keyId === undefined) return undefined;
  if (modelSent === undefined || dialectOut === undefined) return undefined;
  return { upstreamId, keyId, model: modelSent, dialect: dialectOut };
}

function usageOf(usage: LedgerClosing['usage']): Attributes {
  if (usage === undefined) return {};
  const { input, output } = genAiTokens(usage);
  return { [GEN_AI.inputTokens]: input, [GEN_AI.outputTokens]: output };
}
