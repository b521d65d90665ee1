// What the gateway itself wants to know of a converted answer while it goes by.

import type { AnswerFacts } from '../../core/conversion/convert.ts';
import type { SluiceError } from '../../core/model/error.ts';
import { estimateInputTokens, textTokens } from '../../core/model/estimate.ts';
import type { StreamEvent } from '../../core/model/event.ts';
import type { Usage } from '../../core/model/usage.ts';
import type { Exchange } from '../context.ts';

/** What the events of one answer tell, from those that were seen. */
export class AnswerNotes {
  #output = false;
  #stopped = false;
  #ended = false;
  #error: SluiceError | undefined;
  #usage: Usage | undefined;
  #tokens = 0;
  #id: string | undefined;
  #model: string | undefined;

  see(event: StreamEvent): void {
    switch (event.type) {
      case 'start':
        this.#id = event.id;
        this.#model = event.model;
        this.#usage = event.usage ?? this.#usage;
        break;
      case 'delta':
        this.#output = true;
        this.#tokens += textTokens(event.text);
        break;
      case 'close':
        this.#output = true;
        break;
      case 'usage':
        this.#usage = event.usage;
        break;
      case 'stop':
        this.#output = true;
        this.#stopped = true;
        break;
      case 'end':
        this.#ended = true;
        break;
      case 'error':
        this.#error = event.error;
        break;
    }
  }

  /** Something that the client can use has come. */
  get output(): boolean {
    return this.#output;
  }

  /** Every choice has stopped; usage may still come. */
  get stopped(): boolean {
    return this.#stopped;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get error(): SluiceError | undefined {
    return this.#error;
  }

  get usage(): Usage | undefined {
    return this.#usage;
  }

  /** About how many tokens of output went by. */
  get outputTokens(): number {
    return Math.ceil(this.#tokens);
  }

  get id(): string | undefined {
    return this.#id;
  }

  get model(): string | undefined {
    return this.#model;
  }
}

/** With what the answer to an exchange is written. */
export function answerFacts(exchange: Exchange): AnswerFacts {
  const request = exchange.decoded();
  return {
    model: exchange.shownModel ?? exchange.peeked.model,
    ...(exchange.shownModel === undefined ? { ownName: true } : {}),
    ...(exchange.continues === undefined ? {} : { continues: exchange.continues }),
    seed: exchange.inbound.id.replace(/^req_|[^0-9a-f]/g, ''),
    createdAt: Math.floor(exchange.ports.clock.epochMs() / 1000),
    inputTokens: 'code' in request ? 0 : estimateInputTokens(request),
  };
}
