// Proxies in the environment: Sluice goes by `proxy` of each upstream and not by these variables, and programs that do go by
// them may send to a proxy what is meant for the gateway on this machine.

import { isLoopbackHost } from '../config/exposure.ts';
import type { Settings, Upstream } from '../config/settings.ts';
import { type Finding, finderOf } from './finding.ts';
import type { ProviderFacts } from './provider-probe.ts';

const VARIABLES = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY'] as const;

/** About proxies. */
export function proxyFindings(
  env: NodeJS.ProcessEnv,
  settings: Pick<Settings, 'upstreams'>,
  facts: readonly ProviderFacts[],
): readonly Finding[] {
  const { ok, warning, skipped } = finderOf('proxies');
  const set = VARIABLES.flatMap((name) =>
    [name, name.toLowerCase()].filter((one) => (env[one] ?? '') !== ''),
  );
  if (set.length === 0) return [skipped('No proxy is set in the environment.')];
  const names = set.join(' and ');
  const direct = settings.upstreams.filter(
    (upstream) => upstream.enabled && upstream.proxy === undefined && !isNear(upstream),
  );
  const unreached = direct.filter(({ id }) =>
    facts.some(
      (one) => one.id === id && one.tests.length > 0 && one.tests.every(({ status }) => status === undefined),
    ),
  );
  const found: Finding[] = [];
  if (unreached.length > 0)
    found.push(
      warning(
        `${names} ${set.length === 1 ? 'is' : 'are'} set, but Sluice does not go by ${set.length === 1 ? 'it' : 'them'}, and ${unreached.map(({ id }) => id).join(', ')} cannot be reached without.`,
        'Set "proxy": "${HTTPS_PROXY}" for these upstreams.',
      ),
    );
  else found.push(ok(`${names} set; Sluice goes by the "proxy" of each upstream instead.`));
  if (!spares(env))
    found.push(
      warning(
        'NO_PROXY does not spare this machine: programs that go by the proxy may not find the gateway at 127.0.0.1.',
        'Add localhost,127.0.0.1,::1 to NO_PROXY where those programs run.',
      ),
    );
  return found;
}

function isNear({ baseUrls }: Upstream): boolean {
  return Object.values(baseUrls).every(
    (base) => URL.canParse(base) && isLoopbackHost(new URL(base).hostname),
  );
}

function spares(env: NodeJS.ProcessEnv): boolean {
  const entries = (env['NO_PROXY'] ?? env['no_proxy'] ?? '').toLowerCase().split(/[\s,]+/);
  return entries.includes('*') || (entries.includes('127.0.0.1') && entries.includes('localhost'));
}
