// What the fault matrix runs against: for one format of upstreams, a provider that fails on demand and a healthy one, with
// a gateway in front of both and a gateway in front of the failing one alone.

import type { DialectId } from '../../src/core/model/dialect-id.ts';
import { madeAnswer } from './answer-streams.ts';
import { HEALTHY } from './fault-rows.ts';
import { type FaultUpstream, startFaultUpstream, type Turn } from './fault-upstream.ts';
import { type Gateway, NEVER_RESTS, startGateway, type UpstreamSetup } from './gateway.ts';

/** Names of models: what is asked for by these goes silent, does so after its first output, or does not. */
export const SILENT_MODEL = 'silent-';
export const QUIET_MODEL = 'quiet-';
export const LOUD_MODEL = 'loud-';

/** How long is waited for a provider that goes silent, in milliseconds. */
export const SHORT_MS = 300;

/** One format of upstreams. */
export interface FaultSetting {
  readonly to: DialectId;
  readonly both: Gateway;
  readonly alone: Gateway;
  /** Answers the requests for a model. */
  readonly scripts: Map<string, (turn: Turn) => void>;
  /** Everything that may be open, as counts. */
  open(): number[];
  /** Lines of the log that tell of a defect. */
  defects(): string[];
  /** Models whose connection is still open although the answer was not ended properly. */
  lateConnections(): string[];
  stop(): Promise<void>;
}

/** Answers as the healthy provider does. */
export function healthyTurn(turn: Turn): void {
  const { events, json } = madeAnswer(turn.dialect, 'text', turn.model, HEALTHY);
  if (!turn.stream) {
    turn.whole(200, json);
    return;
  }
  turn.head(200, { 'Content-Type': 'text/event-stream' });
  for (const event of events) turn.piece(event);
  turn.end();
}

const short = { headersMs: SHORT_MS, answerMs: SHORT_MS, firstOutputMs: SHORT_MS, idleMs: SHORT_MS };
/** Before its output it is given time: the machine may be slow where it is not. */
const shortAfterOutput = { idleMs: SHORT_MS };

function upstreams(to: DialectId, bad: FaultUpstream, good: FaultUpstream | undefined): UpstreamSetup[] {
  const { origin } = bad;
  const failing = { origin, dialects: [to], priority: 1 };
  return [
    { ...failing, id: 'silent', models: [`${SILENT_MODEL}*`], timeouts: short },
    { ...failing, id: 'quiet', models: [`${QUIET_MODEL}*`], timeouts: shortAfterOutput },
    { ...failing, id: 'loud', models: [`${LOUD_MODEL}*`] },
    ...(good === undefined ? [] : [{ id: 'good', origin: good.origin, dialects: [to] }]),
  ];
}

/** Starts the gateways and providers of one format of upstreams. */
export async function startFaultSetting(to: DialectId): Promise<FaultSetting> {
  const scripts = new Map<string, (turn: Turn) => void>();
  const bad = await startFaultUpstream((turn) => scripts.get(turn.model)?.(turn));
  const good = await startFaultUpstream(healthyTurn);
  const health = NEVER_RESTS;
  const both = await startGateway({ upstreams: upstreams(to, bad, good), health });
  const alone = await startGateway({ upstreams: upstreams(to, bad, undefined), health });
  const gateways = [both, alone];
  return {
    to,
    both,
    alone,
    scripts,
    open: () =>
      gateways.flatMap(({ app: { memory }, opened, closed }) => {
        const lanes = ['silent', 'quiet', 'loud', 'good'].map(
          (id) => memory.pool.places.at('upstream', id).inFlight,
        );
        return [memory.running.count, memory.waiting.size, opened.length - closed.length, ...lanes];
      }),
    defects: () => gateways.flatMap(({ logged }) => logged.filter((line) => line.startsWith('["error"'))),
    lateConnections: () =>
      bad.turns
        .filter(({ model, closedMs }) => closedMs === undefined && !model.startsWith(LOUD_MODEL))
        .map(({ model }) => model),
    stop: async () => {
      for (const gateway of gateways) await gateway.stop();
      await bad.close();
      await good.close();
    },
  };
}
