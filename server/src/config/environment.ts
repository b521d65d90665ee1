// Zero configuration: makes upstreams out of the environment variables that people already have, those of the vendors'
// own tools and those of earlier gateways. Notices name variables, never their values.

import { baseUrlsFor } from '../core/providers/base-urls.ts';
import { providers } from '../core/providers/index.ts';
import type { Provider } from '../core/providers/provider.ts';
import type { UpstreamEntry } from './settings.ts';

/** Environment variables by name, as in process.env. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What was found, and one sentence about each thing found or passed over. */
export interface Found {
  readonly upstreams: readonly UpstreamEntry[];
  readonly notices: readonly string[];
}

const DEFAULT_PORT = 9208;

/** A misspelling that the example file of an earlier gateway spread. */
const MISSPELT: Readonly<Record<string, string>> = { OPENAI_API_KEY: 'OPEN_API_KEY' };

/** The keys in a value: separated by commas or white space, without quotes, without repeats. */
function keysIn(value: string | undefined): string[] {
  const parts = (value ?? '').split(/[\s,;]+/).map((part) => part.replace(/^["']|["']$/g, ''));
  return [...new Set(parts.filter((part) => part !== ''))];
}

const countOf = (keys: readonly string[]): string => `${keys.length} ${keys.length === 1 ? 'key' : 'keys'}`;

/** True when a URL leads back to this gateway, as the environment of a set-up client does. */
function leadsHere(url: URL, gatewayPort: number): boolean {
  const { hostname } = url;
  const loopback =
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname.startsWith('127.') ||
    ['0.0.0.0', '[::1]', '[::]', '[::ffff:7f00:1]'].includes(hostname);
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return loopback && port === gatewayPort;
}

/** Reads variables of one environment and keeps the notices. */
class Reading {
  readonly env: Environment;
  readonly gatewayPort: number;
  readonly notices: string[] = [];

  constructor(env: Environment, gatewayPort: number) {
    this.env = env;
    this.gatewayPort = gatewayPort;
  }

  text(name: string): string | undefined {
    const value: string | undefined = this.env[name]?.trim();
    return value === '' ? undefined : value;
  }

  /** The first usable base URL among these variables; 'here' when it leads back to this gateway. */
  baseUrl(names: readonly string[]): { name: string; url: string } | 'here' | undefined {
    for (const name of names) {
      const text = this.text(name);
      if (text === undefined) continue;
      if (!URL.canParse(text) || !/^https?:/i.test(text)) {
        this.notices.push(`${name} is not an http or https URL and was ignored.`);
      } else if (leadsHere(new URL(text), this.gatewayPort)) {
        // The environment of a set-up client: the key beside it is the gateway's own and must not go to the vendor.
        this.notices.push(`${name} points at this gateway, so it and the key beside it were ignored.`);
        return 'here';
      } else {
        return { name, url: text };
      }
    }
    return undefined;
  }

  /** The keys of a provider: the first variable of its own that is set, and every list of keys. */
  keys(names: readonly string[]): { keys: string[]; from: string[] } {
    const keys: string[] = [];
    const from: string[] = [];
    for (const single of names) {
      const misspelt = MISSPELT[single];
      for (const name of [single, ...(misspelt === undefined ? [] : [misspelt])]) {
        const found = keysIn(this.env[name]);
        if (keys.length > 0 || found.length === 0) continue;
        if (name === misspelt) this.notices.push(`${name} was read as ${single}; please rename it.`);
        keys.push(...found);
        from.push(name);
      }
    }
    for (const list of names.map((name) => `${name}S`)) {
      const found = keysIn(this.env[list]).filter((key) => !keys.includes(key));
      if (found.length === 0) continue;
      keys.push(...found);
      from.push(list);
    }
    return { keys, from };
  }

  /** Values of a provider's headers that the environment overrides. */
  headers(provider: Provider): Record<string, string> {
    const headers: Record<string, string> = {};
    for (const [header, name] of Object.entries(provider.headerEnvironment ?? {})) {
      const value = this.text(name);
      if (value === undefined) continue;
      // Header values are printable ASCII; anything else would make the request illegal.
      if (/^[\x20-\x7e]+$/.test(value)) {
        headers[header] = value;
        this.notices.push(`${name} sets the ${header} header of upstream ${provider.id}.`);
      } else {
        this.notices.push(`${name} has characters that a header cannot carry and was ignored.`);
      }
    }
    return headers;
  }
}

function fromProvider(reading: Reading, provider: Provider): UpstreamEntry | undefined {
  const { keys, from } = reading.keys(provider.environment);
  if (keys.length === 0) return undefined;
  const base = reading.baseUrl(provider.baseUrlEnvironment ?? []);
  if (base === 'here') return undefined;
  if (base === undefined && Object.keys(provider.bases).length === 0) {
    const wanted = provider.baseUrlEnvironment?.join(' or ') ?? 'a configured baseUrl';
    reading.notices.push(`${from.join(' and ')} was ignored: ${provider.name} needs ${wanted} too.`);
    return undefined;
  }
  const where = base === undefined ? '' : ` at the address in ${base.name}`;
  reading.notices.push(
    `${from.join(' and ')} gives upstream ${provider.id} (${provider.name}, ${countOf(keys)})${where}.`,
  );
  const headers = reading.headers(provider);
  return {
    id: provider.id,
    provider: provider.id,
    keys,
    ...(base === undefined ? {} : { baseUrl: baseUrlsFor(provider, base.url) }),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
  };
}

/** A variable that holds keys of a provider. */
export interface KeyVariable {
  readonly variable: string;
  readonly provider: Provider;
  readonly keys: readonly string[];
}

/**
 * Every variable that holds keys of a provider, whether or not an upstream would be made of it. What stands beside a base
 * URL that leads to this gateway is a key of the gateway's own and none of them.
 */
export function keyVariables(env: Environment, gatewayPort: number): readonly KeyVariable[] {
  const reading = new Reading(env, gatewayPort);
  return [...providers.values()].flatMap((provider) => {
    if (reading.baseUrl(provider.baseUrlEnvironment ?? []) === 'here') return [];
    const names = [...provider.environment, ...provider.environment.map((name) => `${name}S`)];
    return names.flatMap((variable) => {
      const keys = keysIn(env[variable]);
      return keys.length === 0 ? [] : { variable, provider, keys };
    });
  });
}

/** TARGET_API_URL, API_KEYS or API_KEY, TARGET_API_FORMAT and MODEL: one upstream that answers to every model name. */
function fromTarget(reading: Reading): UpstreamEntry | undefined {
  const base = reading.baseUrl(['TARGET_API_URL']);
  if (base === 'here') return undefined;
  if (base === undefined) {
    if (reading.text('API_KEYS') !== undefined && reading.text('TARGET_API_URL') === undefined) {
      reading.notices.push('API_KEYS was ignored, because TARGET_API_URL does not say whose keys they are.');
    }
    return undefined;
  }
  const names = ['API_KEYS', 'API_KEY'];
  const keys = [...new Set(names.flatMap((name) => keysIn(reading.env[name])))];
  const format = reading.text('TARGET_API_FORMAT')?.toLowerCase();
  if (format !== undefined && format !== 'openai' && format !== 'anthropic') {
    reading.notices.push('TARGET_API_FORMAT is neither openai nor anthropic; openai is assumed.');
  }
  const provider = format === 'anthropic' ? 'anthropic-compatible' : 'openai-compatible';
  const used = [...(keys.length === 0 ? [] : names.filter((name) => reading.text(name) !== undefined))];
  const withKeys = used.length === 0 ? 'no key' : `${countOf(keys)} from ${used.join(' and ')}`;
  reading.notices.push(`TARGET_API_URL gives upstream target (${provider}, ${withKeys}).`);
  const model = reading.text('MODEL');
  if (model !== undefined)
    reading.notices.push('MODEL replaces every model name that upstream target is asked for.');
  return {
    id: 'target',
    provider,
    baseUrl: base.url,
    ...(keys.length === 0 ? {} : { keys }),
    ...(model === undefined ? {} : { aliases: { '*': model } }),
  };
}

function portOf(env: Environment): number {
  const port = Number(env['PORT']);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : DEFAULT_PORT;
}

/**
 * Upstream entries for everything the environment names. Base URLs that lead to this gateway (loopback, `gatewayPort`,
 * which is PORT or 9208 unless given) are passed over: the environment of a set-up client would make a loop.
 */
export function upstreamsFromEnvironment(env: Environment, gatewayPort: number = portOf(env)): Found {
  const reading = new Reading(env, gatewayPort);
  const upstreams: UpstreamEntry[] = [];
  const target = fromTarget(reading);
  if (target !== undefined) upstreams.push(target);
  for (const provider of providers.values()) {
    const entry = fromProvider(reading, provider);
    if (entry !== undefined) upstreams.push(entry);
  }
  return { upstreams, notices: reading.notices };
}
