// The events of a stream as the complete answer that they add up to, for clients that did not ask for a stream.

import type { Part } from './content.ts';
import type { DialectId } from './dialect-id.ts';
import type { SluiceError } from './error.ts';
import type { Emit, EndEvent, StartEvent } from './event.ts';
import type { ChatResponse, Choice, Stop } from './response.ts';
import type { Usage } from './usage.ts';

/** What is known of one choice so far. */
interface Growing {
  readonly parts: Part[];
  stop: Stop | undefined;
}

/**
 * Gathers one stream whose `ext` members are in the words of `origin`. `done` is called once: with the answer at its end,
 * or with the error that the stream ended in. What comes after is not heard.
 */
export function createFold(origin: DialectId, done: (answer: ChatResponse | SluiceError) => void): Emit {
  let start: StartEvent | undefined;
  let usage: Usage | undefined;
  let over = false;
  const choices = new Map<number, Growing>();
  /** The choice of each block, by its number. */
  const places: number[] = [];

  const growing = (index: number): Growing => {
    let choice = choices.get(index);
    if (choice === undefined) {
      choice = { parts: [], stop: undefined };
      choices.set(index, choice);
    }
    return choice;
  };

  return (event) => {
    if (over) return;
    switch (event.type) {
      case 'start':
        start = event;
        usage = event.usage;
        return;
      case 'open':
        places[event.block] = event.choice;
        growing(event.choice);
        return;
      case 'close':
        growing(places[event.block] ?? 0).parts.push(event.part);
        return;
      case 'usage':
        usage = event.usage;
        return;
      case 'stop':
        growing(event.choice).stop = event.stop;
        return;
      case 'error':
        over = true;
        done(event.error);
        return;
      case 'end':
        over = true;
        done(summed(origin, start, event, [...choices], usage));
        return;
      default:
        return;
    }
  };
}

function summed(
  origin: DialectId,
  start: StartEvent | undefined,
  end: EndEvent,
  choices: readonly (readonly [number, Growing])[],
  usage: Usage | undefined,
): ChatResponse {
  const serviceTier = end.serviceTier ?? start?.serviceTier;
  const ext =
    start?.ext === undefined || end.ext === undefined
      ? (end.ext ?? start?.ext)
      : { ...start.ext, ...end.ext };
  return {
    origin,
    id: start?.id ?? '',
    model: start?.model ?? '',
    ...(start?.createdAt === undefined ? {} : { createdAt: start.createdAt }),
    choices: ordered(choices),
    ...(usage === undefined ? {} : { usage }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
    ...(ext === undefined ? {} : { ext }),
  };
}

/** By index; an answer of which nothing was heard has one empty choice. */
function ordered(choices: readonly (readonly [number, Growing])[]): Choice[] {
  const all = choices.map(([index, { parts, stop }]) => ({
    index,
    parts,
    stop: stop ?? { reason: 'other' as const },
  }));
  if (all.length === 0) return [{ index: 0, parts: [], stop: { reason: 'other' } }];
  return all.sort((a, b) => a.index - b.index);
}
