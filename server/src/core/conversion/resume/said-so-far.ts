// Listens to a streamed answer as the client gets it, so that another model can go on with it when its stream breaks off.
// It keeps the answer folded, not its deltas.

import type { Citation, Part, TextPart, TokenLogprob } from '../../model/content.ts';
import type { Emit, OpenEvent, StartEvent, StreamEvent } from '../../model/event.ts';
import type { ChatRequest } from '../../model/request.ts';
import type { Said } from '../../model/said.ts';
import type { Usage } from '../../model/usage.ts';

/** An answer of more characters than this is not gone on with, and not kept. */
const MOST_CHARACTERS = 4_000_000;

/** What was said of an answer so far. */
export interface SaidSoFar extends Said {
  /** Hears the next event that the client gets. Does not need its receiver. */
  readonly see: Emit;
  /**
   * Another model can go on: the last thing is text, open or just closed, or there is nothing but closed reasoning that
   * nobody signed. Never within or after a call, within reasoning or what comes whole, with several answers side by side,
   * or once the answer has said why it stops.
   */
  readonly resumable: boolean;
  /** All text that was said. */
  readonly text: string;
}

/** Listens to the answer of one request. */
export function saidSoFar(request: ChatRequest): SaidSoFar {
  return new Listener(!canBeContinued(request));
}

/**
 * A document that a schema prescribes begins anew with every model, several answers cannot be told apart in a
 * continuation, and a conversation that the provider keeps has already heard the question.
 */
function canBeContinued({ sampling, output, state }: ChatRequest): boolean {
  const isText = output === undefined || output.type === 'text';
  return isText && (sampling.n ?? 1) === 1 && state?.conversation === undefined && state?.background !== true;
}

/** A text that is being said. */
interface OpenText {
  readonly skeleton: TextPart;
  text: string;
  citations: Citation[] | undefined;
  logprobs: TokenLogprob[] | undefined;
}

class Listener implements SaidSoFar {
  start: StartEvent | undefined;
  usage: Usage | undefined;
  parts: Part[] = [];
  #text: OpenText | undefined;
  /** A block is open that is not a text. */
  #isOtherOpen = false;
  #isBarred: boolean;
  #characters = 0;

  constructor(isBarred: boolean) {
    this.#isBarred = isBarred;
  }

  readonly see: Emit = (event) => {
    if (!this.#isBarred) this.#hear(event);
  };

  get open(): TextPart | undefined {
    if (this.#text === undefined) return undefined;
    const { skeleton, text, citations, logprobs } = this.#text;
    return {
      ...skeleton,
      text,
      ...(citations === undefined ? {} : { citations }),
      ...(logprobs === undefined ? {} : { logprobs }),
    };
  }

  get resumable(): boolean {
    if (this.#isBarred || this.#isOtherOpen) return false;
    if (this.#text !== undefined || this.parts.at(-1)?.type === 'text') return true;
    return this.parts.every((part) => part.type === 'reasoning' && part.token === undefined);
  }

  get text(): string {
    let text = '';
    for (const part of this.parts) if (part.type === 'text') text += part.text;
    return text + (this.#text?.text ?? '');
  }

  #hear(event: StreamEvent): void {
    switch (event.type) {
      case 'delta':
        this.#characters += event.text.length;
        if (this.#characters > MOST_CHARACTERS) {
          this.#bar();
          return;
        }
        if (this.#text === undefined) return;
        this.#text.text += event.text;
        if (event.logprobs !== undefined) {
          this.#text.logprobs ??= [];
          for (const one of event.logprobs) this.#text.logprobs.push(one);
        }
        return;
      case 'start':
        this.start = event;
        this.usage = event.usage;
        return;
      case 'open':
        this.#opened(event);
        return;
      case 'citation':
        if (this.#text === undefined) return;
        this.#text.citations ??= [];
        this.#text.citations.push(event.citation);
        return;
      case 'close':
        this.#text = undefined;
        this.#isOtherOpen = false;
        this.parts.push(event.part);
        return;
      case 'usage':
        this.usage = event.usage;
        return;
      case 'stop':
      case 'end':
        this.#bar();
        return;
      // An error is how a break is told; what stands is what was said before it.
      case 'error':
      case 'section':
      case 'ping':
        return;
    }
  }

  #opened({ choice, part }: OpenEvent): void {
    if (choice !== 0 || part.type === 'tool-call' || part.type === 'refusal') {
      this.#bar();
      return;
    }
    if (part.type === 'text')
      this.#text = { skeleton: part, text: '', citations: undefined, logprobs: undefined };
    else this.#isOtherOpen = true;
  }

  /** Nothing can follow any more: what was kept is let go. */
  #bar(): void {
    this.#isBarred = true;
    this.parts = [];
    this.#text = undefined;
  }
}
