// A running edge with a scripted exchange behind it, and a raw client in front of it.

import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import type { Client, Settings } from '../../src/config/settings.ts';
import {
  DEFAULT_HEALTH,
  DEFAULT_LIMIT_POLICY,
  DEFAULT_QUEUE,
  DEFAULT_ROUTE,
} from '../../src/core/routing/policy.ts';
import type { Deadline, Deadlines, Inbound } from '../../src/exchange/ports.ts';
import { EDGE_LIMITS, type EdgeLimits } from '../../src/http/limits.ts';
import type { OperatorAccess } from '../../src/http/operator.ts';
import type { Match } from '../../src/http/routes.ts';
import { createEdge, type Edge } from '../../src/http/server.ts';

/** Time that moves only when told to, and the deadlines that hang on it. */
export interface FakeTime {
  readonly deadlines: Deadlines;
  nowMs: number;
  /** Moves time on and expires what is due. */
  advance(byMs: number): void;
  readonly pending: ReadonlySet<Deadline>;
}

function fakeTime(): FakeTime {
  const pending = new Set<Deadline>();
  return {
    nowMs: 0,
    pending,
    deadlines: {
      add: (deadline) => void pending.add(deadline),
      remove: (deadline) => void pending.delete(deadline),
    },
    advance(byMs: number): void {
      this.nowMs += byMs;
      for (const deadline of [...pending]) {
        if (deadline.dueMs > this.nowMs) continue;
        deadline.dueMs = Number.POSITIVE_INFINITY;
        deadline.expired();
      }
    },
  };
}

/** What the scripted exchange was given. */
export interface Handed {
  readonly inbound: Inbound;
  readonly match: Match;
}

export interface RunningEdge {
  readonly edge: Edge;
  readonly port: number;
  readonly base: string;
  readonly handed: Handed[];
  readonly errors: string[];
  readonly time: FakeTime;
  settings: Settings;
  close(): Promise<void>;
}

export interface EdgeSetup {
  readonly server?: Partial<Settings['server']>;
  readonly clients?: readonly Client[];
  readonly limits?: Partial<EdgeLimits>;
  handle?(inbound: Inbound, match: Match): void;
  page?: Parameters<typeof createEdge>[0]['page'];
  operator?: OperatorAccess;
  ready?(): boolean;
}

export function clientWithKey(id: string, key: string, enabled = true): Client {
  return { id, enabled, keyHash: createHash('sha256').update(key).digest('hex') };
}

function settingsOf(setup: EdgeSetup): Settings {
  return {
    origin: { file: undefined, notices: [] },
    server: {
      host: '127.0.0.1',
      port: 0,
      bodyLimitBytes: 1000,
      allowOpen: false,
      allowedHosts: [],
      corsOrigins: [],
      drainMs: 1000,
      heartbeatMs: 15_000,
      ...setup.server,
    },
    clients: setup.clients ?? [],
    upstreams: [],
    aliases: {},
    routes: [{ ...DEFAULT_ROUTE, retry: { ...DEFAULT_ROUTE.retry, maxAttempts: 1 } }],
    health: DEFAULT_HEALTH,
    queue: DEFAULT_QUEUE,
    limits: { ...DEFAULT_LIMIT_POLICY, models: [] },
    conversion: { preferNative: true, strict: false, lossy: 'refuse' },
    prices: { file: undefined, models: [] },
    cache: { url: undefined, maxBytes: 1_048_576, maxEntryBytes: 1_048_576 },
    storage: { sqlitePath: '', retentionDays: 1 },
    log: { level: 'silent', file: undefined },
  };
}

/** Answers with what was read. */
function echo(inbound: Inbound, match: Match): void {
  const answer = (body: string): void => {
    inbound.reply.head(200, ['content-type', 'application/json']);
    inbound.reply.end(JSON.stringify({ route: match.route.name, model: match.model, body }));
  };
  if (match.route.kind !== 'exchange') {
    answer('');
    return;
  }
  void inbound.readBody().then((body) => {
    if (Buffer.isBuffer(body)) {
      answer(body.toString());
      return;
    }
    inbound.reply.head(body.status, ['content-type', 'application/json', 'x-code', body.code]);
    inbound.reply.end(JSON.stringify(body));
  });
}

export async function runEdge(setup: EdgeSetup = {}): Promise<RunningEdge> {
  const time = fakeTime();
  const handed: Handed[] = [];
  const errors: string[] = [];
  const handle = setup.handle ?? echo;
  const state = { settings: settingsOf(setup) };
  const edge = createEdge(
    {
      settings: () => state.settings,
      clock: { monotonicMs: () => time.nowMs, epochMs: () => 1_700_000_000_000 + time.nowMs },
      deadlines: time.deadlines,
      log: {
        exchange: () => {},
        warn: () => {},
        error: (message, fields) => void errors.push(`${message} ${fields?.['error']}`),
      },
      version: '1.2.3',
      ready: setup.ready ?? (() => true),
      handle: (inbound, match) => {
        handed.push({ inbound, match });
        handle(inbound, match);
      },
      ...(setup.page === undefined ? {} : { page: setup.page }),
      ...(setup.operator === undefined ? {} : { operator: setup.operator }),
    },
    { ...EDGE_LIMITS, ...setup.limits },
  );
  const { port } = await edge.listen();
  return {
    edge,
    port,
    base: `http://127.0.0.1:${port}`,
    handed,
    errors,
    time,
    get settings() {
      return state.settings;
    },
    set settings(settings: Settings) {
      state.settings = settings;
    },
    close: () => {
      const closed = edge.close();
      edge.closeNow();
      return closed;
    },
  };
}

/** Sends bytes as they are and answers with everything that comes back until the connection ends or `until` matches. */
export function raw(port: number, bytes: string | readonly string[], until?: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      received += text;
      if (until?.test(received) === true) socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
    for (const part of typeof bytes === 'string' ? [bytes] : bytes) socket.write(part, 'latin1');
  });
}

/** A connection on which several requests are sent. */
export interface Kept {
  send(bytes: string): void;
  received(): string;
  /** How the server ended it. */
  readonly ended: Promise<'clean' | 'reset'>;
}

/** Connects, and sends nothing yet. */
export async function keep(port: number): Promise<Kept> {
  const socket = connect(port, '127.0.0.1');
  let received = '';
  socket.setEncoding('latin1');
  socket.on('data', (text: string) => {
    received += text;
  });
  const ended = new Promise<'clean' | 'reset'>((resolve) => {
    socket.on('error', () => resolve('reset'));
    socket.on('end', () => resolve('clean'));
  });
  await new Promise<void>((ready) => socket.once('connect', () => ready()));
  return { send: (bytes) => void socket.write(bytes, 'latin1'), received: () => received, ended };
}

/** Resolves when the condition holds; checked whenever the event loop turns, so that nothing sleeps. */
export async function eventually(condition: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + 15_000;
  while (!condition()) {
    if (performance.now() > giveUpAt) throw new Error('The condition never came true.');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
