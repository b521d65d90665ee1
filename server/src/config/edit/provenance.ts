// Where each value of the configuration came from: the default, the file, the environment, the command line, or a
// change through the API that still stands.

import { asWritten } from '../as-written.ts';
import { type JsonValue, jsonOf } from '../document.ts';
import { listenAddress } from '../listen-address.ts';
import type { LoadedConfig } from '../load.ts';
import { pathText } from '../problem.ts';
import { variablesIn } from '../references.ts';
import { leavesOf } from './compare.ts';
import { BY_FILE, type HistoryRecord } from './history.ts';
import type { JudgeOptions } from './judge.ts';
import { withoutSecrets } from './secret-places.ts';

/** Who said so. `api`: the last to change it was the API, and it still has that value. */
export type Origin = 'default' | 'file' | 'env' | 'flag' | 'api';

/** One value of the configuration. */
export interface OriginatedValue {
  /** As in "upstreams[0].priority". */
  readonly path: string;
  /** References as they are written, secrets hidden. */
  readonly value: unknown;
  readonly from: Origin;
  /** Where it stands in the file. */
  readonly line?: number;
}

/** Every value of a configuration, defaults included. */
export function originsOf(
  loaded: LoadedConfig,
  records: readonly HistoryRecord[],
  options: Pick<JudgeOptions, 'env' | 'overrides'>,
): readonly OriginatedValue[] {
  const written = new Map(leavesOf(loaded.document.value).map((leaf) => [pathText(leaf.path), leaf]));
  const byApi = lastByApi(records);
  const listen = listenOrigins(loaded, options);
  const { $schema: _schema, version: _version, ...config } = loaded.config;
  return leavesOf(jsonOf(config)).map(({ path, value }) => {
    const text = pathText(path);
    const shown = withoutSecrets(path, jsonOf(asWritten(loaded, path, value)) as JsonValue);
    const leaf = written.get(text);
    const overridden = listen.get(text);
    if (overridden !== undefined) return { path: text, ...overridden };
    if (leaf === undefined) return { path: text, value: shown, from: 'default' };
    const line = loaded.document.at(path)?.line;
    const place = line === undefined ? {} : { line };
    if (refersToEnvironment(loaded, text)) return { path: text, value: shown, from: 'env', ...place };
    const from = byApi.get(leaf.place) === leaf.hash ? 'api' : 'file';
    return { path: text, value: shown, from, ...place };
  });
}

/** Place → hash of the value that the API gave it, where nobody has changed it since. */
function lastByApi(records: readonly HistoryRecord[]): ReadonlyMap<string, string> {
  const last = new Map<string, string>();
  for (const { by, traces } of records) {
    for (const { place, hash } of traces) {
      if (by === BY_FILE) last.delete(place);
      else last.set(place, hash);
    }
  }
  return last;
}

function refersToEnvironment(loaded: LoadedConfig, text: string): boolean {
  for (const [path, written] of loaded.written) {
    const here = path === text || path.startsWith(`${text}[`) || path.startsWith(`${text}.`);
    if (here && variablesIn(written).length > 0) return true;
  }
  return false;
}

function listenOrigins(
  loaded: LoadedConfig,
  { env, overrides = {} }: Pick<JudgeOptions, 'env' | 'overrides'>,
): ReadonlyMap<string, Pick<OriginatedValue, 'value' | 'from'>> {
  const address = listenAddress(loaded, overrides, env);
  const found = new Map<string, Pick<OriginatedValue, 'value' | 'from'>>();
  if ('message' in address) return found;
  const words = { flag: 'flag', environment: 'env' } as const;
  if (address.hostFrom !== 'file')
    found.set('server.host', { value: address.host, from: words[address.hostFrom] });
  if (address.portFrom !== 'file')
    found.set('server.port', { value: address.port, from: words[address.portFrom] });
  return found;
}
