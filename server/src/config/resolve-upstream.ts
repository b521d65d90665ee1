// One entry of upstreams → Upstream: the preset fills in what the file leaves out.

import { DIALECT_IDS, type DialectId } from '../core/model/dialect-id.ts';
import type { AccountAddresses } from '../core/providers/account.ts';
import { baseUrlsFor } from '../core/providers/base-urls.ts';
import { findProvider, providers } from '../core/providers/index.ts';
import type { Provider } from '../core/providers/provider.ts';
import { checkBaseUrl, checkProxyUrl, type UrlCheck } from './base-url.ts';
import type { Findings } from './findings.ts';
import { isLinkLocal } from './link-local.ts';
import { nearestName } from './nearest.ts';
import type { PathStep } from './problem.ts';
import { resolveKeys } from './resolve-keys.ts';
import { limitsOf, modelLimitsOf } from './resolve-limits.ts';
import { upstreamPrices } from './resolve-prices.ts';
import { type TimeoutsConfig, timeoutsOf } from './schema/timeouts.ts';
import type { UpstreamConfig } from './schema/upstream.ts';
import { secretWords } from './secret-words.ts';
import type { Upstream } from './settings.ts';

type BaseUrls = Partial<Record<DialectId, string>>;

/** Headers that the transport writes itself. */
const TRANSPORT_HEADERS: readonly string[] = [
  ...['connection', 'content-length', 'expect', 'host', 'keep-alive', 'proxy-connection', 'te'],
  ...['trailer', 'transfer-encoding', 'upgrade'],
];

/** Resolves one upstream. undefined: the provider is not known; everything else that is wrong is only reported. */
export function resolveUpstream(
  config: UpstreamConfig,
  path: readonly PathStep[],
  timeouts: TimeoutsConfig,
  findings: Findings,
): Upstream | undefined {
  const provider = findProvider(config.provider);
  if (provider === undefined) {
    reportProvider(config.provider, path, findings);
    return undefined;
  }
  const dialects = dialectsOf(config, provider);
  const baseUrls = resolveBaseUrls(config, provider, dialects, path, findings);
  checkPlace(config, baseUrls, path, findings);
  const keys = resolveKeys(config, provider, path, findings);
  const usable = keys.some((key) => key.disabled !== true) || findings.hasKeysElsewhere(config.id);
  // Where accounts stand in the place of keys, their lack has been told in its own words.
  if (!usable && config.enabled && provider.accounts === undefined) {
    const message = 'Every key is switched off, and therefore the upstream is.';
    findings.add([...path, 'keys'], message, { severity: 'warning' });
  }
  const proxy = config.proxy === undefined ? undefined : checkProxyUrl(config.proxy);
  const headers = resolveHeaders(config.headers, [...path, 'headers'], findings);
  const secrets = secretWords(headers, Object.values(baseUrls));
  return {
    id: config.id,
    provider,
    enabled: config.enabled && usable,
    priority: config.priority,
    dialects,
    baseUrls,
    keys,
    models: config.models,
    aliases: config.aliases,
    headers,
    ...(secrets.length === 0 ? {} : { secrets }),
    proxy: proxy && usableUrl(proxy, [...path, 'proxy'], findings),
    timeouts: timeoutsOf(timeouts, config.timeouts),
    convert: typeof config.convert === 'boolean' ? (config.convert ? DIALECT_IDS : []) : config.convert,
    streaming: provider.streaming ?? config.streaming,
    lossy: config.lossy,
    traits: Object.entries(config.traits).map(([model, traits]) => ({ models: [model], traits })),
    weight: config.weight,
    limits: limitsOf(config.limits),
    keyLimits: limitsOf(config.keyLimits),
    modelLimits: modelLimitsOf(config.modelLimits),
    prices: upstreamPrices(config.prices, config.id),
    ...(config.accounts === undefined ? {} : { accounts: accountAddresses(config, path, findings) }),
  };
}

function reportProvider(name: string, path: readonly PathStep[], findings: Findings): void {
  const near = nearestName(name, providers.keys());
  const own = 'For a server of your own write "openai-compatible" and "baseUrl".';
  const suggestion = near === undefined ? own : `Did you mean "${near}"? ${own}`;
  findings.add([...path, 'provider'], 'There is no preset of this name.', { suggestion });
}

