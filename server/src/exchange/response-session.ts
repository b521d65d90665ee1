// A conversation over one WebSocket of the Responses API: every message is an exchange of its own, and what it may leave
// out, because it was said before, is put back. Knows nothing of sockets.
// https://platform.openai.com/docs/guides/websocket-mode

import type { Client } from '../config/settings.ts';
import { type SluiceError, sluiceError } from '../core/model/error.ts';
import { type JsonObject, textOf } from '../core/model/json.ts';
import type { DialectCall } from './context.ts';
import { FrameReply, type FrameSink } from './frame-reply.ts';
import { type Guests, welcomeGuests } from './guests.ts';
import type { Inbound, Ports, RawHeaders } from './ports.ts';
import { closeRecord } from './record.ts';
import { recorded } from './recorded.ts';
import { refuse } from './refuse.ts';
import { conversationItems, emptyResponse, type Frame, readFrame, requestHeaders } from './response-frame.ts';
import { continued, expandPrevious, keepResponse } from './response-keep.ts';
import { ResponseReading } from './response-reading.ts';

/** Responses of one connection that can be continued. */
const REMEMBERED = 8;

/** One connection's conversations. */
export interface ResponseSession {
  /** Serves one message; resolves when its answer has ended. To be called for one message after the other. Never rejects. */
  serve(message: string, sink: FrameSink, requestId: string): Promise<void>;
}

/** What a session needs. */
export interface SessionSetting {
  readonly ports: Ports;
  readonly call: DialectCall;
  /** The request that opened the connection. */
  readonly handshake: Inbound;
  /** Clients besides those of the configuration. */
  readonly guests?: Guests;
  /** Runs one exchange to its end; see exchange(). */
  run(inbound: Inbound): Promise<void>;
}

/** Begins the conversations of a connection. */
export function createResponseSession(setting: SessionSetting): ResponseSession {
  const { ports, call, handshake } = setting;
  const memory = new ResponseMemory(() => ports.settings().server.bodyLimitBytes);

  /** An answer of the gateway itself, with a row of its own as any other. */
  const answer = (
    inbound: Inbound,
    body: JsonObject | undefined,
    say: () => number,
    code?: string,
  ): Promise<void> =>
    recorded(ports, inbound, call, (record) => {
      record.bytesIn = inbound.bodyLength ?? 0;
      record.modelAsked = textOf(body?.['model']);
      record.streamed = true;
      closeRecord(ports, record, { status: say(), errorCode: code });
      return Promise.resolve();
    });

  const deny = (inbound: Inbound, error: SluiceError): Promise<void> =>
    answer(inbound, undefined, () => refuse(inbound.reply, call.dialect, error, inbound.id), error.code);

  async function create(frame: Frame & { kind: 'create' }, sink: FrameSink, id: string): Promise<void> {
    const { body, generate, headers } = frame;
    const { known, whole } = await expand(body);
    const reading = new ResponseReading();
    const reply = new FrameReply(sink, (event) => reading.hear(event));
    const bytes = encode(whole);
    const inbound = frameInbound(
      setting,
      bytes,
      requestHeaders(handshake.headers, headers, body['client_metadata']),
      reply,
      id,
    );
    if (bytes.length > ports.settings().server.bodyLimitBytes) return deny(inbound, TOO_LONG);
    const stored = whole['store'] !== false;
    if (generate) {
      await setting.run(inbound);
      const { response } = reading;
      if (!known || response === undefined) return;
      const items = conversationItems(whole, response.output, stored);
      memory.remember(response.id, items, bytes.length);
      if (stored) keepResponse(ports.keep, handshake.client?.id, response.id, { input: items, output: [] });
      return;
    }
    if (!known) return deny(inbound, UNKNOWN_RESPONSE);
    const responseId = `resp_${id.replace(/^req_/, '')}`;
    memory.remember(responseId, conversationItems(whole, [], stored), bytes.length);
    await answer(inbound, whole, () => {
      const createdAt = Math.floor(ports.clock.epochMs() / 1000);
      for (const text of emptyResponse(responseId, body, createdAt)) sink.send(text);
      return 200;
    });
  }

  /** The request with all that it refers to. Not `known`: it refers to something that only the upstream can know. */
  async function expand(body: JsonObject): Promise<{ readonly known: boolean; readonly whole: JsonObject }> {
    const previous = textOf(body['previous_response_id']);
    const items = previous === undefined ? undefined : memory.find(previous);
    if (items !== undefined) return { known: true, whole: continued(body, items) };
    const whole = await expandPrevious(ports.keep, handshake.client?.id, body);
    return whole === 'unknown' ? { known: false, whole: body } : { known: true, whole };
  }

  return {
    serve: (message, sink, id) => {
      const raw = (): Inbound =>
        frameInbound(
          setting,
          Buffer.from(message),
          requestHeaders(handshake.headers, [], undefined),
          new FrameReply(sink),
          id,
        );
      if (!isWelcome(setting)) return deny(raw(), UNWELCOME);
      const frame = readFrame(message);
      switch (frame.kind) {
        case 'create':
          return create(frame, sink, id).catch((defect: unknown) => {
            ports.log.error('A message could not be served.', { requestId: id, error: String(defect) });
            sink.cut();
          });
        case 'unreadable':
          return setting.run(raw());
        case 'other':
          return deny(raw(), unknownType(frame.type));
      }
    },
  };
}

