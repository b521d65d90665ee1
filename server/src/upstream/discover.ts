// Finds model servers that run on this machine, by asking the ports they use by default for their model list.

import { get } from 'node:http';
import type { UpstreamEntry } from '../config/settings.ts';
import { baseUrlsFor } from '../core/providers/base-urls.ts';
import { findProvider, providers } from '../core/providers/index.ts';

/** How long one server may take to answer, and how much it may say. */
const ANSWER_MS = 300;
const BODY_LIMIT_BYTES = 1024 * 1024;
/** The most models that are taken over from one server, and the longest name of one. */
const MOST_MODELS = 500;
const LONGEST_NAME = 200;

/** A kind of server and the loopback port to ask. */
export interface LocalServer {
  readonly provider: string;
  readonly port: number;
}

/** What discovery may be told; everything has a default. */
export interface DiscoveryOptions {
  /** Servers to ask; by default every provider that has a local port. */
  readonly servers?: readonly LocalServer[];
  /** The gateway's own port, which is never asked. */
  readonly gatewayPort?: number;
  readonly answerMs?: number;
}

/** Upstream entries in the form of the configuration file, and one sentence about each server. */
export interface Discovered {
  readonly upstreams: readonly UpstreamEntry[];
  readonly notices: readonly string[];
}

/** A server that answers on loopback. */
export interface FoundServer extends LocalServer {
  /** The id where nobody knows the provider. */
  readonly providerName: string;
  /** Without a path: "http://127.0.0.1:11434". */
  readonly origin: string;
  readonly models: readonly string[];
}

function presetServers(): LocalServer[] {
  const servers: LocalServer[] = [];
  for (const { id, local } of providers.values())
    if (local !== undefined) servers.push({ provider: id, port: local.port });
  return servers;
}

/** The body of a 200 answer to GET, or undefined for anything else: no server, another status, too slow, too long. */
function fetchText(url: string, answerMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const finish = (text: string | undefined): void => {
      clearTimeout(timer);
      request.destroy();
      resolve(text);
    };
    const request = get(url, { agent: false, headers: { accept: 'application/json' } }, (answer) => {
      if (answer.statusCode !== 200) finish(undefined);
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > BODY_LIMIT_BYTES) finish(undefined);
        else chunks.push(chunk);
      });
      answer.on('end', () => finish(Buffer.concat(chunks).toString('utf8')));
      answer.on('error', () => finish(undefined));
    });
    const timer = setTimeout(() => finish(undefined), answerMs);
    request.on('error', () => finish(undefined));
  });
}

/** A name that can stand in a list of globs as itself. */
function isModelName(id: unknown): id is string {
  return typeof id === 'string' && id.length <= LONGEST_NAME && /^[\x21-\x7e]+$/.test(id) && !/[*?]/.test(id);
}

/** The model names in an OpenAI model list, or undefined when the text is none. */
function modelsIn(text: string | undefined): string[] | undefined {
  let list: unknown;
  try {
    list = JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
  if (typeof list !== 'object' || list === null || !('object' in list) || list.object !== 'list')
    return undefined;
  if (!('data' in list)) return undefined;
  // Ollama without models says null.
  if (list.data === null) return [];
  if (!Array.isArray(list.data)) return undefined;
  const rows: readonly unknown[] = list.data;
  const ids = rows.map((row) =>
    typeof row === 'object' && row !== null && 'id' in row ? row.id : undefined,
  );
  return [...new Set(ids.filter(isModelName))].slice(0, MOST_MODELS);
}

/**
 * Asks the loopback ports in parallel; redirects are not followed. Never rejects and never takes longer than `answerMs` and
 * a moment; whoever does not answer with a model list in that time is not there.
 */
export async function findLocalServers(options: DiscoveryOptions = {}): Promise<readonly FoundServer[]> {
  const asked = (options.servers ?? presetServers()).filter(({ port }) => port !== options.gatewayPort);
  const found = await Promise.all(
    asked.map(async ({ provider, port }): Promise<FoundServer | undefined> => {
      const origin = `http://127.0.0.1:${port}`;
      const models = modelsIn(await fetchText(`${origin}/v1/models`, options.answerMs ?? ANSWER_MS));
      const providerName = findProvider(provider)?.name ?? provider;
      return models === undefined ? undefined : { provider, providerName, port, origin, models };
    }),
  );
  return found.filter((server) => server !== undefined);
}

/** The same as upstreams for a configuration. */
export async function discoverLocalServers(options: DiscoveryOptions = {}): Promise<Discovered> {
  const upstreams: UpstreamEntry[] = [];
  const notices: string[] = [];
  for (const server of await findLocalServers(options)) {
    const { provider, providerName: name, port, origin: url, models } = server;
    const preset = findProvider(provider);
    if (models.length === 0) {
      notices.push(`${name} runs on port ${port}, but has no models yet.`);
      continue;
    }
    const count = `${models.length} ${models.length === 1 ? 'model' : 'models'}`;
    notices.push(`Found ${name} on port ${port} (${count}).`);
    upstreams.push({
      id: provider,
      provider,
      baseUrl: preset === undefined ? url : baseUrlsFor(preset, url),
      models: [...models],
    });
  }
  return { upstreams, notices };
}
