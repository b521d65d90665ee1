// How one wire format is read and written by the demo model.

import type { Json } from './json.ts';
import type { DemoAsk, DemoScript } from './script.ts';

/** One event of a stream. `paced` events wait for the pace of a human reader. */
export interface DemoFrame {
  readonly event?: string;
  readonly data: Json | '[DONE]';
  readonly paced: boolean;
}

/** Facts of one answer. */
export interface DemoAnswer {
  readonly id: string;
  readonly model: string;
  /** Unix seconds. */
  readonly created: number;
  readonly script: DemoScript;
  /** The request, for members that an answer echoes. */
  readonly request: Json;
}

/** One of the four formats. */
export interface DemoFormat {
  read(request: Json, bytes: number): DemoAsk;
  json(answer: DemoAnswer): Json;
  frames(answer: DemoAnswer): DemoFrame[];
}

/** Splits a text into pieces of about a word, as a model would stream it. */
export function pieces(text: string): string[] {
  return text.match(/\s*\S+\s*?(?=\s|$)/g) ?? [text];
}

/** A frame that is sent at once. */
export function now(data: Json | '[DONE]', event?: string): DemoFrame {
  return { data, paced: false, ...(event === undefined ? {} : { event }) };
}

/** A frame that waits its turn. */
export function paced(data: Json, event?: string): DemoFrame {
  return { data, paced: true, ...(event === undefined ? {} : { event }) };
}
