// An encoder that goes on behind bytes that somebody else wrote: what an upstream's stream said before it broke off, and
// the client got as it came. The encoder is told all that again, and what it writes meanwhile is thrown away; from then on
// it knows where it stands.

import type { AnswerEncoding, Begun, Dialect, Framing, SentTrail, Write } from '../../dialects/dialect.ts';
import type { Emit } from '../../model/event.ts';
import type { ChatRequest } from '../../model/request.ts';
import { type SaidSoFar, saidSoFar } from './said-so-far.ts';

/** Follows a stream whose bytes go through, beside the relay. */
export interface Overheard {
  readonly said: SaidSoFar;
  readonly trail: SentTrail;
  /** One event, or element of an array, that was sent to the client, in order. */
  event(name: string, data: string): void;
}

/** Begins to follow one. `request`: the client's, decoded. Its last call is the last complete event that was sent. */
export function overhear(dialect: Dialect, request: ChatRequest): Overheard {
  const said = saidSoFar(request);
  const trail = dialect.trail();
  const decoder = dialect.codec.decodeStream(said.see);
  return {
    said,
    trail,
    event(name, data) {
      trail.event(name, data);
      decoder.event(name, data);
    },
  };
}

/**
 * Takes the events that follow (./spliced.ts makes them) and writes them behind what was sent. `encoding` is that of an
 * ordinary conversion, with the model name that the client has seen so far; ids and numbers are those of the first part.
 * undefined where nothing can follow: the answer is not resumable, or the wire stands where it cannot be gone on with.
 */
export function primedEncoder(
  dialect: Dialect,
  encoding: AnswerEncoding,
  framing: Framing,
  { said, trail }: Pick<Overheard, 'said' | 'trail'>,
  write: Write,
): Emit | undefined {
  const replay = said.resumable ? trail.replay(said) : undefined;
  if (replay === undefined) return undefined;
  let isPriming = true;
  let next = trail.nextNumber;
  const begun: Begun = {
    id: said.start?.id ?? '',
    nextNumber: () => (isPriming ? 0 : next++),
  };
  const sent: Write = (text) => {
    if (!isPriming) write(text);
  };
  const encoder = dialect.codec.encodeStream(sent, { ...encoding, origin: dialect.id, begun }, framing);
  for (const event of replay) encoder.event(event);
  isPriming = false;
  return (event) => encoder.event(event);
}
