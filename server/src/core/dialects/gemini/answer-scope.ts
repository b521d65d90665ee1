// What the candidates of one answer, and the readers of their blocks, share.

import type { Emit } from '../../model/event.ts';

/** One answer that is being read. */
export interface AnswerScope {
  readonly emit: Emit;
  nextBlock(): number;
  /** Tells this answer's calls from those of others. */
  readonly seed: string;
}
