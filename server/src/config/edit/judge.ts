// Is a text a configuration that this gateway could serve? The same answer as "sluice config check", and what only a
// running gateway knows besides: the address that it listens on, and what names lead to.

import type { KnowsPrice } from '../check-price-names.ts';
import type { Environment } from '../environment.ts';
import { checkExposure } from '../exposure.ts';
import { isLinkLocal } from '../link-local.ts';
import { type ListenOverrides, listenAddress } from '../listen-address.ts';
import { type LoadedConfig, loadConfigText } from '../load.ts';
import { type PresentedConfig, presentConfig } from '../present.ts';
import type { Problem } from '../problem.ts';
import { resolveSettings } from '../resolve.ts';
import { checkSecrecy } from '../secrecy.ts';
import type { Settings } from '../settings.ts';

/** What a judgement depends on besides the text. */
export interface JudgeOptions {
  readonly env: Environment;
  readonly home?: string;
  readonly overrides?: ListenOverrides;
  hasKeysElsewhere?(upstreamId: string): boolean;
  readonly knowsPrice?: KnowsPrice;
  /** The host that the running gateway listens on, whatever the file says. */
  boundHost?(): string;
  /** Addresses of a host name; [] where it has none. */
  lookup?(host: string): Promise<readonly string[]>;
}

/** A configuration that could be served, or why not. */
export type Judgement =
  | {
      readonly ok: true;
      readonly loaded: LoadedConfig;
      readonly settings: Settings;
      readonly warnings: readonly Problem[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Judges a text as if it stood in the file. Never rejects. */
export async function judge(file: string, text: string, options: JudgeOptions): Promise<Judgement> {
  const loaded = await loadConfigText(file, text, options.env);
  if (!loaded.ok) return { ok: false, problems: loaded.problems };
  const { hasKeysElsewhere, boundHost, knowsPrice } = options;
  const resolved = resolveSettings(loaded.value, {
    env: options.env,
    ...(options.home === undefined ? {} : { home: options.home }),
    ...(options.overrides === undefined ? {} : { overrides: options.overrides }),
    ...(hasKeysElsewhere === undefined ? {} : { hasKeysElsewhere: (id) => hasKeysElsewhere(id) }),
    ...(knowsPrice === undefined ? {} : { knowsPrice }),
  });
  if (!resolved.ok) return { ok: false, problems: resolved.problems };
  const { settings, warnings } = resolved;
  const bound = boundHost?.();
  const hosts = bound === undefined ? [settings.server.host] : [settings.server.host, bound];
  const exposed = hosts
    .map((host) => checkExposure({ ...settings, server: { ...settings.server, host } }))
    .find((problem) => problem !== undefined);
  if (exposed !== undefined) return { ok: false, problems: [exposed] };
  const misplaced = await misplacedUpstreams(loaded.value, settings, options);
  if (misplaced.length > 0) return { ok: false, problems: misplaced };
  const secrecy = await checkSecrecy(loaded.value);
  return {
    ok: true,
    loaded: loaded.value,
    settings,
    warnings: secrecy === undefined ? warnings : [...warnings, secrecy],
  };
}

/** Names of upstreams that lead to link-local addresses. Written addresses are judged by resolving. */
async function misplacedUpstreams(
  { config, document }: LoadedConfig,
  settings: Settings,
  { lookup }: JudgeOptions,
): Promise<readonly Problem[]> {
  if (lookup === undefined) return [];
  const found = config.upstreams.map(async ({ id, baseUrl, allowLinkLocal }, index) => {
    const upstream = settings.upstreams.find((one) => one.id === id);
    if (baseUrl === undefined || allowLinkLocal || upstream === undefined) return [];
    const hosts = new Set(Object.values(upstream.baseUrls).map((url) => new URL(url).hostname));
    const addresses = await Promise.all([...hosts].map((host) => lookup(host)));
    if (!addresses.flat().some(isLinkLocal)) return [];
    const message = 'Leads to a link-local address or the metadata service of a cloud.';
    const suggestion = 'If the upstream really is there, write "allowLinkLocal": true.';
    return [document.problem(['upstreams', index, 'baseUrl'], message, { suggestion })];
  });
  return (await Promise.all(found)).flat();
}

/** The configuration as "sluice config show" prints it. */
export function presented(
  judged: Judgement & { readonly ok: true },
  options: JudgeOptions,
): PresentedConfig | undefined {
  const address = listenAddress(judged.loaded, options.overrides ?? {}, options.env);
  return 'message' in address ? undefined : presentConfig(judged.loaded, judged.settings, address);
}
