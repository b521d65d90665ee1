// Composition root: puts the parts together and is the only file that knows all of them.

import { createHash, randomUUID } from 'node:crypto';
import type { AdminOutside } from './admin/parts.ts';
import { type WiredAdmin, wireAdmin } from './app-admin.ts';
import { systemClock } from './clock.ts';
import type { Settings } from './config/settings.ts';
import { dialects } from './core/dialects/index.ts';
import type { KeyEvent } from './core/telemetry/key-event.ts';
import type { DialectCall } from './exchange/context.ts';
import { createDeadlines, TICK_MS } from './exchange/deadlines.ts';
import { createDiscovery, type Discovery } from './exchange/discover-models.ts';
import { exchange } from './exchange/exchange.ts';
import { Guardian } from './exchange/guardian.ts';
import { createGuests, type Guests } from './exchange/guests.ts';
import { listModels } from './exchange/list-models.ts';
import type { Memory } from './exchange/memory.ts';
import { informAll } from './exchange/money/ask-spending.ts';
import type { Operator, OperatorCall, OperatorVault } from './exchange/operator/operator.ts';
import { createOwners } from './exchange/owners.ts';
import { passThrough } from './exchange/pass-through.ts';
import { keyEventOf } from './exchange/pool/key-events.ts';
import { Pool } from './exchange/pool/pool.ts';
import { restorePool, savePool } from './exchange/pool/saving.ts';
import type {
  AnswerCache,
  Details,
  Inbound,
  Keep,
  Ledger,
  Lens,
  LimitStore,
  Log,
  Observer,
  Ports,
  Prices,
  SharedNotes,
  Spending,
  StateStore,
  Transport,
} from './exchange/ports.ts';
import type { Replayer } from './exchange/replay/replay.ts';
import { createResponseSession } from './exchange/response-session.ts';
import { Flights } from './exchange/reuse/flights.ts';
import { createRunning } from './exchange/running.ts';
import { type Crew, nameOfKeeper } from './exchange/shared/crew.ts';
import { createSharedLimits } from './exchange/shared/limits.ts';
import { tellHomes } from './exchange/shared/notes-home.ts';
import { shareStandings } from './exchange/shared/share-standings.ts';
import { unifiedChat } from './exchange/unified/unified.ts';
import { createWaitingRoom } from './exchange/waiting-room.ts';
import { createWatching, type Watching } from './exchange/watching.ts';
import { callFor, callOf } from './http/call-of.ts';
import { newRequestId } from './http/request-id.ts';
import type { Match } from './http/routes.ts';
import { createEdge, type Edge, type EdgeOptions } from './http/server.ts';
import { createAnswers } from './stores/answers.ts';
import { createTokenizer } from './tokens/tokenizer.ts';
import { createTunnels } from './upstream/tunnel.ts';

/** The parts that come from outside: they outlive or precede the app, or differ in tests. */
export interface AppParts {
  /** The configuration of this moment. */
  settings(): Settings;
  readonly transport: Transport;
  readonly ledger: Ledger;
  readonly keep: Keep;
  readonly state: StateStore;
  readonly log: Log;
  readonly version: string;
  /** Answers that may be given again; kept in memory where absent. */
  readonly answers?: AnswerCache;
  /** What other gateways know of conversations and resources; there are none where absent. */
  readonly sharedNotes?: SharedNotes | undefined;
  /** What models cost; nobody knows where absent. */
  readonly prices?: Prices;
  /** Where several gateways share limits, budgets and standings; this one is alone where absent. */
  readonly limitStore?: LimitStore | undefined;
  /** What clients have spent before; budgets know only what they have saved where absent. */
  readonly spending?: Spending;
  readonly observers?: readonly Observer[];
  readonly lenses?: readonly Lens[];
  /** What was kept of exchanges; nothing is where absent. */
  readonly details?: Details;
  /** What lets the operator in; nobody is let in without it. */
  readonly vault?: OperatorVault;
  readonly page?: EdgeOptions['page'];
  /** The page of metrics; there is none where absent. */
  readonly metrics?: EdgeOptions['metrics'];
  /** What the admin API needs from outside; there is none where absent, or where there is no operator. */
  readonly admin?: AdminOutside;
  /** Takes what is not for clients to another process; this one has no operator then. */
  readonly forward?: EdgeOptions['forward'];
  /** The processes that relay for this one; it does so itself where absent. */
  readonly crew?: Crew | undefined;
  /** Hears what happens to provider keys. */
  keyEvent?(event: KeyEvent): void;
}

/** A gateway that can be started and stopped. */
export interface App {
  readonly edge: Edge;
  readonly memory: Memory;
  /** What is on its way. */
  readonly watching: Watching;
  readonly guests: Guests;
  /** Sends captured requests again. */
  readonly replayer: Replayer;
  /** The admin API, where there is one. */
  readonly admin: WiredAdmin | undefined;
  /** Puts back what was known of keys before a restart. */
  restore(): Promise<void>;
  /**
   * Stops accepting, lets what is in flight finish within `drainMs`, ends the rest with an error of its format, and
   * resolves when every row is on disk.
   */
  stop(drainMs: number): Promise<void>;
}

