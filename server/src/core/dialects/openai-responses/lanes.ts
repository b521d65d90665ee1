// Puts the pieces of a streamed answer in a row. The blocks of the model never interleave, while nothing keeps a server
// from working on several output items at once: the first one is passed on as it comes, the others wait for their turn.

import type { Citation, Part, TokenLogprob } from '../../model/content.ts';
import type { Emit } from '../../model/event.ts';

/** One block in the making. Everything may be called in any order; after `close` nothing has an effect. */
export interface Lane {
  delta(text: string, logprobs?: readonly TokenLogprob[]): void;
  section(): void;
  cite(citation: Citation): void;
  close(part: Part): void;
  readonly isClosed: boolean;
}

/** All lanes of one answer. */
export interface Lanes {
  /** A lane behind all others; `skeleton` is the part of its open event. */
  open(skeleton: Part): Lane;
}

type Step =
  | { readonly do: 'delta'; readonly text: string; readonly logprobs: readonly TokenLogprob[] | undefined }
  | { readonly do: 'section' }
  | { readonly do: 'cite'; readonly citation: Citation }
  | { readonly do: 'close'; readonly part: Part };

/** Makes the lanes of one answer. */
export function createLanes(emit: Emit): Lanes {
  const waiting: BlockLane[] = [];
  let blocks = 0;
  /** The first lane has closed: the next ones follow, as far as they are. */
  const advance = (): void => {
    do {
      waiting.shift();
      waiting[0]?.enter(blocks++);
    } while (waiting[0]?.isClosed === true);
  };
  return {
    open(skeleton) {
      const lane = new BlockLane(emit, skeleton, advance);
      waiting.push(lane);
      if (waiting.length === 1) lane.enter(blocks++);
      return lane;
    },
  };
}

class BlockLane implements Lane {
  readonly #emit: Emit;
  readonly #skeleton: Part;
  readonly #advance: () => void;
  #block = -1;
  #held: Step[] = [];
  isClosed = false;

  constructor(emit: Emit, skeleton: Part, advance: () => void) {
    this.#emit = emit;
    this.#skeleton = skeleton;
    this.#advance = advance;
  }

  /** It is this lane's turn: what it held back goes out. */
  enter(block: number): void {
    this.#block = block;
    this.#emit({ type: 'open', block, choice: 0, part: this.#skeleton });
    const held = this.#held;
    this.#held = [];
    for (const step of held) this.#run(step);
  }

  delta(text: string, logprobs?: readonly TokenLogprob[]): void {
    if (this.isClosed || text === '') return;
    if (this.#block === -1) this.#held.push({ do: 'delta', text, logprobs });
    else if (logprobs === undefined) this.#emit({ type: 'delta', block: this.#block, text });
    else this.#emit({ type: 'delta', block: this.#block, text, logprobs });
  }

  section(): void {
    this.#step({ do: 'section' });
  }

  cite(citation: Citation): void {
    this.#step({ do: 'cite', citation });
  }

  close(part: Part): void {
    if (this.isClosed) return;
    this.#step({ do: 'close', part });
    this.isClosed = true;
    if (this.#block !== -1) this.#advance();
  }

  #step(step: Step): void {
    if (this.isClosed) return;
    if (this.#block === -1) this.#held.push(step);
    else this.#run(step);
  }

  #run(step: Step): void {
    const block = this.#block;
    switch (step.do) {
      case 'delta': {
        const { text, logprobs } = step;
        this.#emit(
          logprobs === undefined ? { type: 'delta', block, text } : { type: 'delta', block, text, logprobs },
        );
        return;
      }
      case 'section':
        this.#emit({ type: 'section', block });
        return;
      case 'cite':
        this.#emit({ type: 'citation', block, citation: step.citation });
        return;
      case 'close':
        this.#emit({ type: 'close', block, part: step.part });
    }
  }
}
