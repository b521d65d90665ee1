// The other processes of one gateway, as the one sees them that answers the operator: they relay, and report what they have
// on their hands. Pure.

import type { CaptureStatus } from '../detail/capture-control.ts';
import type { BudgetReport } from '../money/budget-reports.ts';
import type { KeyReport, UseReport } from '../operator/operator.ts';
import type { LimitReading, PoolReadings } from '../pool/gauges.ts';
import type { CacheStats } from '../ports.ts';
import type { InFlight } from '../watching.ts';

/** What one process has on its hands. */
export interface CrewReport {
  readonly inFlight: readonly InFlight[];
  readonly keys: readonly KeyReport[];
  readonly budgets: readonly BudgetReport[];
  /** Used parts of the limits of clients. */
  readonly clients: PoolReadings['clients'];
  /** Exchanges on their way, and requests that wait for a key. */
  readonly count: number;
  readonly waiting: number;
  readonly capture: CaptureStatus;
  /** Of its own; undefined where it keeps no answers. */
  readonly cache: CacheStats | undefined;
}

/** All of them. */
export interface Crew {
  /** As of a moment ago. Whoever asks makes them report from now on for a while. */
  reports(): readonly CrewReport[];
  /** A guest may stay for a while (see guests.ts), with all of them. */
  admit(keyHash: string): void;
  /** Where they listen; undefined before they do. */
  listening(): { readonly host: string; readonly port: number } | undefined;
}

/**
 * The name under which the process that answers the operator shares limits: behind all others in their order. It takes no
 * requests of clients, so what cannot be parted while the store is away is for one that does.
 */
export function nameOfKeeper(id: string): string {
  return `~${id}`;
}

/**
 * What all have captured. A window is opened in each of them, by the one that answers the operator first: what was reported
 * of an earlier window does not count.
 */
export function togetherCapture(own: CaptureStatus, reports: readonly CrewReport[]): CaptureStatus {
  const same = reports
    .map(({ capture }) => capture)
    .filter(({ openedAtMs }) => openedAtMs !== undefined && openedAtMs >= (own.openedAtMs ?? Infinity));
  const { requestsLeft: asked } = own;
  const taken = same.reduce(
    (sum, { requestsLeft }) => sum + Math.max(0, (asked ?? 0) - (requestsLeft ?? 0)),
    0,
  );
  const requestsLeft = asked === undefined ? undefined : Math.max(0, asked - taken);
  return {
    ...own,
    open: own.open && requestsLeft !== 0,
    ...(requestsLeft === undefined ? {} : { requestsLeft }),
    captured: same.reduce((sum, { captured }) => sum + captured, own.captured),
    running: same.reduce((sum, { running }) => sum + running, own.running),
    // Ids begin with their time: the newest first.
    recent: [own, ...same]
      .flatMap(({ recent }) => recent)
      .sort()
      .reverse()
      .slice(0, MOST_RECENT),
  };
}

/** How many ids the operator is shown. */
const MOST_RECENT = 50;

/** How the caches of all serve. What a process asks another one for is counted there alone. */
export function togetherCache(own: CacheStats, reports: readonly CrewReport[]): CacheStats {
  return reports.reduce(
    (sum, { cache }) =>
      cache === undefined
        ? sum
        : {
            store: sum.store,
            connected: sum.connected && cache.connected,
            entries: sum.entries + cache.entries,
            bytes: sum.bytes + cache.bytes,
            hits: sum.hits + cache.hits,
            misses: sum.misses + cache.misses,
            stored: sum.stored + cache.stored,
          },
    own,
  );
}

/** What all together know of keys. */
export function togetherKeys(
  own: readonly KeyReport[],
  reports: readonly CrewReport[],
): readonly KeyReport[] {
  return own.map((report) =>
    reports.reduce((known, { keys }) => {
      const other = keys.find((key) => key.upstreamId === report.upstreamId && key.keyId === report.keyId);
      return other === undefined ? known : together(known, other);
    }, report),
  );
}

