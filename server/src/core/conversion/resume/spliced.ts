// Puts the events of a second answer behind what was said of a first one, so that the client reads one answer: one start,
// blocks numbered on, the open text continued, one end.

import type { Citation, Part, TextPart, TokenLogprob } from '../../model/content.ts';
import type { CloseEvent, DeltaEvent, Emit, EndEvent, OpenEvent, StreamEvent } from '../../model/event.ts';
import type { LossReport } from '../../model/loss.ts';
import type { Usage } from '../../model/usage.ts';
import { addUsage } from './add-usage.ts';
import type { SaidSoFar } from './said-so-far.ts';
import { createSeam, type Seam } from './seam.ts';

/** Second blocks that the client does not get. */
const LEFT_OUT = -1;

/**
 * Takes the second answer's events, all of them, and emits those that the client is to get. `said` is read now, and may go
 * on listening to what is emitted. Reasoning before the first text is left out, as the client has read on from there; it
 * is reported. A repetition of the last words is left out as well (./seam.ts), and usage is the sum of both.
 */
export function spliced(said: SaidSoFar, emit: Emit, losses: LossReport): Emit {
  const splice = new Splice(said, emit, losses);
  return (event) => splice.event(event);
}

class Splice {
  readonly #emit: Emit;
  readonly #losses: LossReport;
  readonly #firstUsage: Usage | undefined;
  readonly #seam: Seam;
  /** The text that stands open before the second answer, until it is closed here. */
  #begun: TextPart | undefined;
  readonly #begunBlock: number;
  #next: number;
  /** Our number of each of the second answer's blocks. */
  readonly #blocks = new Map<number, number>();
  /** The first text of the second answer, which is sewn to what was said. */
  #sewn: { readonly theirs: number; readonly skeleton: Part; ours: number; text: string } | undefined;
  #heldLogprobs: TokenLogprob[] = [];
  #hasText = false;
  #untoldUsage: Usage | undefined;

  constructor(said: SaidSoFar, emit: Emit, losses: LossReport) {
    this.#emit = emit;
    this.#losses = losses;
    this.#firstUsage = said.usage;
    this.#begun = said.open;
    this.#begunBlock = said.parts.length;
    this.#next = said.parts.length + (said.open === undefined ? 0 : 1);
    this.#seam = createSeam(said.text);
  }

  event(event: StreamEvent): void {
    switch (event.type) {
      case 'start':
        this.#untoldUsage = event.usage;
        return;
      case 'open':
        this.#open(event);
        return;
      case 'delta':
        this.#delta(event);
        return;
      case 'section':
      case 'citation':
        this.#beside(event);
        return;
      case 'close':
        this.#close(event);
        return;
      case 'usage':
        this.#untoldUsage = undefined;
        this.#emit({ type: 'usage', usage: addUsage(this.#firstUsage, event.usage) });
        return;
      case 'stop':
        if (event.choice !== 0) return;
        this.#closeBegun();
        this.#emit(event);
        return;
      // What is held back at an error has so far only repeated: a third model begins behind what the client has.
      case 'error':
      case 'ping':
        this.#emit(event);
        return;
      case 'end':
        this.#end(event);
        return;
    }
  }

  #open({ block, choice, part }: OpenEvent): void {
    if (choice !== 0 || (part.type === 'reasoning' && !this.#hasText)) {
      this.#blocks.set(block, LEFT_OUT);
      if (part.type === 'reasoning')
        this.#lose('reasoning', 'The second model reasoned anew; the client does not get that.');
      return;
    }
    if (part.type === 'text' && !this.#hasText) {
      this.#hasText = true;
      const ours = this.#begun === undefined ? LEFT_OUT : this.#begunBlock;
      this.#sewn = { theirs: block, skeleton: part, ours, text: '' };
      return;
    }
    this.#closeBegun();
    this.#hasText = true;
    this.#blocks.set(block, this.#next);
    this.#emit({ type: 'open', block: this.#next++, choice: 0, part });
  }

  #delta(event: DeltaEvent): void {
    const { block, text, logprobs } = event;
    if (this.#sewn?.theirs !== block) {
      const ours = this.#ours(block);
      if (ours !== LEFT_OUT) this.#emit({ ...event, block: ours });
      return;
    }
    if (this.#seam.isSettled) {
      this.#say(text, logprobs);
      return;
    }
    if (logprobs !== undefined) this.#heldLogprobs.push(...logprobs);
    const free = this.#seam.push(text);
    if (this.#seam.isSettled) this.#sayFirst(free);
  }

