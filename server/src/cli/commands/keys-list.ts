// sluice keys list: every key with where it is kept, and, while a gateway runs, how it stands and what it has used.

import { isObject, listOf } from '../../core/model/json.ts';
import type { KeyReport, StandingReport, UseReport } from '../../exchange/operator/operator.ts';
import type { GatewayAnswer } from '../operator-client.ts';
import { printProblems } from '../ui/problems.ts';
import type { Terminal } from '../ui/terminal.ts';
import { gatewayOf, type KeyFlags, type KeySetting, loadSetting } from './keys-setting.ts';
import { keysTable, type ListedKey } from './keys-table.ts';

/** States from bad to good; what is not among them counts as good. */
const WORST_FIRST = ['quarantined', 'open', 'cooling', 'half-open'];

/** Lists the keys. */
export async function listKeys(terminal: Terminal, flags: KeyFlags): Promise<void> {
  const setting = await loadSetting(terminal, flags);
  if (setting === undefined) return;
  const gateway = await gatewayOf(setting);
  const answer = await gateway?.ask('GET', '/admin/keys');
  const keys = listed(setting, answer?.ok === true ? reportsIn(answer.body) : undefined);
  if (flags.json === true) {
    const running = answer?.ok === true;
    terminal.out(JSON.stringify({ gateway: { origin: setting.origin, running }, keys }, undefined, 2));
    return;
  }
  printProblems(terminal, setting.reading.problems);
  if (keys.length === 0) terminal.err('There are no keys. Add one with "sluice keys add".');
  for (const line of keysTable(keys, terminal, Date.now())) terminal.out(line);
  sayOfGateway(terminal, setting, answer);
}

function sayOfGateway(terminal: Terminal, { origin }: KeySetting, answer: GatewayAnswer | undefined): void {
  const { colours } = terminal;
  if (answer === undefined) {
    terminal.err(colours.dim(`No gateway runs at ${origin}: how the keys stand is not known.`));
  } else if (!answer.ok) {
    terminal.err(`${colours.yellow('warning')} ${answer.message}`);
    if (answer.suggestion !== undefined) terminal.err(`  ${colours.green('→')} ${answer.suggestion}`);
  }
}

type Reported = KeyReport & { readonly last4?: string };

/** The reports in the gateway's answer; what has another shape is left out. */
function reportsIn(body: unknown): readonly Reported[] {
  const keys = isObject(body) ? listOf(body['keys']) : [];
  return keys.filter((key): key is Reported => {
    return isObject(key) && typeof key['upstreamId'] === 'string' && typeof key['keyId'] === 'string';
  });
}

function listed({ keys }: KeySetting, reports: readonly Reported[] | undefined): readonly ListedKey[] {
  const own = keys.map((key): ListedKey => {
    const report = reports?.find(({ upstreamId, keyId }) => upstreamId === key.upstream && keyId === key.id);
    const { upstream, id, last4, source, disabled } = key;
    const kept = { upstream, id, name: key.name ?? null, last4, source, disabled };
    const more = {
      variable: key.variable ?? null,
      addedAt: key.addedAt ?? null,
      fault: report === undefined ? (key.fault ?? null) : null,
    };
    return { ...kept, ...more, ...live(report, disabled, more.fault) };
  });
  // The gateway may serve keys that this user's environment does not have.
  const others = (reports ?? [])
    .filter(({ keyId }) => keyId !== 'k_none')
    .filter(
      ({ upstreamId, keyId }) => !keys.some(({ upstream, id }) => upstream === upstreamId && id === keyId),
    )
    .map((report): ListedKey => {
      const { upstreamId, keyId, name, last4, disabled } = report;
      return {
        upstream: upstreamId,
        id: keyId,
        name: name ?? null,
        last4: last4 ?? '',
        source: 'config',
        disabled: disabled === true,
        variable: null,
        addedAt: null,
        fault: null,
        ...live(report, disabled === true, null),
      };
    });
  return [...own, ...others];
}

type Live = Pick<ListedKey, 'state' | 'standings' | 'inFlight' | 'use' | 'lastUsedAt' | 'ttftMs'>;

function live(report: Reported | undefined, disabled: boolean, fault: string | null): Live {
  const unknown = { standings: null, inFlight: null, use: null, lastUsedAt: null, ttftMs: null };
  if (report === undefined)
    return { ...unknown, state: disabled ? 'disabled' : fault === null ? null : 'unusable' };
  const standings = listOf(report.standings).filter((one): one is StandingReport => isObject(one));
  const worst = WORST_FIRST.find((state) => standings.some((one) => one.state === state));
  const { inFlight, lastUsedAtMs, ttftMs } = report;
  return {
    state: disabled ? 'disabled' : (worst ?? 'ready'),
    standings,
    inFlight: typeof inFlight === 'number' ? inFlight : null,
    use: listOf(report.use).filter((one): one is UseReport => isObject(one)),
    lastUsedAt: typeof lastUsedAtMs === 'number' ? new Date(lastUsedAtMs).toISOString() : null,
    ttftMs: typeof ttftMs === 'number' ? ttftMs : null,
  };
}
