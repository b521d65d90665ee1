// Traces by OTLP, switched on by the environment variables that OpenTelemetry defines. This file is loaded only then.
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/

import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import type { Settings } from '../../config/settings.ts';
import type { Lens } from '../../exchange/ports.ts';
import { traceLens } from './lens.ts';

/** How traces are made. The rest is read from the environment of the process. */
export interface TracingOptions {
  readonly version: string;
  settings(): Settings;
  redact(text: string): string;
}

/** Traces on their way to a collector. */
export interface Tracing {
  readonly lens: Lens;
  /** Spans since the start. Lost: refused by the collector, or it was too slow or not there. */
  counts(): { readonly exported: number; readonly lost: number };
  /** Sends what is left, for two seconds at most. Never rejects. */
  shut(): Promise<void>;
}

const SHUT_MS = 2_000;
/** Spans that wait for the collector; more are dropped. */
const QUEUE = 2_048;

type ExportDone = Parameters<SpanExporter['export']>[1];

/** Begins. */
export function createTracing({ version, settings, redact }: TracingOptions): Tracing {
  let ended = 0;
  let exported = 0;
  let failed = 0;
  const collector = new OTLPTraceExporter();
  const counted: SpanExporter = {
    export(spans: ReadableSpan[], done: ExportDone) {
      collector.export(spans, (result) => {
        if (result.code === 0) exported += spans.length;
        else failed += spans.length;
        done(result);
      });
    },
    shutdown: () => collector.shutdown(),
    forceFlush: () => collector.forceFlush(),
  };
  const batches = new BatchSpanProcessor(counted, { maxQueueSize: QUEUE });
  const counting: SpanProcessor = {
    onStart: (span, context) => batches.onStart(span, context),
    onEnd(span) {
      if ((span.spanContext().traceFlags & 1) === 1) ended += 1;
      batches.onEnd(span);
    },
    forceFlush: () => batches.forceFlush(),
    shutdown: () => batches.shutdown(),
  };
  // What the environment says of the service goes before our own words.
  const resource = resourceFromAttributes({ 'service.name': 'sluice', 'service.version': version }).merge(
    detectResources({ detectors: [envDetector] }),
  );
  const provider = new BasicTracerProvider({ resource, spanProcessors: [counting] });
  const tracer = provider.getTracer('sluice', version);
  return {
    lens: traceLens({ tracer, settings, redact }),
    counts: () => ({
      exported,
      // Of those that are neither there nor refused, as many as the queue holds may still be on their way.
      lost: failed + Math.max(0, ended - exported - failed - QUEUE),
    }),
    async shut() {
      const patience = new Promise<void>((resolve) => setTimeout(resolve, SHUT_MS).unref());
      await Promise.race([provider.shutdown().catch(() => undefined), patience]);
    },
  };
}
