// What the answers of the providers mean: who is out of reach and at which step, whose key is refused, and whose clock
// differs from ours.

import { type Finding, finderOf } from './finding.ts';
import type { ProviderFacts, Reached } from './provider-probe.ts';

/** Clocks that differ by less are the same for every purpose here. */
const CLOCK_SLACK_MS = 30_000;

/** About providers, one finding each; those that are well in one sentence together. */
export function providerFindings(facts: readonly ProviderFacts[]): readonly Finding[] {
  const { ok, skipped } = finderOf('upstreams');
  if (facts.length === 0) return [skipped('There is no upstream to ask.')];
  const found = facts.flatMap(aboutOne);
  const well = facts.filter((one) =>
    aboutOne(one).every(({ state }) => state === 'ok' || state === 'skipped'),
  );
  const reached = well.filter(({ tests }) => tests.length > 0).map(({ id }) => id);
  return reached.length === 0
    ? found
    : [ok(`Reached, and the keys are accepted: ${reached.join(', ')}.`), ...found];
}

function aboutOne(facts: ProviderFacts): readonly Finding[] {
  const { warning, problem, skipped } = finderOf('upstreams');
  const { id, tests, untested } = facts;
  if (tests.length === 0)
    return untested === 0
      ? []
      : [
          skipped(
            `The accounts of ${id} are not asked about here: "sluice accounts list" tells how they are.`,
          ),
        ];
  if (tests.every(({ status }) => status === undefined)) return [outOfReach(facts)];
  const found: Finding[] = [];
  for (const { keyId, verdict, message } of tests) {
    if (verdict === 'refused')
      found.push(
        problem(
          `${id}/${keyId}: ${message}`,
          `Put a valid key in its place: "sluice keys add ${id}", then "sluice keys rm ${id}/${keyId}".`,
        ),
      );
    if (verdict === 'unclear')
      found.push(
        warning(
          `${id}/${keyId}: ${message}`,
          'Check baseUrl and provider of this upstream, and try again later.',
        ),
      );
  }
  if (untested > 0)
    found.push(
      skipped(
        `${untested} more ${untested === 1 ? 'key' : 'keys'} of ${id} not asked about: "sluice keys test" asks for all.`,
      ),
    );
  return found;
}

const ADVICE: Readonly<Record<Reached, string>> = {
  name: 'Check the host in baseUrl, the name server and the network.',
  connection:
    'Check that the server runs and that no firewall is in between; behind a proxy, set "proxy" for this upstream.',
  tls: 'Something in between may be reading along: trust its authority with NODE_EXTRA_CA_CERTS, or correct the host in baseUrl.',
  answer: 'Check baseUrl: something listens there, but it does not answer as a provider.',
};

const STEPS: Readonly<Record<Reached, string>> = {
  name: 'its name is not known',
  connection: 'no connection can be made',
  tls: 'its certificate is not accepted, or it speaks no TLS',
  answer: 'it takes connections, but does not answer',
};

function outOfReach({ id, origin, proxied, failsAt, code, tests }: ProviderFacts): Finding {
  const { problem } = finderOf('upstreams');
  if (origin === '') return problem(`${id} has no address.`, 'Set its baseUrl.');
  const said = tests[0]?.message ?? '';
  if (failsAt === undefined)
    return problem(
      `${id} is not reached at ${origin}${proxied ? ' through its proxy' : ''}. ${said}`.trimEnd(),
      proxied
        ? 'Check the proxy of this upstream, and that it may go there.'
        : 'Check baseUrl and the network.',
    );
  const why = code === undefined ? STEPS[failsAt] : `${STEPS[failsAt]} (${code})`;
  return problem(`${id} is not reached at ${origin}: ${why}.`, ADVICE[failsAt]);
}

/** About our clock, by those of the providers. */
export function clockFinding(facts: readonly Pick<ProviderFacts, 'id' | 'aheadMs'>[]): Finding {
  const { ok, warning, skipped } = finderOf('clock');
  const known = facts.flatMap(({ aheadMs }) => (aheadMs === undefined ? [] : [aheadMs]));
  const middle = known.toSorted((left, right) => left - right)[Math.floor(known.length / 2)];
  if (middle === undefined) return skipped('No provider told the time, so the clock could not be compared.');
  if (Math.abs(middle) <= CLOCK_SLACK_MS) return ok('The clock agrees with those of the providers.');
  const seconds = Math.round(Math.abs(middle) / 1_000);
  return warning(
    `The clock of this machine is ${seconds} seconds ${middle > 0 ? 'behind' : 'ahead of'} those of the providers.`,
    'Set it by NTP (timedatectl set-ntp true). Limits and cooldowns go by a clock that never jumps; days, budgets and the expiry of clients go by this one.',
  );
}
