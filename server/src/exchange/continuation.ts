// Requests that continue a response, and responses that may be continued, over HTTP: what the upstream cannot know, because
// another one made it or it was converted, the gateway puts back.

import type { Peeked } from '../core/dialects/dialect.ts';
import { isObject, type JsonObject, listOf, parseJson, textOf } from '../core/model/json.ts';
import { readEvents } from '../core/sse/parse.ts';
import type { Inbound, Ports } from './ports.ts';
import { conversationItems } from './response-frame.ts';
import { expandPrevious, keepResponse } from './response-keep.ts';
import { ResponseReading } from './response-reading.ts';

/** The body with what it continues in it; undefined where there is nothing to put in, or only the upstream knows it. */
export async function continuedBody(
  ports: Ports,
  inbound: Inbound,
  peeked: Peeked,
  body: Buffer,
): Promise<Buffer | undefined> {
  if (peeked.continuation?.previous === undefined) return undefined;
  const wire = parseJson(body.toString('utf8'));
  if (!isObject(wire)) return undefined;
  const whole = await expandPrevious(ports.keep, inbound.client?.id, wire);
  return whole === 'unknown' ? undefined : Buffer.from(JSON.stringify(whole));
}

/** Hears a converted answer as the client gets it, and keeps it for requests that continue it. */
export interface ContinuationKeeper {
  /** Complete events of a stream. */
  frames(text: string): void;
  /** A whole answer. */
  body(body: JsonObject): void;
}

/** Keeps the answer to a request where the client may come back to it; undefined where it may not. */
export function continuationKeeper(
  ports: Ports,
  inbound: Inbound,
  peeked: Peeked,
  body: Buffer,
): ContinuationKeeper | undefined {
  if (peeked.continuation?.store !== true || inbound.keepsResponses === true) return undefined;
  const reading = new ResponseReading();
  const keep = (id: string, output: readonly unknown[]): void => {
    const wire = parseJson(body.toString('utf8'));
    if (!isObject(wire)) return;
    const input = conversationItems(wire, output, true);
    keepResponse(ports.keep, inbound.client?.id, id, { input, output: [] });
  };
  return {
    frames(text) {
      // Only few of them say what is looked for.
      if (!/"response\.(?:output_item\.done|completed|incomplete)"/.test(text)) return;
      readEvents(Buffer.from(text), (event) => reading.hear(event));
      const { response } = reading;
      if (response !== undefined) keep(response.id, response.output);
    },
    body(answer) {
      const id = textOf(answer['id']);
      if (id !== undefined) keep(id, listOf(answer['output']));
    },
  };
}
