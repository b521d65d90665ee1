// Requests at a steady rate, answered by the gateway's response cache: each is a whole exchange with its event, and costs
// neither the provider nor the machine much.

import { setTimeout as pause } from 'node:timers/promises';
import type { Stage } from '../../kit/stage/stage.ts';

const TICK_MS = 50;

/** Asks so often a minute for so long; answers how many requests were answered. */
export async function keepPace(stage: Stage, load: { perMinute: number; seconds: number }): Promise<number> {
  const perMs = load.perMinute / 60_000;
  const wanted = Math.round(perMs * 1_000 * load.seconds);
  const startedMs = performance.now();
  const running = new Set<Promise<unknown>>();
  let begun = 0;
  let answered = 0;
  while (begun < wanted) {
    const dueNow = Math.min(wanted, (performance.now() - startedMs) * perMs);
    for (; begun < dueNow; begun++) {
      const one = ask(stage).then((ok) => {
        if (ok) answered++;
        running.delete(one);
      });
      running.add(one);
    }
    await pause(TICK_MS);
  }
  await Promise.all(running);
  return answered;
}

async function ask(stage: Stage): Promise<boolean> {
  const options = {
    model: 'fast',
    format: 'openai-chat',
    client: 'alice',
    stream: false,
    deterministic: true,
  } as const;
  const [answer] = await stage.ask(1, { ...options, prompt: 'How are you?', tokens: 30 });
  return answer?.status === 200;
}
