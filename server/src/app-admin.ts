// The admin API of a gateway: what it needs is gathered here, and it is loaded when it is first asked.

import type { Arrival } from './admin/arrival.ts';
import { createGate, type Gate } from './admin/auth/gate.ts';
import type { AdminOutside, AdminParts } from './admin/parts.ts';
import type { Admin } from './admin/server.ts';
import type { Settings } from './config/settings.ts';
import type { Discovery } from './exchange/discover-models.ts';
import type { Guests } from './exchange/guests.ts';
import { offeredModels } from './exchange/list-models.ts';
import type { Memory } from './exchange/memory.ts';
import { budgetReports } from './exchange/money/budget-reports.ts';
import type { Operator } from './exchange/operator/operator.ts';
import type { Ports } from './exchange/ports.ts';
import type { Replayer } from './exchange/replay/replay.ts';
import { type Crew, type CrewReport, togetherBudgets, togetherCache } from './exchange/shared/crew.ts';
import type { Watching } from './exchange/watching.ts';

/** What the admin API is put together from. */
export interface AdminSetting {
  readonly outside: AdminOutside;
  readonly ports: Ports;
  readonly memory: Memory;
  readonly discovery: Discovery;
  readonly guests: Guests;
  /** Where the edge is bound; undefined before it is. */
  listening(): { readonly host: string; readonly port: number } | undefined;
  readonly operator: Operator & { token(): string | undefined };
  readonly replayer: Replayer;
  readonly watching: Watching;
  /** The processes that relay for this one. */
  readonly crew: Crew | undefined;
  readonly version: string;
  ready(): boolean;
}

/** The admin API of a running gateway. */
export interface WiredAdmin {
  handle(arrival: Arrival): void;
  readonly gate: Gate;
  /** Ends its streams. */
  close(): Promise<void>;
}

/** Puts it together; nothing is loaded yet. */
export function wireAdmin(setting: AdminSetting): WiredAdmin {
  const { outside, operator, ports } = setting;
  const { clock, log } = ports;
  const startedAtMs = clock.epochMs();
  const gate = createGate({
    keyDigest: () => outside.key.digest(),
    operatorToken: () => operator.token(),
    clock,
    shelf: outside.sessions,
  });
  let loading: Promise<Admin> | undefined;
  let admin: Admin | undefined;
  const load = async (): Promise<Admin> => {
    const { createAdmin } = await import('./admin/server.ts');
    admin = await createAdmin(partsOf(setting, startedAtMs), gate);
    return admin;
  };
  return {
    gate,
    handle(arrival) {
      if (admin !== undefined) {
        admin.handle(arrival);
        return;
      }
      loading ??= load();
      loading.then(
        (loaded) => loaded.handle(arrival),
        (defect: unknown) => {
          loading = undefined;
          log.error('The admin API could not be loaded.', { error: String(defect) });
          arrival.response.destroy();
        },
      );
    },
    close: async () => {
      await loading?.then((loaded) => loaded.close()).catch(() => undefined);
      gate.sessions.shelve();
      await Promise.all([outside.audit.flush(), outside.sessions?.flush()]);
    },
  };
}

function partsOf(setting: AdminSetting, startedAtMs: number): AdminParts {
  const { outside, ports, memory, discovery, guests, operator, replayer, watching } = setting;
  const settings = (): Settings => ports.settings();
  const crew = (): readonly CrewReport[] => setting.crew?.reports() ?? [];
  const { answers } = ports;
  return {
    ...outside,
    settings,
    operator,
    operatorToken: () => operator.token(),
    clock: ports.clock,
    log: ports.log,
    version: setting.version,
    startedAtMs,
    ready: () => setting.ready(),
    count: () => crew().reduce((count, report) => count + report.count, memory.running.count),
    inFlight: () => [...watching.list(), ...crew().flatMap(({ inFlight }) => inFlight)],
    waiting: () => crew().reduce((waiting, report) => waiting + report.waiting, memory.waiting.size),
    models: (client) => {
      const known = settings().clients.find(({ id }) => id === client);
      return offeredModels(settings(), discovery, known);
    },
    discovery,
    guests: { ...guests, admit: (keyHash) => admitted(guests, setting.crew, keyHash) },
    listening: () => setting.listening(),
    prices: outside.prices ?? ports.prices,
    budgets: () => togetherBudgets(budgetReports(settings(), memory.pool), crew()),
    ...(answers === undefined
      ? {}
      : {
          cache: {
            purge: (which) => answers.purge(which),
            stats: () => togetherCache(answers.stats(), crew()),
          },
        }),
    replay: (id, to) => replayer.replay(id, to),
    replayRecord: (record, to) => replayer.replayRecord(record, to),
  };
}

/** Whoever may stay here may stay with all processes. */
function admitted(guests: Guests, crew: Crew | undefined, keyHash: string): ReturnType<Guests['admit']> {
  crew?.admit(keyHash);
  return guests.admit(keyHash);
}
