// A name may end in how hard its model is to think: `gpt-5.5-reasoning-high`. For clients that can choose a model, but know
// nothing of efforts.

import { EFFORTS, type Effort } from '../model/request.ts';

/** An effort that a name can end in; none: no reasoning at all. */
export type AskedEffort = Effort | 'none';

const MARK = '-reasoning-';

/** A name and the effort that it ends in. */
export interface SplitName {
  readonly model: string;
  readonly effort: AskedEffort;
}

/** Takes the effort off a name; undefined where it ends in none, or is nothing else. */
export function splitEffort(name: string): SplitName | undefined {
  const at = name.lastIndexOf(MARK);
  if (at <= 0) return undefined;
  const word = name.slice(at + MARK.length);
  const effort = word === 'none' ? word : EFFORTS.find((known) => known === word);
  return effort === undefined ? undefined : { model: name.slice(0, at), effort };
}
