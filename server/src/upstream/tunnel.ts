// Opens WebSocket connections to upstreams: a connection of its own, the handshake, and after a 101 the bare socket. Any
// other answer is read like every answer of an upstream.

import type { Socket } from 'node:net';
import type { SluiceError } from '../core/model/error.ts';
import type { Call, OutboundRequest, RawHeaders, Tunnels, UpgradeSink } from '../exchange/ports.ts';
import { openSocket } from './connect.ts';
import { answerError, lostError } from './transport/failure.ts';
import { HeadCollector } from './transport/head-collector.ts';
import { noAddressError, refuseCall } from './transport/outbound-call.ts';
import { writeRequestHead } from './transport/request-head.ts';
import { type AnswerFault, type AnswerHead, readAnswerHead } from './transport/response-head.ts';
import { type AnswerEvents, ResponseParser } from './transport/response-parser.ts';
import { errorCode, readEndpoint } from './transport/socket-step.ts';

/** Interim answers (1xx) before the one that counts. */
const MAX_INTERIM_ANSWERS = 100;

/** All have defaults. */
export interface TunnelOptions {
  /** Certificate authorities in PEM that are trusted instead of the built-in ones. */
  readonly ca?: string;
}

/** Makes the opener of WebSockets. Failures have the codes of the transport. */
export function createTunnels(options: TunnelOptions = {}): Tunnels {
  return {
    open(request: OutboundRequest, sink: UpgradeSink): Call {
      const endpoint = readEndpoint(request.destination.origin);
      if (endpoint === undefined) return refuseCall(noAddressError(), sink);
      const head = writeRequestHead(request, endpoint.authority);
      if (typeof head !== 'string') return refuseCall(head, sink);
      const asking = `${head.slice(0, -2)}connection: Upgrade\r\nupgrade: websocket\r\n\r\n`;
      const handshake = new OutboundHandshake(request, asking, endpoint.label, sink);
      handshake.start(options.ca);
      return handshake;
    },
  };
}

/** One handshake from open() to its end: a socket given away, a refusal, or a failure. */
class OutboundHandshake implements Call, AnswerEvents {
  private readonly request: OutboundRequest;
  private readonly head: string;
  private readonly label: string;
  private readonly collector = new HeadCollector();
  /** Reads the refusal. */
  private parser: ResponseParser | undefined = undefined;
  /** Undefined once it is over. */
  private sink: UpgradeSink | undefined;
  private socket: Socket | undefined = undefined;
  private cancelConnect: (() => void) | undefined = undefined;
  private interim = 0;
  private started = false;
  private lostCode: string | undefined = undefined;

  constructor(request: OutboundRequest, head: string, label: string, sink: UpgradeSink) {
    this.request = request;
    this.head = head;
    this.label = label;
    this.sink = sink;
  }

  start(ca: string | undefined): void {
    const { destination, connectMs } = this.request;
    this.cancelConnect = openSocket(
      destination,
      connectMs,
      (result) => {
        this.cancelConnect = undefined;
        if (result.ok) this.attach(result.socket);
        else this.fail(result.error, false);
      },
      { ca },
    );
  }

  resume(): void {
    this.socket?.resume();
  }

  abort(): void {
    this.leave()?.socket?.destroy();
  }

  answerHead(head: AnswerHead, length: number | undefined): void {
    this.sink?.head(head.status, head.headers, length);
  }

  answerData(chunk: Buffer): void {
    if (this.sink?.data(chunk) === false) this.socket?.pause();
  }

  answerEnd(): void {
    const left = this.leave();
    left?.socket?.destroy();
    left?.sink.end();
  }

  answerFault(fault: AnswerFault): void {
    this.fail(answerError(this.label, fault), true);
  }

  private readonly read = (chunk: Buffer): void => {
    this.started = true;
    if (this.parser !== undefined) this.parser.push(chunk, chunk.length, false);
    else this.readHead(chunk);
  };
  private readonly ended = (): void => {
    if (this.parser === undefined) this.lost();
    else this.parser.finish();
    this.abort();
  };
  private readonly failed = (error: Error): void => {
    this.lostCode = errorCode(error);
  };
  private readonly lost = (): void => {
    this.fail(lostError(this.label, this.started, this.lostCode), true);
  };

  private attach(socket: Socket): void {
    this.socket = socket;
    socket.on('data', this.read);
    socket.on('end', this.ended);
    socket.on('error', this.failed);
    socket.on('close', this.lost);
    socket.write(this.head, 'latin1');
  }

  /** Looks for the head that counts. */
  private readHead(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && this.sink !== undefined) {
      at = this.collector.add(chunk, at, chunk.length);
      if (at < 0) {
        if (this.collector.fault !== undefined) this.answerFault(this.collector.fault);
        return;
      }
      const { text } = this.collector;
      const head = readAnswerHead(text, 'GET');
      if ('what' in head) this.answerFault(head);
      else if (head.status === 101) this.switchOver(head.headers, chunk.subarray(at));
      else if (head.status < 200) this.passInterim();
      else this.readRefusal(text, chunk.subarray(at));
      if (this.parser !== undefined) return;
    }
  }

  private passInterim(): void {
    this.collector.reset();
    this.interim += 1;
    if (this.interim <= MAX_INTERIM_ANSWERS) return;
    this.answerFault({ kind: 'protocol', what: `it sent more than ${MAX_INTERIM_ANSWERS} interim answers` });
  }

  private switchOver(headers: RawHeaders, rest: Buffer): void {
    const isWebSocket = headers.some(
      (name, at) =>
        at % 2 === 0 &&
        name.toLowerCase() === 'upgrade' &&
        (headers[at + 1] ?? '').toLowerCase() === 'websocket',
    );
    if (!isWebSocket) {
      this.answerFault({ kind: 'protocol', what: 'it switched to another protocol than WebSocket' });
      return;
    }
    const left = this.leave();
    if (left?.socket === undefined) return;
    const { socket, sink } = left;
    socket.off('data', this.read);
    socket.off('end', this.ended);
    socket.off('close', this.lost);
    socket.pause();
    if (rest.length > 0) socket.unshift(rest);
    sink.switched(headers, socket);
  }

  /** The head was read as far as was needed to see that it is one; the parser reads it again, with the body. */
  private readRefusal(head: string, rest: Buffer): void {
    const parser = new ResponseParser(this);
    this.parser = parser;
    parser.reset('GET');
    const bytes = Buffer.from(`${head}\r\n\r\n`, 'latin1');
    parser.push(bytes, bytes.length, false);
    parser.push(rest, rest.length, false);
  }

  private fail(error: SluiceError, sent: boolean): void {
    const left = this.leave();
    left?.socket?.destroy();
    left?.sink.fail({ error, sent });
  }

  /** Lets go of everything, once; answers what was held. */
  private leave(): { readonly sink: UpgradeSink; readonly socket: Socket | undefined } | undefined {
    const { sink, socket } = this;
    if (sink === undefined) return undefined;
    this.sink = undefined;
    this.socket = undefined;
    this.cancelConnect?.();
    this.cancelConnect = undefined;
    this.parser?.stop();
    return { sink, socket };
  }
}