  /** The first words of the continuation. Log-probabilities of which a part is missing say nothing. */
  #sayFirst(text: string): void {
    const logprobs = this.#heldLogprobs;
    this.#heldLogprobs = [];
    this.#say(text, this.#seam.removed > 0 || logprobs.length === 0 ? undefined : logprobs);
  }

  #say(text: string, logprobs: readonly TokenLogprob[] | undefined): void {
    if (text === '' || this.#sewn === undefined) return;
    const block = this.#sewnBlock(this.#sewn);
    this.#sewn.text += text;
    this.#emit({ type: 'delta', block, text, ...(logprobs === undefined ? {} : { logprobs }) });
  }

  /** Opens the sewn text where it does not continue one. */
  #sewnBlock(sewn: { readonly skeleton: Part; ours: number }): number {
    if (sewn.ours === LEFT_OUT) {
      sewn.ours = this.#next++;
      this.#emit({ type: 'open', block: sewn.ours, choice: 0, part: sewn.skeleton });
    }
    return sewn.ours;
  }

  #beside(event: Extract<StreamEvent, { type: 'section' | 'citation' }>): void {
    if (this.#sewn?.theirs !== event.block) {
      const ours = this.#ours(event.block);
      if (ours !== LEFT_OUT) this.#emit({ ...event, block: ours });
    } else if (event.type === 'citation') {
      this.#settle();
      const citation = moved(event.citation, this.#offset());
      this.#emit({ type: 'citation', block: this.#sewnBlock(this.#sewn), citation });
    }
  }

  #close(event: CloseEvent): void {
    const sewn = this.#sewn;
    if (sewn?.theirs === event.block) {
      this.#settle();
      this.#sewn = undefined;
      if (event.part.type === 'text') this.#closeSewn(sewn, event.part);
      return;
    }
    const ours = this.#ours(event.block);
    if (ours !== LEFT_OUT) this.#emit({ ...event, block: ours });
  }

  #closeSewn(sewn: { readonly ours: number; readonly text: string }, part: TextPart): void {
    // Of a text that only repeated, nothing was opened.
    if (sewn.ours === LEFT_OUT) return;
    const begun = this.#begun;
    const { citations, logprobs, token, ...rest } = part;
    if (token !== undefined) this.#lose('reasoning-token', 'The token is of the continuation alone.');
    const isWhole = this.#seam.removed === 0 && (begun === undefined || (begun.logprobs?.length ?? 0) > 0);
    const cited = citations?.map((citation) => moved(citation, this.#offset())) ?? [];
    const all = [...(begun?.citations ?? []), ...cited];
    const { citations: _cited, logprobs: _known, ...kept }: TextPart = begun ?? rest;
    this.#begun = undefined;
    this.#emit({
      type: 'close',
      block: sewn.ours,
      part: {
        ...kept,
        text: (begun?.text ?? '') + sewn.text,
        ...(all.length === 0 ? {} : { citations: all }),
        ...(logprobs === undefined || !isWhole
          ? {}
          : { logprobs: [...(begun?.logprobs ?? []), ...logprobs] }),
      },
    });
  }

  /** Where the continuation's own text begins in the text that the client reads. */
  #offset(): number {
    return (this.#begun?.text.length ?? 0) - this.#seam.removed;
  }

  /** The text that was open before the second answer ends here, unless the continuation has already ended it. */
  #closeBegun(): void {
    if (this.#begun === undefined) return;
    const part = this.#begun;
    this.#begun = undefined;
    this.#emit({ type: 'close', block: this.#begunBlock, part });
  }

  /** What was held back to find a repetition goes out. */
  #settle(): void {
    if (this.#sewn !== undefined && !this.#seam.isSettled) this.#sayFirst(this.#seam.settle());
  }

  #end({ ext, ...event }: EndEvent): void {
    const usage = this.#untoldUsage;
    if (usage !== undefined) this.#emit({ type: 'usage', usage: addUsage(this.#firstUsage, usage) });
    if (ext !== undefined)
      this.#lose('resumed-answer', 'Members that describe the second answer alone were left out.');
    this.#emit(event);
  }

  #ours(block: number): number {
    return this.#blocks.get(block) ?? LEFT_OUT;
  }

  #lose(feature: string, note: string): void {
    this.#losses.add({ path: '', feature, action: 'dropped', severity: 'hint', note });
  }
}

function moved(citation: Citation, by: number): Citation {
  const { start, end } = citation;
  return {
    ...citation,
    ...(start === undefined ? {} : { start: Math.max(0, start + by) }),
    ...(end === undefined ? {} : { end: Math.max(0, end + by) }),
  };
}
