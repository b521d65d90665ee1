// A WebSocket between a client and an upstream: once both have switched, the bytes of each go to the other as they are.
// Nothing is read into them and nothing is held beyond what the sockets themselves hold.

import { type SluiceError, sluiceError } from '../core/model/error.ts';
import { answerHeaders } from './headers.ts';
import type { Memory } from './memory.ts';
import type { Deadline, Inbound, Ports, RawConnection, RawHeaders } from './ports.ts';
import { closeRecord, type ExchangeRecord } from './record.ts';
import type { ResourceTarget } from './relay-resource.ts';
import type { Interruptible } from './running.ts';
import { holdsSecret, secretsOf } from './secrecy.ts';

/** A side that takes nothing of what waits for it for this long is gone. */
const STALL_MS = 120_000;
/** When one side has left, the other may take what is still on its way to it, and say goodbye, within this time. */
const LINGER_MS = 1_000;

/** An upstream that has switched, and the client that does not know it yet. */
export interface Tunnel {
  readonly ports: Ports;
  readonly memory: Memory;
  readonly inbound: Inbound;
  readonly record: ExchangeRecord;
  readonly target: ResourceTarget;
  /** Those of the upstream's 101. */
  readonly headers: RawHeaders;
  readonly upstream: RawConnection;
}

/** Lets the client switch, too, and carries bytes until both connections are closed. Closes the row. */
export function runTunnel(tunnel: Tunnel): Promise<void> {
  const { ports, record, inbound, upstream } = tunnel;
  const client = inbound.upgrade?.accept(clientHeaders(tunnel));
  if (client === undefined) {
    upstream.destroy();
    closeRecord(ports, record, { status: 499, errorCode: 'client_closed', aborted: true });
    return Promise.resolve();
  }
  record.streamed = true;
  return new Promise((resolve) => new Splice(tunnel, client, resolve).start());
}

/** What the client gets to see of the 101: the handshake as the upstream completed it, and what answers may carry. */
function clientHeaders({ headers, inbound, target }: Tunnel): string[] {
  const secrets = secretsOf(target);
  const out = ['connection', 'Upgrade', 'upgrade', 'websocket'];
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] ?? '';
    const value = headers[i + 1] ?? '';
    if (name.toLowerCase().startsWith('sec-websocket-') && !holdsSecret(value, secrets))
      out.push(name, value);
  }
  out.push(...answerHeaders(headers, secrets));
  out.push('x-sluice-request-id', inbound.id, 'x-sluice-upstream', target.upstream.id);
  return out;
}

/** The two connections, and who left first. */
class Splice implements Interruptible {
  place = -1;
  private readonly tunnel: Tunnel;
  private readonly client: RawConnection;
  private readonly resolve: () => void;
  private readonly deadline: Deadline;
  private closedCount = 0;
  private firstToLeave: RawConnection | undefined;
  /** The side for which something waits. */
  private slow: RawConnection | undefined;
  private error: SluiceError | undefined;

  constructor(tunnel: Tunnel, client: RawConnection, resolve: () => void) {
    this.tunnel = tunnel;
    this.client = client;
    this.resolve = resolve;
    this.deadline = { dueMs: Number.POSITIVE_INFINITY, place: -1, expired: () => this.expired() };
  }

  start(): void {
    const { ports, memory, record, upstream } = this.tunnel;
    ports.deadlines.add(this.deadline);
    memory.running.add(this);
    this.join(this.client, upstream, (bytes) => {
      record.bytesIn += bytes;
    });
    this.join(upstream, this.client, (bytes) => {
      record.firstByteAtMs ??= ports.clock.epochMs();
      record.bytesOut += bytes;
    });
  }

  interrupt(error: SluiceError): void {
    this.error ??= error;
    this.destroy();
  }

  /** Carries what `from` says to `to`. */
  private join(from: RawConnection, to: RawConnection, count: (bytes: number) => void): void {
    let ended = false;
    let gone = false;
    const closed = (): void => {
      if (gone) return;
      gone = true;
      // A client that broke off reads nothing any more, so nobody has to be waited for.
      if (!ended && from === this.client) to.destroy();
      else to.end();
      if (!ended && from !== this.client) this.brokenOff();
      this.left(from);
      this.closed();
    };
    from.on('data', (chunk) => {
      // What comes for someone who has closed is not wanted any more.
      if (!to.writable) return;
      count(chunk.length);
      if (to.write(chunk)) return;
      from.pause();
      this.stalled(to);
    });
    to.on('drain', () => {
      this.flows(to);
      from.resume();
    });
    from.on('end', () => {
      ended = true;
      this.left(from);
      to.end();
    });
    from.on('close', closed);
    if (from.destroyed) closed();
    else from.resume();
  }

  /** The upstream broke off. The client can only be told by the end of its connection; the row says why. */
  private brokenOff(): void {
    if (this.firstToLeave !== undefined) return;
    const { id } = this.tunnel.target.upstream;
    this.error ??= sluiceError('upstream_closed', `The upstream ${id} broke the WebSocket off.`);
  }

  private left(side: RawConnection): void {
    if (this.firstToLeave !== undefined) return;
    this.firstToLeave = side;
    this.deadline.dueMs = this.tunnel.ports.clock.monotonicMs() + LINGER_MS;
  }

  private stalled(side: RawConnection): void {
    if (this.firstToLeave !== undefined || this.slow !== undefined) return;
    this.slow = side;
    this.deadline.dueMs = this.tunnel.ports.clock.monotonicMs() + STALL_MS;
  }

  private flows(side: RawConnection): void {
    if (this.firstToLeave !== undefined || this.slow !== side) return;
    this.slow = undefined;
    this.deadline.dueMs = Number.POSITIVE_INFINITY;
  }

  private expired(): void {
    if (this.firstToLeave === undefined && this.slow === this.tunnel.upstream) {
      const { id } = this.tunnel.target.upstream;
      this.error ??= sluiceError('upstream_timeout', `The upstream ${id} took nothing for too long.`);
    }
    this.firstToLeave ??= this.slow;
    this.destroy();
  }

  private destroy(): void {
    this.client.destroy();
    this.tunnel.upstream.destroy();
  }

  private closed(): void {
    this.closedCount += 1;
    if (this.closedCount < 2) return;
    const { ports, memory, record } = this.tunnel;
    ports.deadlines.remove(this.deadline);
    memory.running.remove(this);
    if (this.error !== undefined) closeRecord(ports, record, { status: 101, error: this.error });
    else if (this.firstToLeave !== this.client) closeRecord(ports, record, { status: 101 });
    else closeRecord(ports, record, { status: 499, errorCode: 'client_closed', aborted: true });
    this.resolve();
  }
}
