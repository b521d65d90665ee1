// A stream to a client that broke off after output, and what it takes to go on with it.

import { answerWriter, type Conversion } from '../../core/conversion/convert.ts';
import { overhear, primedEncoder } from '../../core/conversion/resume/primed-encoder.ts';
import { saidSoFar } from '../../core/conversion/resume/said-so-far.ts';
import type { Write } from '../../core/dialects/dialect.ts';
import { readElements } from '../../core/json/array-blocks.ts';
import type { Emit } from '../../core/model/event.ts';
import { lossReport } from '../../core/model/loss.ts';
import { readEvents } from '../../core/sse/parse.ts';
import type { Exchange } from '../context.ts';
import { answerFacts } from '../convert/notes.ts';
import type { Broken } from '../outcome.ts';

/** Follows a stream whose bytes go to the client as they are. */
export interface Followed {
  /** Complete events that were sent. */
  sent(block: Buffer): void;
  readonly broken: Broken;
}

/** Whether a stream of this exchange is to be gone on with when it breaks off. */
function isResumed({ route, use, peeked }: Exchange): boolean {
  return route.streamFailure === 'resume' && use === 'generate' && peeked.stream && peeked.several !== true;
}

/** Begins to follow; undefined where the answer could not be gone on with. */
export function followStream(exchange: Exchange): Followed | undefined {
  if (!isResumed(exchange)) return undefined;
  const request = exchange.decoded();
  if ('code' in request) return undefined;
  const { dialect, framing } = exchange;
  const overheard = overhear(dialect, request);
  let write: Write = ignore;
  let encoder: Emit | undefined;
  const broken: Broken = {
    said: overheard.said,
    writer(next) {
      write = next;
      const facts = answerFacts(exchange);
      // What follows calls the model as the client has read it so far.
      const model = overheard.said.start?.model || facts.model;
      const encoding = { ...facts, model, request, losses: lossReport() };
      encoder ??= primedEncoder(dialect, encoding, framing, overheard, (text) => write(text));
      return encoder;
    },
  };
  return {
    sent(block) {
      if (framing === 'sse') readEvents(block, ({ event, data }) => overheard.event(event, data));
      else readElements(block, (text) => overheard.event('', text));
    },
    broken,
  };
}

/** The events of a converted stream, with a writer that outlives the upstream. */
export interface Kept {
  readonly emit: Emit;
  readonly broken: Broken | undefined;
}

/** Writes the events of a converted stream, so that another upstream can go on where that is wanted. */
export function keptWriter(exchange: Exchange, conversion: Conversion, write: Write): Kept {
  if (!isResumed(exchange)) {
    return {
      emit: answerWriter(conversion, answerFacts(exchange), exchange.framing, write),
      broken: undefined,
    };
  }
  const said = saidSoFar(conversion.setting.request);
  let current = write;
  const encode = answerWriter(conversion, answerFacts(exchange), exchange.framing, (text) => current(text));
  const broken: Broken = {
    said,
    writer(next) {
      current = next;
      return encode;
    },
  };
  return {
    // Whether the answer ends in an error is decided where the next candidate is chosen.
    emit: (event) => {
      if (event.type === 'error' && said.resumable) return;
      said.see(event);
      encode(event);
    },
    broken,
  };
}

function ignore(): void {}
