// Ends a server whose npm is gone. `npm start` puts a shell between itself and us; a signal sent to npm ends both of them
// and never reaches us, and the server would go on alone, holding its port and its ledger.

const lookEveryMs = 300;

/** Ends this process like SIGTERM does once its parent has gone, unless a signal of its own has arrived by then. */
export function endWithParent() {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, lookEveryMs);
  watch.unref();

  // Ctrl-C reaches us and the shell alike. The server then stops in good order, and a second signal would cut that short.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.once(signal, () => {
      clearInterval(watch);
      // Nobody else listens, so this listener alone has kept the signal from its usual effect.
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    });
  }
}
