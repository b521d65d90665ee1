// Asks the gateway that served this page how it is. Both routes are public, so no credential is involved.

/** What one check of one route can find. `answeredMs` is the time until the answer's head, in milliseconds. */
export type Finding =
  | { readonly kind: 'ok'; readonly answeredMs: number }
  | { readonly kind: 'refused'; readonly status: number; readonly answeredMs: number }
  | { readonly kind: 'unreachable' };

/** Both findings of one round. */
export interface GatewayStatus {
  /** GET /health: the process answers. */
  readonly health: Finding;
  /** GET /ready: it can take requests. */
  readonly ready: Finding;
  /** Epoch milliseconds at which the round was complete. */
  readonly checkedAtMs: number;
}

/** The one-word summary of a round. */
export type Verdict = 'ok' | 'not-ready' | 'unreachable';

/** A route that has not answered after this long counts as unreachable. */
const patienceMs = 4_000;

async function ask(path: string, signal: AbortSignal): Promise<Finding> {
  const startedMs = performance.now();
  try {
    const answer = await fetch(path, {
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
    });
    const answeredMs = Math.round(performance.now() - startedMs);
    await answer.body?.cancel();
    return answer.ok ? { kind: 'ok', answeredMs } : { kind: 'refused', status: answer.status, answeredMs };
  } catch {
    return { kind: 'unreachable' };
  }
}

/** Checks both routes at the page's own origin. Never rejects; an aborted check reads as unreachable. */
export async function checkGateway(signal: AbortSignal): Promise<GatewayStatus> {
  const [health, ready] = await Promise.all([ask('/health', signal), ask('/ready', signal)]);
  return { health, ready, checkedAtMs: Date.now() };
}

/** Unreachable when nothing answered at all; ok only when both routes said so. */
export function verdictOf(status: GatewayStatus): Verdict {
  if (status.health.kind === 'unreachable' && status.ready.kind === 'unreachable') return 'unreachable';
  return status.health.kind === 'ok' && status.ready.kind === 'ok' ? 'ok' : 'not-ready';
}
