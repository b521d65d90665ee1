// One connection to PostgreSQL, served to the thread that uses it. It lives in a thread of its own, so that the one that
// uses it can wait for answers where it stands, as it does with SQLite: the same code works on both.

import type { MessagePort } from 'node:worker_threads';
import type { ClientConfig, QueryResult } from 'pg';

/** How a connection is made. */
export interface ConnectionOptions {
  /** postgres:// URL without what Sluice alone understands. */
  readonly url: string;
  readonly schema: string;
  readonly connectMs: number;
  /** The server gives up a statement after this. */
  readonly statementMs: number;
  /** The server gives up waiting for a lock after this. */
  readonly lockMs: number;
}

/** One statement; without values it may be several, separated by semicolons. */
export interface Query {
  readonly number: number;
  readonly sql: string;
  readonly values: readonly unknown[] | undefined;
}

/** What came of a query of the same number. */
export type QueryReply =
  | {
      readonly number: number;
      readonly ok: true;
      readonly rows: readonly Record<string, unknown>[];
      readonly changes: number;
    }
  | {
      readonly number: number;
      readonly ok: false;
      readonly code: string;
      readonly message: string;
      /** The connection is there and can be used again. */
      readonly connected: boolean;
    };

/** What the thread is told besides queries. drop: without a farewell, because it does not answer. */
export type Order = 'connect' | 'drop' | 'close';

/** What it tells besides replies. */
export type Told =
  | { readonly kind: 'connected' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

/** What the thread begins with. `signal` is raised after each reply on the port, which nobody listens to. */
export interface ConnectionData {
  readonly options: ConnectionOptions;
  readonly port: MessagePort;
  readonly signal: Int32Array;
}

/** The parts of a client that are used here. */
interface Client {
  connect(): Promise<unknown>;
  query(query: unknown): Promise<QueryResult | QueryResult[]>;
  end(): Promise<void>;
  on(event: 'error' | 'end', listener: () => void): void;
  readonly connection?: { readonly stream?: { destroy(): void } };
}

/** The modules that are used, as arguments: this function is also run from its text, see start-connection.ts. */
export interface ConnectionModules {
  readonly pg: { readonly Client: new (config: ClientConfig) => unknown };
  readonly threads: {
    readonly parentPort: Pick<MessagePort, 'postMessage' | 'on'> | null;
    readonly workerData: unknown;
  };
}

/** Serves one connection until it is told to close. Uses nothing but its arguments. */
export function serveConnection({ pg, threads }: ConnectionModules): void {
  const { parentPort } = threads;
  if (parentPort === null) return;
  const { options, port, signal } = threads.workerData as ConnectionData;
  const names = new Map<string, string>();
  let client: Client | undefined;

  const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.slice(2), 'hex'));
  // Sums of bigint are numeric. All of them are whole numbers that are safe.
  const numbers = [20, 21, 23, 26, 700, 701, 1700];
  const parserOf = (oid: number): ((text: string) => unknown) => {
    if (numbers.includes(oid)) return Number;
    if (oid === 17) return bytesOf;
    if (oid === 16) return (text) => (text === 't' ? 1 : 0);
    return (text) => text;
  };
  const reasonOf = (error: unknown): { code: string; message: string } => {
    const { code, message } = error as { code?: unknown; message?: unknown };
    // The client itself has given up, and says it in words of the protocol.
    if (typeof message === 'string' && message.includes('client password must be'))
      return { code: '28P01', message: 'it asks for a password, and none was given' };
    const named = typeof code === 'string' ? code : '';
    return { code: named, message: typeof message === 'string' && message !== '' ? message : named };
  };

  const drop = (): void => {
    const dropped = client;
    client = undefined;
    names.clear();
    dropped?.connection?.stream?.destroy();
  };
  const connect = async (): Promise<void> => {
    drop();
    const made = new pg.Client({
      connectionString: options.url,
      connectionTimeoutMillis: options.connectMs,
      application_name: 'sluice',
      keepAlive: true,
      types: { getTypeParser: parserOf as never },
    }) as Client;
    const gone = (): void => {
      if (client === made) client = undefined;
    };
    made.on('error', gone);
    made.on('end', gone);
    // Poolers of connections refuse settings that come with the connection itself. A gateway that stands still in a
    // transaction must not keep the others from writing.
    const settings = [
      `search_path TO ${options.schema}`,
      'client_min_messages TO warning',
      `statement_timeout TO ${options.statementMs}`,
      `lock_timeout TO ${options.lockMs}`,
      'idle_in_transaction_session_timeout TO 10000',
    ];
    let late: NodeJS.Timeout | undefined;
    try {
      await made.connect();
      late = setTimeout(() => made.connection?.stream?.destroy(), options.connectMs);
      await made.query(settings.map((setting) => `SET ${setting}`).join('; '));
      names.clear();
      client = made;
      parentPort.postMessage({ kind: 'connected' });
    } catch (error) {
      made.connection?.stream?.destroy();
      parentPort.postMessage({ kind: 'failed', ...reasonOf(error) });
    } finally {
      clearTimeout(late);
    }
  };
  const queryOf = ({ sql, values }: Query): unknown => {
    if (values === undefined) return sql;
    let name = names.get(sql);
    if (name === undefined) {
      name = `s${names.size}`;
      names.set(sql, name);
    }
    return { name, text: sql, values };
  };
  const run = async (query: Query): Promise<QueryReply> => {
    const { number } = query;
    if (client === undefined)
      return { number, ok: false, code: '08003', message: 'the connection is closed', connected: false };
    const used = client;
    try {
      const result = await used.query(queryOf(query));
      const { rows, rowCount } = Array.isArray(result) ? { rows: [], rowCount: 0 } : result;
      return { number, ok: true, rows, changes: rowCount ?? 0 };
    } catch (error) {
      return { number, ok: false, ...reasonOf(error), connected: client === used };
    }
  };

  port.on('message', (query: Query) => {
    void run(query).then((reply) => {
      port.postMessage(reply);
      Atomics.add(signal, 0, 1);
      Atomics.notify(signal, 0);
    });
  });
  parentPort.on('message', (order: Order) => {
    if (order === 'connect') void connect();
    else if (order === 'drop') drop();
    else {
      const closing = client;
      client = undefined;
      void (closing?.end() ?? Promise.resolve())
        .catch(() => undefined)
        .then(() => {
          process.exit(0);
        });
    }
  });
}
