// The W3C trace context on the wire: https://www.w3.org/TR/trace-context/

import { createTraceState, type SpanContext } from '@opentelemetry/api';

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;
const NOTHING = /^0+$/;
const STATE_LIMIT = 512;

/** The span that a request came from; undefined where its headers name none, or none that is valid. */
export function parentOf(
  traceparent: string | undefined,
  tracestate: string | undefined,
): SpanContext | undefined {
  const parts = TRACEPARENT.exec(traceparent?.trim() ?? '');
  if (parts === null) return undefined;
  const [whole, version = '', traceId = '', spanId = '', flags = ''] = parts;
  if (version === 'ff' || NOTHING.test(traceId) || NOTHING.test(spanId)) return undefined;
  // Version 00 has nothing after the flags.
  if (version === '00' && whole.length !== 55) return undefined;
  const state = tracestate === undefined || tracestate.length > STATE_LIMIT ? undefined : tracestate;
  return {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & 1,
    isRemote: true,
    ...(state === undefined ? {} : { traceState: createTraceState(state) }),
  };
}

/** The header of what is sent on behalf of a span. */
function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${(traceFlags & 1).toString(16).padStart(2, '0')}`;
}

/** Headers (name, value, …) with the trace context of a span in place of the client's. */
export function withTraceContext(headers: readonly string[], context: SpanContext): string[] {
  const changed: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] ?? '';
    if (/^trace(?:parent|state)$/i.test(name)) continue;
    changed.push(name, headers[at + 1] ?? '');
  }
  changed.push('traceparent', traceparentOf(context));
  const state = context.traceState?.serialize() ?? '';
  if (state !== '') changed.push('tracestate', state);
  return changed;
}
