// Coding tools on this machine that point at a gateway: whether one answers there.

import { isLoopbackHost } from '../config/exposure.ts';
import { hideInUrl } from '../config/present.ts';
import { type Finding, finderOf } from './finding.ts';

/** Where one tool points. */
export interface ToolFacts {
  /** What people call it. */
  readonly title: string;
  /** The name by which `sluice setup` knows it. */
  readonly id: string;
  /** The file that says so. */
  readonly file: string;
  /** Without a slash or a version at its end. */
  readonly url: string;
  /** Sluice has pointed it there. */
  readonly ours: boolean;
  readonly answers: boolean;
}

/** True where the address is that of a gateway and not of a vendor that the tool may use as well. */
export function isGatewayAddress(url: string, ours: boolean): boolean {
  return ours || (URL.canParse(url) && isLoopbackHost(new URL(url).hostname));
}

/** About them; `origin` is where our gateway is, or would be. */
export function toolFindings(facts: readonly ToolFacts[], origin: string): readonly Finding[] {
  const { ok, warning, problem, skipped } = finderOf('tools');
  if (facts.length === 0) return [skipped('No coding tool on this machine points at a gateway.')];
  const dead = facts.filter(({ answers }) => !answers);
  const well = facts.filter(({ answers }) => answers).map(({ title }) => title);
  const found = dead.map(({ title, id, file, url, ours }) => {
    const undo = ours ? `"sluice setup ${id} --undo" puts its settings back` : `correct ${file}`;
    // Ours is merely not started: that is told of the port, too.
    return url === origin
      ? warning(
          `${title} points at ${hideInUrl(url)}, where no gateway runs at the moment.`,
          `Run "sluice serve", or ${undo}.`,
        )
      : problem(
          `${title} points at ${hideInUrl(url)}, where no gateway answers (${file}).`,
          `Start the gateway there, or run "sluice setup ${id}"; ${undo}.`,
        );
  });
  return well.length === 0
    ? found
    : [ok(`A gateway answers where they point: ${well.join(', ')}.`), ...found];
}
