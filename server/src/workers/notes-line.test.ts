import { expect, test } from 'vitest';
import { pipePair } from '../../test/kit/pipe-pair.ts';
import { createNotesHub } from '../stores/memory/shared-notes.ts';
import { createLine, type Pipe } from './line.ts';
import { notesOver, serveNotes } from './notes-line.ts';

/** A pipe whose messages are not read until it is told so; then all at once. */
function held(pipe: Pipe): { readonly pipe: Pipe; read(): void } {
  let read: ((message: unknown) => void) | undefined;
  let late: unknown[] | undefined = [];
  return {
    pipe: {
      send: (message) => pipe.send(message),
      onMessage(listener) {
        read = listener;
        pipe.onMessage((message) => (late === undefined ? listener(message) : late.push(message)));
      },
      onClose: (listener) => pipe.onClose(listener),
    },
    read() {
      for (const message of late ?? []) read?.(message);
      late = undefined;
    },
  };
}

test('a lead that was told too late is given up, so that nobody waits for an answer that nobody looks for', async () => {
  const hub = createNotesHub({ monotonicMs: () => 0 });
  const pair = pipePair();
  const keeper = held(pair.left);
  serveNotes(createLine(keeper.pipe), hub.join());
  const line = createLine(pair.right);
  expect(await notesOver(line).lead('k')).toBeUndefined();
  const asked = line.ask('notes.find', { kind: 'home', keys: [] }, 60_000);
  // What is sent is under way for a turn of the loop.
  await new Promise((done) => setImmediate(done));
  keeper.read();
  await asked;
  expect((await hub.join().lead('k'))?.kind).toBe('lead');
});
