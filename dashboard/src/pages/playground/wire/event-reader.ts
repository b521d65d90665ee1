// Reads server-sent events out of a text that arrives in pieces, cut anywhere.
// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation

/** One event. */
export interface WireEvent {
  /** What the stream calls it; empty where it has no name. */
  readonly name: string;
  readonly data: string;
}

/** Takes the pieces. What has no blank line after it at the end is no event. */
export interface EventReader {
  push(piece: string): void;
}

/** Makes a reader that tells of every complete event. */
export function createEventReader(tell: (event: WireEvent) => void): EventReader {
  /** The line that is not complete yet, in the pieces in which it came. */
  let rest = '';
  let name = '';
  let data: string[] = [];
  /** The last piece ended in a carriage return; a line feed that follows belongs to it. */
  let afterReturn = false;

  function line(text: string): void {
    if (text === '') {
      if (data.length > 0) tell({ name, data: data.join('\n') });
      name = '';
      data = [];
      return;
    }
    const colon = text.indexOf(':');
    const field = colon === -1 ? text : text.slice(0, colon);
    const value = colon === -1 ? '' : text.slice(text[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') name = value;
    else if (field === 'data') data.push(value);
  }

  return {
    push(piece) {
      let text = piece;
      if (afterReturn && text.startsWith('\n')) text = text.slice(1);
      if (piece !== '') afterReturn = piece.endsWith('\r');
      const lines = text.split(/\r\n|\n|\r/);
      const [first = '', ...more] = lines;
      rest += first;
      for (const next of more) {
        line(rest);
        rest = next;
      }
    },
  };
}

/** Reads the stream of an answer to its end. Throws what reading throws: the connection has broken, or was ended. */
export async function readEventStream(
  body: ReadableStream<Uint8Array>,
  tell: (event: WireEvent) => void,
): Promise<void> {
  const reader = createEventReader(tell);
  // The decoder takes away a byte order mark and keeps letters whole that are cut in two.
  const decoder = new TextDecoder();
  const source = body.getReader();
  for (;;) {
    const { done, value } = await source.read();
    if (done) break;
    reader.push(decoder.decode(value, { stream: true }));
  }
}

/** The events as text again. */
export function eventsText(events: readonly WireEvent[]): string {
  return events
    .map(({ name, data }) => {
      const lines = data.split('\n').map((one) => `data: ${one}\n`);
      return `${name === '' ? '' : `event: ${name}\n`}${lines.join('')}\n`;
    })
    .join('');
}

/** True for a text that is a stream of events and not JSON. */
export function looksLikeEvents(text: string): boolean {
  return /^\ufeff?\s*(?:event|data|id|retry)?:/.test(text);
}
