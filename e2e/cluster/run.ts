// Puts three instances through everything and prints what came of it.

import { startCluster } from './cluster.ts';
import { budget, clientLimits, exactLedger, keyLimits, killedInstance, rollingRestart } from './scenarios.ts';

/** Runs all scenarios, and says each figure in a line. */
export async function measure(say: (line: string) => void): Promise<void> {
  const cluster = await startCluster();
  try {
    say('Three instances behind nginx, one Redis, one PostgreSQL');
    say(line('limits of a key', await keyLimits(cluster)));
    say(line('limit of a client', await clientLimits(cluster)));
    say(line('budget of a client', await budget(cluster)));
    say(line('ledger', await exactLedger(cluster, 3_000)));
    say(line('rolling restart', await rollingRestart(cluster)));
    say(line('one instance killed', await killedInstance(cluster)));
  } finally {
    await cluster.stop();
  }
}

function line(what: string, figures: object): string {
  return `${what}: ${JSON.stringify(figures)}`;
}
