// What every converted answer of a model leaves behind, however it is delivered: usage and model in the record, its id
// with its owner.

import type { Conversion } from '../../core/conversion/convert.ts';
import type { StreamEvent } from '../../core/model/event.ts';
import { rememberAnswer } from '../answer-owner.ts';
import type { AttemptControl, Exchange } from '../context.ts';
import { keepReasoning } from '../reasoning-keep.ts';
import type { ConvertedAttempt } from './json-answer.ts';
import type { AnswerNotes } from './notes.ts';

/** One attempt whose answer of a model is converted. */
export interface Converting extends ConvertedAttempt {
  readonly conversion: Conversion;
}

/** Hears the events of one answer and, at its end, notes what is known of it. */
export interface Answered {
  see(event: StreamEvent): void;
  note(): void;
}

/** Ties the notes of an answer to the exchange. */
export function answered(exchange: Exchange, control: AttemptControl, notes: AnswerNotes): Answered {
  const { record } = control;
  record.outputTokens = () => notes.outputTokens;
  const keep = keepReasoning(exchange.ports.keep, exchange.inbound.client?.id);
  return {
    see(event) {
      notes.see(event);
      keep(event);
    },
    note() {
      record.usage = notes.usage;
      record.modelServed = notes.model ?? record.target.model;
      rememberAnswer(exchange, notes.id, record.target);
    },
  };
}
