// GET /v1/status: upstreams with their limits and use per minute and day.

import type { Upstream } from '../../config/settings.ts';
import type { Totals } from '../../exchange/ledger-queries.ts';
import type { KeyReport } from '../../exchange/operator/operator.ts';
import type { AdminApp } from '../app.ts';
import { refused, told } from '../app.ts';
import { type CompatibleStatus, compatibleStatusSchema } from '../contract/compatible.ts';
import type { AdminParts } from '../parts.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** States of standing that do not keep a key from being asked. */
const ASKED: ReadonlySet<string> = new Set(['closed', 'half-open']);

/** Registers the endpoint. */
export function registerCompatibleStatus(app: AdminApp, parts: AdminParts): void {
  app.route({
    method: 'GET',
    path: '/v1/status',
    absolute: true,
    name: 'compatible.status',
    summary: 'Upstreams with limits and use, in the shape of other gateways',
    access: 'client',
    answer: compatibleStatusSchema,
    run: async ({ who }) => {
      const answer = await parts.operator.answer({ what: 'keys' });
      if (!answer.ok) return refused(answer.error);
      const reports: readonly KeyReport[] =
        'keys' in answer.body && Array.isArray(answer.body.keys) ? answer.body.keys : [];
      const mine = who.kind === 'client' ? { client: [who.id] } : undefined;
      const [minute, day] = await Promise.all([
        requestsBy(parts, MINUTE_MS, mine),
        requestsBy(parts, DAY_MS, mine),
      ]);
      const apis = parts.settings().upstreams.map((upstream) => {
        const { id, provider, enabled } = upstream;
        const own = reports.filter(({ upstreamId }) => upstreamId === id);
        const usage = { rpm: minute.get(id) ?? 0, rpd: day.get(id) ?? 0 };
        return {
          id,
          name: provider.name,
          enabled,
          ...standing(own, enabled),
          limits: limitsOf(upstream),
          usage,
        };
      });
      return told({ service: 'sluice', timestamp: new Date(parts.clock.epochMs()).toISOString(), apis });
    },
  });
}

type Api = CompatibleStatus['apis'][number];

function standing(
  reports: readonly KeyReport[],
  enabled: boolean,
): Pick<Api, 'available' | 'temporarilyDisabled' | 'errorCount'> {
  const inUse = reports.filter(({ disabled }) => !disabled);
  const barred = ({ standings }: KeyReport): boolean =>
    standings.some(({ scope, state }) => scope !== 'model' && !ASKED.has(state));
  const free = inUse.some((report) => !barred(report));
  const errorCount = reports.reduce((sum, { standings }) => sum + standings.length, 0);
  return {
    available: enabled && free,
    temporarilyDisabled: enabled && inUse.length > 0 && !free,
    errorCount,
  };
}

/** Of all keys in use together, and of the upstream as a whole; −1 where nothing limits it. */
function limitsOf({ limits, keyLimits, keys }: Upstream): Api['limits'] {
  const total = (kind: 'rpm' | 'rpd'): number => {
    const inUse = keys.filter(({ disabled }) => disabled !== true);
    const ofKeys = inUse.map((key) => (key.limits ?? keyLimits)?.[kind] ?? Number.POSITIVE_INFINITY);
    const sum =
      ofKeys.length === 0 ? Number.POSITIVE_INFINITY : ofKeys.reduce((one, other) => one + other, 0);
    const least = Math.min(sum, limits?.[kind] ?? Number.POSITIVE_INFINITY);
    return Number.isFinite(least) ? least : -1;
  };
  return { rpm: total('rpm'), rpd: total('rpd') };
}

async function requestsBy(
  { queries, clock }: AdminParts,
  lengthMs: number,
  only: { readonly client: readonly string[] } | undefined,
): Promise<ReadonlyMap<string, number>> {
  const toMs = clock.epochMs();
  const period = { fromMs: toMs - lengthMs, toMs };
  const answer = await queries?.ask('groups', {
    period,
    by: 'upstream',
    limit: 1_000,
    ...(only === undefined ? {} : { only }),
  });
  if (answer?.ok !== true) return new Map();
  const counted = (group: {
    readonly name: string | undefined;
    readonly totals: Totals;
  }): [string, number] => [group.name ?? '', group.totals.requests];
  return new Map(answer.answer.map(counted));
}
