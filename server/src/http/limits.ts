// The edge's own bounds on connections and slow clients. They protect the process and are not configuration; tests pass
// smaller ones.

/** All times in milliseconds. */
export interface EdgeLimits {
  /** A request head must be complete within this time, or 408. */
  readonly headersMs: number;
  /** How often Node looks for late request heads. */
  readonly checkIntervalMs: number;
  /** Request line and headers together, in bytes; above: 431. */
  readonly headerBytes: number;
  /** Header lines; above: 431. */
  readonly headerCount: number;
  /** An idle connection is kept for the next request. */
  readonly keepAliveMs: number;
  /** A body may pause for this long, or 408. */
  readonly bodyIdleMs: number;
  /** Over this window a body must bring at least slowBodyBytes, or 408. */
  readonly slowBodyWindowMs: number;
  readonly slowBodyBytes: number;
  /** A client that takes nothing of a waiting answer for this long is cut. */
  readonly deadReaderMs: number;
  /** Open connections in all; more are dropped on arrival. */
  readonly connections: number;
  /** Open connections of one address that is not loopback. */
  readonly connectionsPerAddress: number;
  /** An unread body up to this declared size is read and thrown away; above, the connection is closed after the answer. */
  readonly discardBytes: number;
  /** How long a connection that is being closed still takes bytes, so that the answer is not lost to a reset. */
  readonly lingerMs: number;
}

/** What the gateway runs with. */
export const EDGE_LIMITS: EdgeLimits = {
  headersMs: 10_000,
  checkIntervalMs: 1_000,
  headerBytes: 32 * 1024,
  headerCount: 256,
  keepAliveMs: 65_000,
  bodyIdleMs: 30_000,
  slowBodyWindowMs: 60_000,
  slowBodyBytes: 60 * 1024,
  deadReaderMs: 120_000,
  connections: 20_000,
  connectionsPerAddress: 2_000,
  discardBytes: 256 * 1024,
  lingerMs: 1_000,
};
