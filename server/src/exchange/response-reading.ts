// Finds the finished response in the events of a streamed answer of the Responses API.

import { isObject, listOf, objectOf, parseJson, textOf } from '../core/model/json.ts';
import type { SseEvent } from '../core/sse/parse.ts';

/** Reads the finished response out of the events of an answer. */
export class ResponseReading {
  response: { readonly id: string; readonly output: readonly unknown[] } | undefined;
  /** Some servers do not repeat the items in the last event. */
  readonly #items: unknown[] = [];

  hear(event: SseEvent): void {
    if (isOf(event, 'response.output_item.done')) {
      const json = objectOf(parseJson(event.data));
      if (json?.['type'] === 'response.output_item.done' && isObject(json['item']))
        this.#items.push(json['item']);
    } else if (isOf(event, 'response.completed') || isOf(event, 'response.incomplete')) {
      const json = objectOf(parseJson(event.data));
      const response = objectOf(json?.['response']);
      const id = textOf(response?.['id']);
      if (id === undefined || !/\.(?:in)?complete/.test(String(json?.['type']))) return;
      const output = listOf(response?.['output']);
      this.response = { id, output: output.length > 0 ? output : this.#items };
    }
  }
}

/** Whether an event is of a type, without reading the many that are not. */
function isOf({ event, data }: SseEvent, type: string): boolean {
  return event === type || (event === '' && data.includes(`"${type}"`));
}
