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
  /** It has answered with a list, now or before. */
  readonly said: boolean;
  readonly askAgainMs: number;
}

/** The discovered models of all upstreams. */
export interface Discovery {
  /** What an upstream says it offers; empty when it does not say. */
  offered(upstream: Upstream): Promise<readonly ModelEntry[]>;
  /** Asks it at once. Where it does not say: why, and what it said before. Never rejects. */
  refresh(upstream: Upstream): Promise<Answered>;
  /** What it said last; undefined where it has said nothing yet. Nobody is asked. */
  last(upstream: Upstream): readonly ModelEntry[] | undefined;
}

/** What an upstream answered. */
export interface Answered {
  readonly entries: readonly ModelEntry[];
  /** Why it has not answered with a list, in words for the operator. */
  readonly failure: string | undefined;
}

/** Makes a discovery with an empty memory. */
export function createDiscovery(ports: Pick<Ports, 'transport' | 'clock' | 'deadlines'>): Discovery {
  const known = new Map<string, Known>();
  const asking = new Map<string, Promise<Answered>>();

  const ask = async (upstream: Upstream, cacheKey: string): Promise<Answered> => {
    const nowMs = ports.clock.monotonicMs();
    const answer = await listOf(ports, upstream);
    const failure = typeof answer === 'string' ? answer : undefined;
    const before = known.get(cacheKey);
    const entries = typeof answer === 'string' ? (before?.entries ?? []) : answer;
    known.set(cacheKey, {
      entries,
      said: failure === undefined || before?.said === true,
      askAgainMs: nowMs + (failure === undefined ? FRESH_MS : RETRY_MS),
    });
    return { entries, failure };
  };

  /** Whoever asks while somebody does already gets the same answer. */
  const refresh = (upstream: Upstream): Promise<Answered> => {
    const cacheKey = cacheKeyOf(upstream);
    const running = asking.get(cacheKey) ?? ask(upstream, cacheKey).finally(() => asking.delete(cacheKey));
    asking.set(cacheKey, running);
    return running;
  };

  return {
    refresh,
    last: (upstream) => {
      const hit = known.get(cacheKeyOf(upstream));
      return hit?.said === true ? hit.entries : undefined;
    },
    offered: (upstream) => {
      const hit = known.get(cacheKeyOf(upstream));
      if (hit !== undefined && hit.askAgainMs > ports.clock.monotonicMs())
        return Promise.resolve(hit.entries);
      return refresh(upstream).then(({ entries }) => entries);
    },
  };
}

/** A list belongs to the address and the key that it was asked for with. */
function cacheKeyOf(upstream: Upstream): string {
  const [base] = Object.values(upstream.baseUrls);
  return `${upstream.id}\n${base}\n${keyInUse(upstream)?.id}`;
}

/** The key that lists are asked for with. */
const keyInUse = ({ keys }: Upstream): UpstreamKey | undefined =>
  keys.find(({ disabled }) => disabled !== true);

/** The list, or why there is none. */
async function listOf(
  ports: Pick<Ports, 'transport' | 'clock' | 'deadlines'>,
  upstream: Upstream,
): Promise<readonly ModelEntry[] | string> {
  const [dialect] = upstream.dialects;
  const key = keyInUse(upstream);
  if (dialect === undefined) return 'The upstream speaks no format.';
  if (key === undefined) return 'The upstream has no key that is in use.';
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
  if ('code' in answer) return answer.message;
  if (answer.status !== 200) return `The upstream answered with status ${answer.status}.`;
  try {
    return readModelList(JSON.parse(answer.body.toString('utf8')), family, upstream.id) ?? NO_LIST;
  } catch {
    // Not JSON: the upstream has no such list.
    return NO_LIST;
  }
}

const NO_LIST = 'The upstream answered with something that is no list of models.';

function listPath(dialect: DialectId): string {
  return dialect === 'gemini' ? '/v1beta/models' : '/v1/models';
}

function listQuery(dialect: DialectId): string {
  return dialect === 'anthropic-messages' ? '?limit=1000' : '';
}
