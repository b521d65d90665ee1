// A collector on loopback that takes traces by OTLP over HTTP in JSON and keeps them.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One span as it came over the wire. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  /** 2: server, 3: client. */
  readonly kind: number;
  readonly traceState: string | undefined;
  /** 2: an error. */
  readonly status: { readonly code?: number; readonly message?: string };
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly resource: Readonly<Record<string, string | number | boolean>>;
  readonly startMs: number;
  readonly endMs: number;
}

/** The collector. */
export interface OtlpReceiver {
  readonly url: string;
  readonly spans: ReceivedSpan[];
  /** Everything that came, as text: paths, headers and bodies. */
  readonly raw: string[];
  close(): Promise<void>;
}

interface WireAttribute {
  readonly key: string;
  readonly value: {
    readonly stringValue?: string;
    readonly intValue?: number | string;
    readonly doubleValue?: number;
    readonly boolValue?: boolean;
  };
}

function attributesOf(list: readonly WireAttribute[]): Record<string, string | number | boolean> {
  const found: Record<string, string | number | boolean> = {};
  for (const { key, value } of list) {
    const { stringValue, intValue, doubleValue, boolValue } = value;
    found[key] = stringValue ?? boolValue ?? doubleValue ?? Number(intValue);
  }
  return found;
}

const milliseconds = (nano: string): number => Number(BigInt(nano) / 1_000n) / 1_000;

interface WireSpan extends Omit<ReceivedSpan, 'attributes' | 'resource' | 'startMs' | 'endMs'> {
  readonly attributes: readonly WireAttribute[];
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
}

interface WireTraces {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly WireAttribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
}

function spansOf({ resourceSpans }: WireTraces): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId,
        name: span.name,
        kind: span.kind,
        traceState: span.traceState,
        status: span.status,
        attributes: attributesOf(span.attributes),
        resource: attributesOf(resource.attributes),
        startMs: milliseconds(span.startTimeUnixNano),
        endMs: milliseconds(span.endTimeUnixNano),
      })),
    ),
  );
}

/** Starts a collector; `status` is what it answers. */
export async function startOtlpReceiver(status = 200): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const raw: string[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      raw.push(`${request.url}\n${JSON.stringify(request.headers)}\n${body}`);
      if (status === 200) spans.push(...spansOf(JSON.parse(body)));
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    raw,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
