// The key of an answer: a digest of the question and of everything else that an answer depends on. Nobody gets the answer to
// another question, and of another client only where the route says so.

import type { Exchange, Target } from '../context.ts';

/** Changes when what is hashed changes its meaning, so that a new version does not read what an old one has kept. */
const VERSION = 'answer 1';

/** Headers by which a client switches on what a provider does not do for everyone. */
const SWITCHES = ['anthropic-beta', 'openai-beta'];

/** The key under which the answer to a request is kept. */
export function answerKey(
  { ports, inbound, route, use }: Exchange,
  question: string,
  candidates: readonly Target[],
): string {
  const shared = route.cache?.scope === 'shared';
  const facts = [
    VERSION,
    use,
    route.id,
    shared ? 'shared' : ['client', inbound.client?.id ?? null],
    targetsOf(candidates),
    SWITCHES.map((name) => listed(inbound.header(name))),
  ];
  return ports.hash(`${JSON.stringify(facts)}\n${question}`);
}

/** Who may answer, under which name: aliases and routes are done with here. Keys of one upstream are alike. */
function targetsOf(candidates: readonly Target[]): readonly string[] {
  const names = candidates.map(({ upstream, model, effort }) =>
    JSON.stringify([upstream.id, model, effort ?? null, Object.entries(upstream.baseUrls).sort(byName)]),
  );
  return [...new Set(names)].sort();
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

function listed(header: string | undefined): readonly string[] {
  return (header ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
    .sort();
}
