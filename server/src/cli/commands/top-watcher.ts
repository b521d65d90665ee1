// Keeps what `sluice top` knows up to date with what the gateway tells.

import type { ClosedEvent, InFlightEvent } from '../../admin/contract/live.ts';
import { statusSchema } from '../../admin/contract/status.ts';
import { overviewSchema } from '../../admin/contract/totals.ts';
import { WINDOW_MS } from '../../core/telemetry/token-meter.ts';
import { LiveRate, recentRows, remember } from '../live-rate.ts';
import type { RunningGateway } from '../operator-client.ts';
import {
  entryOfEvent,
  entryOfRow,
  firstState,
  type TopState,
  withEnded,
  withInFlight,
  withSpent,
} from './top-state.ts';

const ANSWER_MS = 2_000;

/** Keeps the state up to date with what the gateway tells. */
export class Watcher {
  state: TopState;
  #rate: LiveRate | undefined;
  #events: ClosedEvent[] = [];

  constructor(origin: string) {
    this.state = firstState(origin);
  }

  /** A gateway was found: asks it for what was before. */
  async greet(gateway: RunningGateway): Promise<void> {
    const rate = new LiveRate(Date.now, Date.now() - WINDOW_MS);
    this.#rate = rate;
    this.state = { ...this.state, connection: 'open', why: '' };
    const [status, rows] = await Promise.all([
      gateway.ask('GET', '/admin/v1/status', undefined, ANSWER_MS),
      recentRows(gateway, Date.now()),
      this.sum(gateway),
    ]);
    const read = statusSchema.safeParse(status.ok ? status.body : undefined).data;
    if (read !== undefined)
      this.state = { ...this.state, version: read.version, startedAtMs: read.startedAtMs };
    remember(rate, rows ?? [], Date.now());
    const entries = (rows ?? []).flatMap((row) => entryOfRow(row) ?? []);
    this.state = withEnded(this.state, entries, Date.now());
  }

  /** Asks for what was spent on this day. */
  async sum(gateway: RunningGateway): Promise<void> {
    const midnight = new Date().setHours(0, 0, 0, 0);
    const answer = await gateway.ask('GET', `/admin/v1/overview?from=${midnight}`, undefined, ANSWER_MS);
    const totals = overviewSchema.safeParse(answer.ok ? answer.body : undefined).data?.totals;
    this.state = { ...this.state, todayNanoUsd: totals?.costNanoUsd };
  }

  inFlight(event: InFlightEvent): void {
    this.#rate?.running(event);
    this.state = withInFlight(this.state, event);
  }

  ended(event: ClosedEvent): void {
    this.#rate?.ended(event);
    this.#events.push(event);
  }

  away(why: string): void {
    this.#rate = undefined;
    this.state = { ...this.state, connection: 'away', why, inFlight: [], rate: undefined };
  }

  /** Takes in what has come since the last time. Answers the moment. */
  settle(): number {
    const nowMs = Date.now();
    const events = this.#events;
    this.#events = [];
    this.state = withEnded(this.state, events.map(entryOfEvent), nowMs);
    this.state = withSpent(
      this.state,
      events.reduce((sum, { costNanoUsd = 0 }) => sum + costNanoUsd, 0),
    );
    this.state = { ...this.state, rate: this.#rate?.rate() };
    return nowMs;
  }
}
