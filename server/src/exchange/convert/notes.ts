// What the gateway itself wants to know of a converted answer while it goes by.

import type { AnswerFacts } from '../../core/conversion/convert.ts';
import type { SluiceError } from '../../core/model/error.ts';
import { estimateInputTokens, textTokens } from '../../core/model/estimate.ts';
import type { StreamEvent } from '../../core/model/event.ts';
import type { Usage } from '../../core/model/usage.ts';
import type { Exchange } from '../context.ts';

/** Filled by `see` from the events of one answer. */
export interface AnswerNotes {
  see(event: StreamEvent): void;
  /** Something that the client can use has come. */
  readonly output: boolean;
  /** Every choice has stopped; usage may still come. */
  readonly stopped: boolean;
  readonly ended: boolean;
  readonly error: SluiceError | undefined;
  readonly usage: Usage | undefined;
  /** About how many tokens of output went by. */
  readonly outputTokens: number;
  readonly id: string | undefined;
  readonly model: string | undefined;
}

/** Empty notes. */
export function answerNotes(): AnswerNotes {
  let output = false;
  let stopped = false;
  let ended = false;
  let error: SluiceError | undefined;
  let usage: Usage | undefined;
  let tokens = 0;
  let id: string | undefined;
  let model: string | undefined;
  return {
    see(event) {
      switch (event.type) {
        case 'start':
          id = event.id;
          model = event.model;
          usage = event.usage ?? usage;
          break;
        case 'delta':
          output = true;
          tokens += textTokens(event.text);
          break;
        case 'close':
          output = true;
          break;
        case 'usage':
          usage = event.usage;
          break;
        case 'stop':
          output = true;
          stopped = true;
          break;
        case 'end':
          ended = true;
          break;
        case 'error':
          error = event.error;
          break;
      }
    },
    get output() {
      return output;
    },
    get stopped() {
      return stopped;
    },
    get ended() {
      return ended;
    },
    get error() {
      return error;
    },
    get usage() {
      return usage;
    },
    get outputTokens() {
      return Math.ceil(tokens);
    },
    get id() {
      return id;
    },
    get model() {
      return model;
    },
  };
}

/** With what the answer to an exchange is written. */
export function answerFacts(exchange: Exchange): AnswerFacts {
  const request = exchange.decoded();
  return {
    model: exchange.shownModel ?? exchange.peeked.model,
    ...(exchange.shownModel === undefined ? { ownName: true } : {}),
    seed: exchange.inbound.id.replace(/^req_|[^0-9a-f]/g, ''),
    createdAt: Math.floor(exchange.ports.clock.epochMs() / 1000),
    inputTokens: 'code' in request ? 0 : estimateInputTokens(request),
  };
}
