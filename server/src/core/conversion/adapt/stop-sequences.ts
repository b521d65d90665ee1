// Stop sequences that the target cannot be told: the gateway cuts the answer itself.

import type { Emit, StreamEvent } from '../../model/event.ts';
import type { Pass } from '../adapt.ts';
import { pathOfMember } from './paths.ts';

/** Stop sequences: as many as the target takes go there, and when that is not all of them the answer is cut here. */
export const stopSequences: Pass = (request, { traits, losses }) => {
  const stop = request.sampling.stop?.filter((sequence) => sequence !== '') ?? [];
  if (stop.length <= traits.stopSequences) return { request };
  losses.add({
    path: pathOfMember(request.origin, 'stop'),
    feature: 'stop-sequences',
    action: 'emulated',
    severity: 'quality',
    note: 'The target does not take these stop sequences; the gateway ends the answer, the target may write on unseen.',
  });
  const { stop: _all, ...rest } = request.sampling;
  const sent = stop.slice(0, traits.stopSequences);
  const sampling = sent.length === 0 ? rest : { ...rest, stop: sent };
  return { request: { ...request, sampling }, raise: (emit) => cutting(stop, emit) };
};

/** A text block that is being watched. */
interface Watched {
  readonly choice: number;
  /** The number that the client knows it by. */
  readonly block: number;
  /** What was sent of it. */
  text: string;
  /** What might be the beginning of a stop sequence. */
  held: string;
  readonly isText: boolean;
}

/** Where the first of the sequences begins in a text. */
function firstIn(
  text: string,
  stops: readonly string[],
): { readonly at: number; readonly sequence: string } | undefined {
  let first: { at: number; sequence: string } | undefined;
  for (const sequence of stops) {
    const at = text.indexOf(sequence);
    if (at !== -1 && (first === undefined || at < first.at)) first = { at, sequence };
  }
  return first;
}

/** How many characters at the end of a text may be the beginning of a sequence. */
function heldBack(text: string, stops: readonly string[]): number {
  let longest = 0;
  for (const sequence of stops) {
    const most = Math.min(sequence.length - 1, text.length);
    for (let length = most; length > longest; length--)
      if (text.endsWith(sequence.slice(0, length))) {
        longest = length;
        break;
      }
  }
  return longest;
}

/** Cuts the text of each choice at the first stop sequence and swallows what follows of that choice. */
function cutting(stops: readonly string[], emit: Emit): Emit {
  const watched = new Map<number, Watched>();
  const over = new Set<number>();
  let opened = 0;

  const send = (block: Watched, text: string): void => {
    if (text === '') return;
    block.text += text;
    emit({ type: 'delta', block: block.block, text });
  };

  /** More text of a block; true when it met a stop sequence. */
  const read = (block: Watched, text: string): boolean => {
    const all = block.held + text;
    const met = firstIn(all, stops);
    if (met === undefined) {
      const held = heldBack(all, stops);
      block.held = all.slice(all.length - held);
      send(block, all.slice(0, all.length - held));
      return false;
    }
    send(block, all.slice(0, met.at));
    emit({ type: 'close', block: block.block, part: { type: 'text', text: block.text } });
    emit({ type: 'stop', choice: block.choice, stop: { reason: 'stop-sequence', sequence: met.sequence } });
    over.add(block.choice);
    return true;
  };

  const ofBlock = (event: Extract<StreamEvent, { block: number }>, block: Watched): void => {
    switch (event.type) {
      case 'delta':
        if (!block.isText) emit(renumbered(event, block.block));
        else if (
          block.held === '' &&
          firstIn(event.text, stops) === undefined &&
          heldBack(event.text, stops) === 0
        ) {
          block.text += event.text;
          emit(renumbered(event, block.block));
        } else read(block, event.text);
        return;
      case 'close':
        send(block, block.held);
        emit(renumbered(event, block.block));
        return;
      default:
        emit(renumbered(event, block.block));
    }
  };

  return (event) => {
    if (event.type === 'open') {
      if (over.has(event.choice)) return;
      const isText = event.part.type === 'text';
      const block = { choice: event.choice, block: opened++, text: '', held: '', isText };
      watched.set(event.block, block);
      emit(renumbered(event, block.block));
    } else if ('block' in event) {
      const block = watched.get(event.block);
      if (block !== undefined && !over.has(block.choice)) ofBlock(event, block);
    } else if (event.type !== 'stop' || !over.has(event.choice)) emit(event);
  };
}

function renumbered<E extends Extract<StreamEvent, { block: number }>>(event: E, block: number): E {
  return event.block === block ? event : { ...event, block };
}