/** Makes the gateway; nothing is bound until edge.listen(). */
export function createApp(parts: AppParts): App {
  const { transport, ledger, keep, state, log } = parts;
  const clock = systemClock;
  const deadlines = createDeadlines(clock);
  // What has arrived is read before anybody is called late: where the process stood still, timers come first.
  const ticker = setInterval(() => setImmediate(() => deadlines.tick()), TICK_MS);
  const tunnels = createTunnels();
  const settings = (): Settings => parts.settings();
  const tokenizer = createTokenizer();
  const watching = createWatching();
  const { limitStore } = parts;
  const sharedLimits =
    limitStore === undefined
      ? undefined
      : createSharedLimits({
          store: limitStore,
          clock,
          deadlines,
          newId: parts.crew === undefined ? randomUUID : () => nameOfKeeper(randomUUID()),
          policy: () => settings().limits,
          fellows: settings().state?.instances ?? 1,
        });
  const ports: Ports = {
    settings,
    clock,
    deadlines,
    transport,
    tunnels,
    tokenizer,
    ledger,
    keep,
    state,
    log,
    prices: parts.prices ?? { of: () => undefined },
    spending: parts.spending,
    answers: parts.answers ?? createAnswers({ ...settings().cache, url: undefined }, clock, log),
    sharedNotes: parts.sharedNotes,
    hash: (text) => createHash('sha256').update(text).digest('hex'),
    observers: parts.observers ?? [],
    lenses: parts.lenses ?? [],
    details: parts.details,
    ongoing: watching,
    sharedLimits,
  };
  const pool = new Pool(clock, Math.random);
  const waiting = createWaitingRoom(clock, deadlines, () => settings().queue);
  pool.freed = () => waiting.wake();
  pool.shared = sharedLimits;
  const tell =
    sharedLimits === undefined ? undefined : shareStandings(pool, sharedLimits, () => settings().limits);
  if (parts.keyEvent !== undefined || tell !== undefined)
    pool.standings.heard = (change) => {
      tell?.(change);
      const event = parts.keyEvent === undefined ? undefined : keyEventOf(change, pool.now());
      if (event !== undefined) parts.keyEvent?.(event);
    };
  pool.prices = ports.prices;
  const guardian = new Guardian();
  const memory: Memory = {
    pool,
    owners: createOwners(undefined, parts.sharedNotes),
    flights: new Flights(),
    running: createRunning(),
    waiting,
    guardian,
  };
  if (parts.sharedNotes !== undefined) tellHomes(pool, parts.sharedNotes);
  const saving = setInterval(() => savePool(pool, state), SAVE_EVERY_MS).unref();
  const discovery = createDiscovery(ports);
  const guests = createGuests(clock);
  let ready = true;

  const { vault } = parts;
  const operator =
    vault === undefined
      ? undefined
      : {
          token: () => vault.token(),
          answer: async (call: OperatorCall) =>
            (await operatorOf(ports, pool, vault, parts.crew)).answer(call),
        };

  const replayer = lazyReplayer(ports, memory);
  const admin =
    parts.admin === undefined || operator === undefined
      ? undefined
      : wireAdmin({
          outside: parts.admin,
          ports,
          memory,
          discovery,
          guests,
          listening: () => parts.crew?.listening() ?? listeningAt(edge),
          crew: parts.crew,
          operator,
          replayer,
          watching,
          version: parts.version,
          ready: () => ready,
        });

  const edge = createEdge({
    settings: ports.settings,
    clock,
    deadlines,
    log,
    version: parts.version,
    ready: () => ready,
    handle: (inbound, match) => {
      const served = serve(ports, memory, discovery, inbound, match).catch((defect: unknown) => {
        log.error('An exchange failed unexpectedly.', { requestId: inbound.id, error: String(defect) });
        inbound.reply.cut();
      });
      memory.running.follow(served);
    },
    converse: (handshake, { route, dialect }) => {
      if (route.kind !== 'exchange') throw new Error(`${route.name} takes no conversations`);
      const call = { ...ONE_CALL, name: route.name, dialect: dialects[dialect], use: route.use };
      const run = (inbound: Inbound): Promise<void> => {
        const served = exchange(ports, memory, call, inbound);
        memory.running.follow(served);
        return served;
      };
      return createResponseSession({ ports, call, handshake, guests, run });
    },
    guests,
    ...(operator === undefined ? {} : { operator }),
    ...(admin === undefined ? {} : { admin: (handed) => admin.handle(handed) }),
    ...(parts.forward === undefined ? {} : { forward: parts.forward }),
    ...(parts.page === undefined ? {} : { page: parts.page }),
    ...(parts.metrics === undefined ? {} : { metrics: parts.metrics }),
  });

  return {
    edge,
    memory,
    watching,
    guests,
    replayer,
    admin,
    restore: async () => {
      await restorePool(pool, state, settings().limits);
      // Nobody waits longer for the others: without them this gateway keeps to its part.
      await sharedLimits?.joined(JOIN_MS);
      informAll(ports, pool);
    },
    stop: async (drainMs) => {
      ready = false;
      const endMs = clock.monotonicMs() + drainMs;
      const leftMs = (): number => Math.max(0, endMs - clock.monotonicMs());
      const closed = edge.close(Math.min(LAST_CALL_MS, drainMs));
      const ended = admin?.close();
      do {
        await Promise.race([memory.running.idle(), wait(leftMs())]);
        // What comes on connections that wait for their last request may run as long as everything else.
        await Promise.race([Promise.all([closed, ended]), wait(Math.min(INTERRUPT_MS, leftMs()))]);
      } while (memory.running.count > 0 && leftMs() > 0);
      memory.running.interruptAll();
      if (leftMs() === 0) {
        await Promise.race([memory.running.idle(), wait(INTERRUPT_MS)]);
        await Promise.race([Promise.all([closed, ended]), wait(INTERRUPT_MS)]);
      }
      edge.closeNow();
      // Whoever is left has lost its client, and is over in a moment: what it has cost is to be saved.
      await Promise.race([memory.running.idle(), wait(INTERRUPT_MS)]);
      transport.close();
      tokenizer.close();
      ports.sharedNotes?.close();
      ports.answers.close();
      await sharedLimits?.close();
      clearInterval(ticker);
      clearInterval(saving);
      savePool(pool, state);
      await ledger.flush();
    },
  };
}

