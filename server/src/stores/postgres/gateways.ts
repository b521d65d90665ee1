// The gateways that share a database: each shows that it lives. Exchanges that ran in one that died are marked as
// interrupted: by itself when it is started again, by the others when it has been silent for a minute.

import { hostname } from 'node:os';
import type { StoreDriver, StoreStatement } from '../tables/driver.ts';
import { transaction } from '../tables/transaction.ts';

/** How often a gateway shows that it lives. */
export const SHOW_EVERY_MS = 10_000;
const SILENT = `interval '60 seconds'`;
const FORGOTTEN = `interval '1 day'`;

/** The machines of the gateways that write to a database, and of those that died within the last minute. Throws StoreFailure. */
export function livingGateways(driver: StoreDriver): string[] {
  return driver
    .prepare(`SELECT host FROM gateways WHERE seen_at > now() - ${SILENT} ORDER BY host`)
    .all([])
    .map(({ host }) => String(host));
}

/** One gateway among them, on one connection. Every method throws StoreFailure. */
export class Gateways {
  readonly #driver: StoreDriver;
  readonly #gateway: string;
  readonly #run: string;
  readonly #show: StoreStatement;

  constructor(driver: StoreDriver, gateway: string, run: string) {
    this.#driver = driver;
    this.#gateway = gateway;
    this.#run = run;
    this.#show = driver.prepare(
      `INSERT INTO gateways (run, gateway, host, started_at, seen_at) VALUES (?, ?, ?, now(), now())
        ON CONFLICT (run) DO UPDATE SET seen_at = now()`,
    );
  }

  /** Shows that this one lives, by the clock of the database. */
  show(): void {
    this.#show.run([this.#run, this.#gateway, hostname()]);
  }

  /** At the start: earlier runs of this gateway are over. Answers how many of their exchanges were cut off. */
  begin(): number {
    let interrupted = 0;
    transaction(this.#driver, () => {
      this.#driver
        .prepare('DELETE FROM gateways WHERE gateway = ? AND run <> ?')
        .run([this.#gateway, this.#run]);
      this.show();
      interrupted = this.#interrupt();
    });
    return interrupted;
  }

  /** Marks what ran in gateways that are no more. */
  sweep(): void {
    transaction(this.#driver, () => {
      this.#driver.exec(`DELETE FROM gateways WHERE seen_at < now() - ${FORGOTTEN}`);
      this.#interrupt();
    });
  }

  /** At the end. */
  leave(): void {
    this.#driver.prepare('DELETE FROM gateways WHERE run = ?').run([this.#run]);
  }

  #interrupt(): number {
    return this.#driver
      .prepare(
        `UPDATE exchanges SET state = 'interrupted' WHERE state = 'open' AND gateway <> ?
          AND gateway NOT IN (SELECT run FROM gateways WHERE seen_at > now() - ${SILENT})`,
      )
      .run([this.#run]);
  }
}
