// Asks each upstream which models it offers, and remembers the answers for a while; an upstream that fails to answer
// keeps its last list.

import type { Upstream, UpstreamKey } from '../config/settings.ts';
import { type ModelEntry, readModelList } from '../core/catalogue/model-list.ts';
import { type DialectId, familyOf } from '../core/model/dialect-id.ts';
import { askUpstream } from './ask-upstream.ts';
import type { Ports } from './ports.ts';

/** How long a list is used before it is asked for again. */
const FRESH_MS = 300_000;
/** A failed question is not repeated sooner than this. */
const RETRY_MS = 15_000;
/** Within the 3 seconds that Claude Code gives its model discovery. */
const TIMEOUT_MS = 2_500;
const LIST_LIMIT_BYTES = 8 * 1024 * 1024;

interface Known {
  readonly entries: readonly ModelEntry[];
  readonly askAgainMs: number;
}

/** The discovered models of all upstreams. */
export interface Discovery {
  /** What an upstream says it offers; empty when it does not say. */
  offered(upstream: Upstream): Promise<readonly ModelEntry[]>;
}

/** Makes a discovery with an empty memory. */
export function createDiscovery(ports: Pick<Ports, 'transport' | 'clock' | 'deadlines'>): Discovery {
  const known = new Map<string, Known>();
  const asking = new Map<string, Promise<readonly ModelEntry[]>>();

  const ask = async (upstream: Upstream, cacheKey: string): Promise<readonly ModelEntry[]> => {
    const nowMs = ports.clock.monotonicMs();
    const entries = await listOf(ports, upstream);
    const result = entries ?? known.get(cacheKey)?.entries ?? [];
    known.set(cacheKey, {
      entries: result,
      askAgainMs: nowMs + (entries === undefined ? RETRY_MS : FRESH_MS),
    });
    return result;
  };

  return {
    offered: (upstream) => {
      const [base] = Object.values(upstream.baseUrls);
      const cacheKey = `${upstream.id}\n${base}\n${keyInUse(upstream)?.id}`;
      const hit = known.get(cacheKey);
      if (hit !== undefined && hit.askAgainMs > ports.clock.monotonicMs())
        return Promise.resolve(hit.entries);
      const running = asking.get(cacheKey) ?? ask(upstream, cacheKey).finally(() => asking.delete(cacheKey));
      asking.set(cacheKey, running);
      return running;
    },
  };
}

/** The key that lists are asked for with. */
const keyInUse = ({ keys }: Upstream): UpstreamKey | undefined =>
  keys.find(({ disabled }) => disabled !== true);

async function listOf(
  ports: Pick<Ports, 'transport' | 'clock' | 'deadlines'>,
  upstream: Upstream,
): Promise<readonly ModelEntry[] | undefined> {
  const [dialect] = upstream.dialects;
  const key = keyInUse(upstream);
  if (dialect === undefined || key === undefined) return undefined;
  const family = familyOf(dialect);
  const answer = await askUpstream(ports, {
    upstream,
    key,
    dialect,
    path: listPath(dialect),
    query: family === 'gemini' ? '?pageSize=1000' : listQuery(dialect),
    limitBytes: LIST_LIMIT_BYTES,
    timeoutMs: TIMEOUT_MS,
  });
  if ('code' in answer || answer.status !== 200) return undefined;
  try {
    return readModelList(JSON.parse(answer.body.toString('utf8')), family, upstream.id);
  } catch {
    // Not JSON: the upstream has no such list.
    return undefined;
  }
}

function listPath(dialect: DialectId): string {
  return dialect === 'gemini' ? '/v1beta/models' : '/v1/models';
}

function listQuery(dialect: DialectId): string {
  return dialect === 'anthropic-messages' ? '?limit=1000' : '';
}