/** Where the edge is bound; undefined before it is. */
function listeningAt({ server }: Edge): { readonly host: string; readonly port: number } | undefined {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') return undefined;
  return { host: bound.address, port: bound.port };
}

/** Loaded when the operator first asks: a start need not pay for it. */
async function operatorOf(
  ports: Ports,
  pool: Pool,
  vault: OperatorVault,
  crew: Crew | undefined,
): Promise<Operator> {
  const [{ createOperator }, { operatorPort }] = await Promise.all([
    import('./exchange/operator/operator.ts'),
    import('./exchange/operator/port.ts'),
  ]);
  return createOperator({ settings: () => ports.settings(), pool: operatorPort(ports, pool, crew), vault });
}

/** Loaded when something is first sent again. */
function lazyReplayer(ports: Ports, memory: Memory): Replayer {
  const load = async (): Promise<Replayer> => {
    const [{ createReplayer }, { textDiff }] = await Promise.all([
      import('./exchange/replay/replay.ts'),
      import('./observe/capture/text-diff.ts'),
    ]);
    const run = (call: DialectCall, inbound: Inbound): Promise<void> => {
      const served = exchange(ports, memory, call, inbound);
      memory.running.follow(served);
      return served;
    };
    return createReplayer({ ports, newId: newRequestId, callOf: callFor, run, textDiff });
  };
  return {
    replay: async (id, to) => (await load()).replay(id, to),
    replayRecord: async (record, to) => (await load()).replayRecord(record, to),
  };
}

/** What the messages of a WebSocket have in common: their body says everything. */
const ONE_CALL = { model: undefined, stream: false, framing: 'sse' } as const;

/** The longest that a start waits for the store of limits. */
const JOIN_MS = 1_000;

/** How long a stopping gateway still takes requests on connections that it had promised to keep. */
const LAST_CALL_MS = 500;

/** How often what the pool knows is saved. */
const SAVE_EVERY_MS = 1_000;

/** How long interrupted exchanges may take to say goodbye. */
const INTERRUPT_MS = 1_000;

function wait(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs).unref());
}

/** Hands a matched request to the exchange of its kind. */
function serve(
  ports: Ports,
  memory: Memory,
  discovery: Discovery,
  inbound: Inbound,
  match: Match,
): Promise<void> {
  const { route } = match;
  const dialect = dialects[match.dialect];
  switch (route.kind) {
    case 'exchange': {
      const call = callOf(match, inbound.query);
      if (call === undefined) return Promise.reject(new Error(`${route.name} is no call to a model`));
      if (route.unified !== true) return exchange(ports, memory, call, inbound);
      return unifiedChat(
        { ports, call, run: (chat, request) => exchange(ports, memory, chat, request) },
        inbound,
      );
    }
    case 'resource':
      return passThrough(ports, memory, { name: route.name, family: route.family, dialect }, inbound);
    case 'models':
      return listModels(ports, discovery, { name: route.name, dialect, model: match.model }, inbound);
    case 'local':
    case 'operator':
    case 'admin':
    case 'metrics':
      return Promise.reject(new Error(`${route.name} is answered by the edge`));
  }
}
