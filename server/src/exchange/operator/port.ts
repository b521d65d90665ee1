// What the operator may ask of the running gateway, answered from the pool.

import type { Pool } from '../pool/pool.ts';
import { keyReports } from '../pool/report.ts';
import type { Ports } from '../ports.ts';
import { type Crew, togetherKeys } from '../shared/crew.ts';
import { explainChoice } from './explain.ts';
import type { KeyTestReport, OperatorPort } from './operator.ts';
import { testKey } from './test-key.ts';

/** Makes the port. */
export function operatorPort(ports: Ports, pool: Pool, crew?: Crew): OperatorPort {
  const { settings } = ports;
  return {
    keys: () => togetherKeys(keyReports(settings(), pool), crew?.reports() ?? []),
    reset: (upstreamId, keyId) => {
      pool.standings.reset(upstreamId, keyId);
      return true;
    },
    test: (upstreamId, keyId) => tested(ports, pool, upstreamId, keyId),
    explain: (question) => explainChoice(settings(), pool, question),
  };
}

/** Asks the provider: a key that works is free again, one that is refused is left alone. */
async function tested(ports: Ports, pool: Pool, upstreamId: string, keyId: string): Promise<KeyTestReport> {
  const { upstreams, health } = ports.settings();
  const upstream = upstreams.find(({ id }) => id === upstreamId);
  const key = upstream?.keys.find(({ id }) => id === keyId);
  if (upstream === undefined || key === undefined) return { ok: false, message: 'There is no such key.' };
  const { verdict, status, message } = await testKey(ports, upstream, key);
  if (verdict === 'accepted') pool.standings.reset(upstreamId, keyId);
  if (verdict === 'refused')
    pool.standings.refuse(upstreamId, keyId, { status: status ?? 401, message }, health);
  return { ok: verdict === 'accepted', message, ...(status === undefined ? {} : { status }) };
}