/** Standings are told among the processes, so that those of one are those of all; where one knows more, that counts. */
function together(one: KeyReport, other: KeyReport): KeyReport {
  const lastUsedAtMs = latest(one.lastUsedAtMs, other.lastUsedAtMs);
  const ttftMs = least(one.ttftMs, other.ttftMs);
  const reported = [...(one.reported ?? []), ...(other.reported ?? [])];
  return {
    ...one,
    standings: one.standings.length >= other.standings.length ? one.standings : other.standings,
    inFlight: one.inFlight + other.inFlight,
    use: togetherUse(one.use, other.use),
    ...(reported.length === 0 ? {} : { reported: newest(reported) }),
    ...(lastUsedAtMs === undefined ? {} : { lastUsedAtMs }),
    ...(ttftMs === undefined ? {} : { ttftMs }),
  };
}

/** Each process has counted its own part of what was used. */
function togetherUse(one: readonly UseReport[], other: readonly UseReport[]): readonly UseReport[] {
  const isSame = (use: UseReport) => (known: UseReport) =>
    known.kind === use.kind && known.level === use.level && known.model === use.model;
  const more = other.filter((use) => !one.some(isSame(use)));
  const known = one.map((use) => {
    const others = other.find(isSame(use));
    if (others === undefined) return use;
    const used = use.limit - use.remaining + (others.limit - others.remaining);
    return {
      ...use,
      remaining: Math.max(0, use.limit - used),
      resetInMs: Math.max(use.resetInMs, others.resetInMs),
    };
  });
  return [...known, ...more];
}

/** How budgets stand: whoever served a client last knows best what it has spent, and each holds for what runs in it. */
export function togetherBudgets(
  own: readonly BudgetReport[],
  reports: readonly CrewReport[],
): readonly BudgetReport[] {
  return own.map((budget) => {
    const others = reports.flatMap(({ budgets }) =>
      budgets.filter(({ client, per }) => client === budget.client && per === budget.per),
    );
    return {
      ...budget,
      spentNanoUsd: Math.max(budget.spentNanoUsd, ...others.map(({ spentNanoUsd }) => spentNanoUsd)),
      reservedNanoUsd: others.reduce(
        (held, { reservedNanoUsd }) => held + reservedNanoUsd,
        budget.reservedNanoUsd,
      ),
    };
  });
}

/** What is measured of all of them. `keys`: what all together know of keys. */
export function togetherGauges(
  own: PoolReadings,
  keys: readonly KeyReport[],
  reports: readonly CrewReport[],
): PoolReadings {
  const running = reports.flatMap(({ inFlight }) => inFlight);
  const used = [own.clients, ...reports.map(({ clients }) => clients)].flat();
  return {
    ...own,
    upstreams: own.upstreams.map((reading) => ({
      ...reading,
      inFlight: reading.inFlight + running.filter(({ upstream }) => upstream === reading.upstreamId).length,
    })),
    limits: mostUsed(keys),
    clients: own.clients.map((reading) => ({
      ...reading,
      usedRatio: Math.min(
        1,
        used
          .filter(({ clientId, kind }) => clientId === reading.clientId && kind === reading.kind)
          .reduce((sum, { usedRatio }) => sum + usedRatio, 0),
      ),
    })),
  };
}

/** Of each kind of limit at each level of an upstream the one that is used most. */
function mostUsed(keys: readonly KeyReport[]): LimitReading[] {
  const most = new Map<string, LimitReading>();
  for (const { upstreamId, use } of keys)
    for (const { level, kind, limit, remaining } of use) {
      const usedRatio = limit <= 0 ? 1 : Math.min(1, (limit - remaining) / limit);
      const name = `${upstreamId}\n${level}\n${kind}`;
      if (usedRatio >= (most.get(name)?.usedRatio ?? 0))
        most.set(name, { upstreamId, level, kind, usedRatio });
    }
  return [...most.values()];
}

type Reported = NonNullable<KeyReport['reported']>;

/** Of several words about the same the last one. */
function newest(reported: Reported): Reported {
  const last = new Map<string, Reported[number]>();
  for (const word of reported) {
    const name = `${word.kind}\n${word.model}`;
    if ((last.get(name)?.saidAtMs ?? 0) <= word.saidAtMs) last.set(name, word);
  }
  return [...last.values()];
}

function latest(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);
}

function least(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}
