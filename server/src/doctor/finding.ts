// What an examination finds: one sentence about each thing that was looked at, and what to do where it is not well.

/** ok; warning: it works, and somebody should look at it; problem: it does not work; skipped: there was nothing to look at, or no way. */
export type FindingState = 'ok' | 'warning' | 'problem' | 'skipped';

/** What was looked at, in the order in which it is told. */
export const CHECKS = [
  'node',
  'configuration',
  'port',
  'keys',
  'upstreams',
  'clock',
  'proxies',
  'data-folder',
  'secrets',
  'database',
  'redis',
  'tools',
] as const;
export type CheckName = (typeof CHECKS)[number];

/** One finding. Holds no secret. */
export interface Finding {
  readonly check: CheckName;
  readonly state: FindingState;
  /** A sentence. */
  readonly message: string;
  /** What to do; only where something is to be done. */
  readonly fix?: string;
}

/** Findings of one check, made with fewer words. */
export interface Finder {
  ok(message: string): Finding;
  warning(message: string, fix?: string): Finding;
  problem(message: string, fix?: string): Finding;
  skipped(message: string): Finding;
}

/** The words of one check. */
export function finderOf(check: CheckName): Finder {
  const make = (state: FindingState, message: string, fix?: string): Finding =>
    fix === undefined ? { check, state, message } : { check, state, message, fix };
  return {
    ok: (message) => make('ok', message),
    warning: (message, fix) => make('warning', message, fix),
    problem: (message, fix) => make('problem', message, fix),
    skipped: (message) => make('skipped', message),
  };
}

/** Findings in the order of their checks, and within one as they came. */
export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((left, right) => CHECKS.indexOf(left.check) - CHECKS.indexOf(right.check));
}

/** The result of a look that may take too long, or go wrong in a way that nobody foresaw: then a finding that says so. */
export async function bounded(
  check: CheckName,
  timeoutMs: number,
  look: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  const { warning } = finderOf(check);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly Finding[]>((resolve) => {
    timer = setTimeout(
      () =>
        resolve([warning(`This could not be looked at within ${Math.round(timeoutMs / 1_000)} seconds.`)]),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([look(), late]);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    return [
      warning(`This could not be looked at${code}.`, 'Please report it as a defect of "sluice doctor".'),
    ];
  } finally {
    clearTimeout(timer);
  }
}
