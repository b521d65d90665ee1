// The end of commands that go on until somebody stops them.

/** Aborted when the process is asked to end, or when nobody reads its output any more. */
export function untilStopped(): AbortSignal {
  const stopped = new AbortController();
  const stop = (): void => stopped.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  process.stdout.on('error', stop);
  return stopped.signal;
}
