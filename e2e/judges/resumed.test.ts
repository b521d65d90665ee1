// A stream that broke off and was gone on with by another upstream is one answer to the official libraries, whichever
// format the upstreams speak.

import { expect, test } from 'vitest';
import type { DialectId } from '../../server/src/core/model/dialect-id.ts';
import { DIALECT_IDS } from '../../server/test/conformance/matrix-targets.ts';
import { afterReading } from '../../server/test/kit/after-reading.ts';
import { ask } from '../../server/test/kit/client.ts';
import { written } from '../../server/test/kit/resuming.ts';
import { gatewayWith, provider } from '../../server/test/kit/setting.ts';
import { wires } from '../../server/test/kit/wire.ts';
import { SDK_READERS } from './sdk-readers.ts';

const FIRST = ['The quick ', 'brown fox ', 'jumps '];
const REST = ['over the lazy dog, ', 'and then ', 'it sleeps.'];

/** The events of a complete answer, one for each piece of its text. */
function answered(dialect: DialectId, pieces: readonly string[], letter: string): string[] {
  return written(
    dialect,
    'sse',
    [
      { type: 'start', id: 'made', model: 'm' },
      { type: 'open', block: 0, choice: 0, part: { type: 'text', text: '' } },
      ...pieces.map((text) => ({ type: 'delta', block: 0, text }) as const),
      { type: 'close', block: 0, part: { type: 'text', text: pieces.join('') } },
      { type: 'stop', choice: 0, stop: { reason: 'stop' } },
      { type: 'end' },
    ],
    letter,
  );
}

const PAIRS = DIALECT_IDS.flatMap((client) => DIALECT_IDS.map((upstream) => [client, upstream] as const));

test.each(PAIRS)('a client of %s reads both parts, of upstreams of %s', async (client, upstream) => {
  const first = await provider((turn) => {
    const events = answered(turn.dialect, FIRST, 'a');
    // Up to its last piece of text.
    const end = events.findIndex((event) => event.includes('jumps ')) + 1;
    turn.head(200, { 'Content-Type': 'text/event-stream' });
    turn.piece(events.slice(0, end).join(''));
    afterReading(20, () => turn.socket.resetAndDestroy());
  });
  const second = await provider((turn) => {
    turn.head(200, { 'Content-Type': 'text/event-stream' });
    turn.piece(answered(turn.dialect, REST, 'b').join(''));
    turn.end();
  });
  const gateway = await gatewayWith({
    route: { streamFailure: 'resume' },
    upstreams: [
      { id: 'first', origin: first.origin, priority: 2, dialects: [upstream] },
      { id: 'second', origin: second.origin, priority: 1, dialects: [upstream] },
    ],
  });
  const answer = await ask(gateway.port, wires[client].request('m', true, 'Tell me.'));
  const { text, stop } = await SDK_READERS[client].stream(answer.text());
  expect([text, stop]).toEqual([[...FIRST, ...REST].join(''), 'done']);
  expect(second.turns).toHaveLength(1);
});