const TOO_LONG: SluiceError = sluiceError(
  'body_too_large',
  'The message, with the conversation that it continues, is larger than server.bodyLimitBytes.',
  { suggestion: 'Begin a new conversation with less input, or raise server.bodyLimitBytes.' },
);
const UNKNOWN_RESPONSE: SluiceError = sluiceError(
  'invalid_request',
  'The response named by previous_response_id is not known here.',
  { param: 'previous_response_id', suggestion: 'Send the whole input without previous_response_id.' },
);
const UNWELCOME: SluiceError = sluiceError(
  'unauthenticated',
  'The client key with which this connection was opened is no longer accepted.',
);

function unknownType(type: string): SluiceError {
  const shown = type === '' ? 'without a type' : `of type "${type.slice(0, 100)}"`;
  return sluiceError('invalid_request', `A message ${shown} is not understood.`, {
    param: 'type',
    suggestion: 'The only type is "response.create".',
  });
}

/** The configuration may have changed since the handshake: a client that is gone has no say any more. */
function isWelcome(setting: SessionSetting): boolean {
  const { ports, handshake } = setting;
  if (handshake.client === undefined) return ports.settings().clients.length === 0;
  const client = clientNow(setting);
  if (client?.enabled !== true || client.keyHash !== handshake.client.keyHash) return false;
  return client.expiresAtMs === undefined || ports.clock.epochMs() < client.expiresAtMs;
}

/** The caller as the configuration of this moment has it: what it may use and spend may have changed, too. */
function clientNow({ ports, handshake, guests }: SessionSetting): Client | undefined {
  const { client } = handshake;
  if (client === undefined) return undefined;
  const { clients } = ports.settings();
  return (
    clients.find(({ id }) => id === client.id) ??
    welcomeGuests(guests, clients).find(({ keyHash }) => keyHash === client.keyHash)
  );
}

/** JSON that was parsed can be nested too deeply to be written again; empty then, which the exchange refuses. */
function encode(body: JsonObject): Buffer {
  try {
    return Buffer.from(JSON.stringify(body));
  } catch {
    return Buffer.alloc(0);
  }
}

/** The request that a message stands for. */
function frameInbound(
  setting: SessionSetting,
  body: Buffer,
  headers: RawHeaders,
  reply: FrameReply,
  id: string,
): Inbound {
  const { ports, handshake } = setting;
  return {
    id,
    method: 'POST',
    path: handshake.path,
    query: handshake.query,
    headers,
    header: (name) => {
      const at = headers.findIndex((word, index) => index % 2 === 0 && word.toLowerCase() === name);
      // Some are for the gateway alone and not among those that go on.
      return at < 0 ? handshake.header(name) : headers[at + 1];
    },
    client: clientNow(setting) ?? handshake.client,
    origin: handshake.origin,
    bodyLength: body.length,
    readBody: () => Promise.resolve(body),
    pipeBody: (sink) => {
      sink.write(body);
      sink.end();
    },
    reply,
    keepsResponses: true,
    receivedMs: ports.clock.monotonicMs(),
    receivedAtMs: ports.clock.epochMs(),
  };
}

/** The last responses of a connection, each with everything said before it; what they have in common is there once. */
class ResponseMemory {
  readonly #limitBytes: () => number;
  #responses: { readonly id: string; readonly items: readonly unknown[]; readonly bytes: number }[] = [];

  constructor(limitBytes: () => number) {
    this.#limitBytes = limitBytes;
  }

  find(id: string): readonly unknown[] | undefined {
    return this.#responses.find((response) => response.id === id)?.items;
  }

  /** `bytes`: of the request, which is nearly all of it. The newest one always stays. */
  remember(id: string, items: readonly unknown[], bytes: number): void {
    const kept = this.#responses.filter((response) => response.id !== id);
    kept.push({ id, items, bytes });
    let total = kept.reduce((sum, response) => sum + response.bytes, 0);
    while (kept.length > 1 && (kept.length > REMEMBERED || total > this.#limitBytes()))
      total -= kept.shift()?.bytes ?? 0;
    this.#responses = kept;
  }
}