/** The dialects that are spoken, best first: those of the file, else those that have an address, else the preset's. */
function dialectsOf(config: UpstreamConfig, provider: Provider): readonly DialectId[] {
  const { baseUrl } = config;
  if (config.dialects !== undefined) return [...new Set(config.dialects)];
  if (typeof baseUrl !== 'object') return provider.dialects;
  const known = provider.dialects.filter((dialect) => baseUrl[dialect] !== undefined);
  return [...known, ...DIALECT_IDS.filter((id) => baseUrl[id] !== undefined && !known.includes(id))];
}

/** One address in the file stands for all dialects, so that no key is ever sent to an address that it does not name. */
function resolveBaseUrls(
  config: UpstreamConfig,
  provider: Provider,
  dialects: readonly DialectId[],
  path: readonly PathStep[],
  findings: Findings,
): BaseUrls {
  const { baseUrl } = config;
  const spoken = { ...provider, dialects };
  const urls: BaseUrls = {};
  if (typeof baseUrl === 'string') {
    const url = usableUrl(checkBaseUrl(baseUrl), [...path, 'baseUrl'], findings);
    return url === undefined ? urls : baseUrlsFor(spoken, url);
  }
  for (const dialect of dialects) {
    const text = baseUrl?.[dialect];
    const checked = text && usableUrl(checkBaseUrl(text), [...path, 'baseUrl', dialect], findings);
    const url =
      baseUrl === undefined ? provider.bases[dialect] : checked && baseUrlsFor(spoken, checked)[dialect];
    if (url) urls[dialect] = url;
    else if (baseUrl === undefined) return reportNoBase(provider, dialect, path, findings);
    else if (!text) findings.add([...path, 'baseUrl'], `There is no address for ${dialect}.`);
  }
  return urls;
}

/** The first address that no provider is at, unless it is allowed. */
function checkPlace(
  { allowLinkLocal }: UpstreamConfig,
  baseUrls: BaseUrls,
  path: readonly PathStep[],
  findings: Findings,
): void {
  const urls = Object.values(baseUrls).filter((url) => url !== undefined);
  if (allowLinkLocal || !urls.some((url) => isLinkLocal(new URL(url).hostname))) return;
  findings.add([...path, 'baseUrl'], 'Is a link-local address or the metadata service of a cloud.', {
    suggestion: 'If the upstream really is there, write "allowLinkLocal": true.',
  });
}

function reportNoBase(
  provider: Provider,
  dialect: DialectId,
  path: readonly PathStep[],
  findings: Findings,
): BaseUrls {
  const some = Object.keys(provider.bases).length > 0;
  const message = `${provider.name} has no address in its preset${some ? ` for ${dialect}` : ''}: "baseUrl" is missing.`;
  findings.add(path, message, { suggestion: 'Write "baseUrl": "https://host/v1" or the like.' });
  return {};
}

function resolveHeaders(
  headers: UpstreamConfig['headers'],
  path: readonly PathStep[],
  findings: Findings,
): Readonly<Record<string, string | null>> {
  const resolved: Record<string, string | null> = {};
  for (const [written, value] of Object.entries(headers)) {
    const name = written.toLowerCase();
    if (TRANSPORT_HEADERS.includes(name)) {
      findings.add([...path, written], 'The transport writes this header itself.', { part: 'name' });
    } else if (Object.hasOwn(resolved, name)) {
      findings.add([...path, written], 'This header is there twice.', { part: 'name' });
    } else {
      resolved[name] = value;
    }
  }
  return resolved;
}

/** Tokens are sent there, so that what is no address must not be taken for one. */
function accountAddresses(
  { accounts = {}, provider }: UpstreamConfig,
  path: readonly PathStep[],
  findings: Findings,
): AccountAddresses {
  if (findProvider(provider)?.accounts === undefined)
    findings.add([...path, 'accounts'], 'Only "codex" and "kiro" have accounts.');
  const checked: Record<string, string> = {};
  for (const name of ['tokenUrl', 'usageUrl'] as const) {
    const text = accounts[name];
    const url = text && usableUrl(checkBaseUrl(text), [...path, 'accounts', name], findings);
    if (url) checked[name] = url;
  }
  return checked;
}

function usableUrl(check: UrlCheck, path: readonly PathStep[], findings: Findings): string | undefined {
  if ('url' in check) return check.url;
  findings.add(path, check.message, { suggestion: check.suggestion });
  return undefined;
}
