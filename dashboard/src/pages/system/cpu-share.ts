// How much of one core the process has used between two looks at it.

import { useRef } from 'react';

/** A look at the counters of a process. */
export interface CpuLook {
  readonly cpuSeconds: number;
  readonly uptimeMs: number;
  readonly startedAtMs: number;
}

/** Share of one core between two looks; since the start where there is only one, or the process is another. */
export function cpuShareOf(now: CpuLook, before: CpuLook | undefined): number | undefined {
  const known =
    before !== undefined && before.startedAtMs === now.startedAtMs && before.uptimeMs < now.uptimeMs;
  const spentMs = (now.cpuSeconds - (known ? before.cpuSeconds : 0)) * 1_000;
  const tookMs = now.uptimeMs - (known ? before.uptimeMs : 0);
  return tookMs <= 0 ? undefined : Math.max(0, spentMs / tookMs);
}

/** The same over the looks of a component; a look that is repeated counts once. */
export function useCpuShare(cpuSeconds: number, uptimeMs: number, startedAtMs: number): number | undefined {
  const looks = useRef<{ now: CpuLook; before: CpuLook | undefined } | undefined>(undefined);
  const last = looks.current;
  if (last === undefined || last.now.uptimeMs !== uptimeMs || last.now.startedAtMs !== startedAtMs)
    looks.current = { now: { cpuSeconds, uptimeMs, startedAtMs }, before: last?.now };
  const { now, before } = looks.current ?? { now: { cpuSeconds, uptimeMs, startedAtMs }, before: undefined };
  return cpuShareOf(now, before);
}
