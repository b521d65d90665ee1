// A loaded configuration → Settings: presets and defaults applied, paths absolute, keys hashed, contradictions reported.

import { homedir } from 'node:os';
import { checkPriceNames, type KnowsPrice } from './check-price-names.ts';
import { checkRoutes } from './check-routes.ts';
import type { Environment } from './environment.ts';
import { collectFindings, type Findings } from './findings.ts';
import { type ListenOverrides, listenAddress } from './listen-address.ts';
import { inOrder, type LoadedConfig } from './load.ts';
import type { Problem } from './problem.ts';
import { resolveCache } from './resolve-cache.ts';
import { resolveClients } from './resolve-clients.ts';
import { resolveLimits } from './resolve-limits.ts';
import { resolveLog, resolveMetrics } from './resolve-observability.ts';
import { resolvePrices } from './resolve-prices.ts';
import { resolveRoutes } from './resolve-routes.ts';
import { resolveState } from './resolve-state.ts';
import { resolveStorage } from './resolve-storage.ts';
import { resolveUpstream } from './resolve-upstream.ts';
import type { Settings, Upstream } from './settings.ts';

/** What Settings depend on besides the file. */
export interface ResolveOptions {
  readonly overrides?: ListenOverrides;
  /** Read for HOST, PORT and the data folder; default: that of the process. */
  readonly env?: Environment;
  readonly home?: string;
  readonly platform?: NodeJS.Platform;
  /** Sentences for SettingsOrigin.notices. */
  readonly notices?: readonly string[];
  /** Says which upstreams get keys from elsewhere, so that the configuration need not hold any; default: none. */
  readonly hasKeysElsewhere?: (upstreamId: string) => boolean;
  /** Says whether the built-in price list has a model by this name, for an upstream; default: nothing is said of names. */
  readonly knowsPrice?: KnowsPrice;
}

/** Settings with what is doubtful about them, or all that is wrong. */
export type Resolution =
  | { readonly ok: true; readonly settings: Settings; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Resolves a loaded configuration. */
export function resolveSettings(loaded: LoadedConfig, options: ResolveOptions = {}): Resolution {
  const { env = process.env, home = homedir(), platform = process.platform, notices = [] } = options;
  const { config } = loaded;
  const { file } = loaded.document;
  const findings = collectFindings(loaded, options.hasKeysElsewhere);
  const address = listenAddress(loaded, options.overrides ?? {}, env);
  if ('message' in address) findings.problems.push(address);
  const host = 'message' in address ? config.server.host : address.host;
  const storage = resolveStorage(config.storage, { file, env, home, platform }, findings);
  const state = resolveState(config.state, findings);
  const settings: Settings = {
    origin: { file, notices },
    server: {
      host,
      port: 'message' in address ? config.server.port : address.port,
      // PORT may name one of them: each is bound once.
      compatListeners: [...new Set(config.server.compatListeners)].filter(
        (port) => 'message' in address || port !== address.port,
      ),
      bodyLimitBytes: config.server.bodyLimitBytes,
      allowOpen: config.server.allowOpen,
      allowedHosts: config.server.allowedHosts.map((name) => name.toLowerCase()),
      trustedProxies: config.server.trustedProxies,
      corsOrigins: config.server.cors.origins.map((origin) => origin.toLowerCase()),
      drainMs: config.server.drainMs,
      heartbeatMs: config.server.heartbeatMs,
      workers: config.server.workers,
    },
    clients: resolveClients(
      config.clients,
      host,
      findings,
      config.upstreams.map(({ id }) => id),
    ),
    upstreams: resolveUpstreams(loaded, findings),
    aliases: config.aliases,
    routes: resolveRoutes(config, findings),
    health: { cooldown: config.cooldown, breaker: config.breaker, quarantine: config.quarantine },
    queue: config.queue,
    limits: resolveLimits(config.limits, findings),
    conversion: config.conversion,
    prices: resolvePrices(loaded, findings),
    cache: resolveCache(config.cache, env, findings, state),
    state,
    storage,
    log: resolveLog(config.log, loaded.document, home),
    metrics: resolveMetrics(config.metrics, findings),
  };
  checkRoutes(config, settings.routes, settings.upstreams, findings);
  if (options.knowsPrice !== undefined)
    checkPriceNames(loaded, settings.upstreams, options.knowsPrice, findings);
  const problems = inOrder(findings.problems);
  const failed = problems.some((problem) => problem.severity === 'error');
  return failed ? { ok: false, problems } : { ok: true, settings, warnings: problems };
}

function resolveUpstreams(loaded: LoadedConfig, findings: Findings): readonly Upstream[] {
  const { config } = loaded;
  const ids = new Map<string, number>();
  const resolved = config.upstreams.flatMap((upstream, index) => {
    const path = ['upstreams', index];
    const earlier = ids.get(upstream.id);
    if (earlier !== undefined) {
      findings.add([...path, 'id'], `Is already the id of upstreams[${earlier}].`);
    }
    ids.set(upstream.id, index);
    // What is switched off may be unfinished: it is left out instead of being reported.
    const own = upstream.enabled ? findings : collectFindings(loaded, findings.hasKeysElsewhere);
    const result = resolveUpstream(upstream, path, config.timeouts, own);
    const unfinished = !upstream.enabled && own.problems.some((problem) => problem.severity === 'error');
    return result === undefined || unfinished ? [] : [result];
  });
  if (!config.upstreams.some((upstream) => upstream.enabled)) {
    const suggestion = 'Add one to "upstreams"; until then no request can be answered.';
    findings.add(['upstreams'], 'No upstream is in use.', { severity: 'warning', suggestion });
  }
  return resolved;
}
