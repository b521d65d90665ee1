// Edits of the form and of the text as one draft.

import { beforeEach, expect, test } from 'vitest';
import {
  countChanges,
  type Draft,
  discard,
  draftStore,
  draftText,
  draftValue,
  edit,
  isUnsaved,
  onTopOf,
  readFile,
  type as typeText,
} from './draft.ts';

const text = '// Mine\n{\n  "server": { "port": 1 }, // the port\n  "aliases": { "a": "b" },\n}\n';
const file = { text, etag: 'v1', file: '/x/sluice.jsonc', exists: true };

beforeEach(() => {
  draftStore.set(undefined);
  readFile(file);
});

function now(): Draft {
  const draft = draftStore.get();
  if (draft === undefined) throw new Error('There is no draft.');
  return draft;
}

test('11.6 edits of the form gather, and one that is taken back is no change any more', () => {
  expect(isUnsaved(now())).toBe(false);
  edit(['server', 'port'], 2);
  edit(['log', 'level'], 'debug');
  expect(countChanges(now())).toBe(2);
  edit(['server', 'port'], 1);
  expect(countChanges(now())).toBe(1);
  edit(['log', 'level'], undefined);
  expect(isUnsaved(now())).toBe(false);
});

test('the text with edits keeps its comments', () => {
  edit(['server', 'port'], 2);
  expect(draftText(now())).toContain('"port": 2 }, // the port');
  expect(draftText(now())).toContain('// Mine');
});

test('a whole object takes the place of the edits within it', () => {
  edit(['server', 'port'], 2);
  edit(['server'], { host: 'x' });
  expect(now().edits).toEqual([{ path: ['server'], value: { host: 'x' } }]);
  expect(draftValue(now())).toMatchObject({ server: { host: 'x' } });
});

test('what is typed takes up the edits of the form, and the form edits what was typed', () => {
  edit(['server', 'port'], 2);
  typeText(draftText(now()).replace('"b"', '"c"'));
  expect(now().edits).toEqual([]);
  edit(['server', 'drainMs'], 5);
  expect(draftValue(now())).toEqual({ server: { port: 2, drainMs: 5 }, aliases: { a: 'c' } });
  expect(countChanges(now())).toBe(3);
});

test('a text with mistakes has no value, and is unsaved all the same', () => {
  typeText('{ "server": ');
  expect(draftValue(now())).toBeUndefined();
  expect(countChanges(now())).toBeUndefined();
  expect(isUnsaved(now())).toBe(true);
});

test('typing the text of the file again leaves nothing unsaved', () => {
  typeText('{}');
  typeText(text);
  expect(isUnsaved(now())).toBe(false);
});

test('a newer file is taken over, unless there is something unsaved', () => {
  readFile({ ...file, text: '{}', etag: 'v2' });
  expect(now().base.etag).toBe('v2');
  edit(['server', 'port'], 7);
  readFile({ ...file, etag: 'v3' });
  expect(now().base.etag).toBe('v2');
  discard({ ...file, etag: 'v3' });
  expect(now()).toMatchObject({ base: { etag: 'v3' }, edits: [] });
});

test("on top of somebody else's version stand my changes alone", () => {
  edit(['server', 'port'], 2);
  const theirs = { ...file, etag: 'v2', text: text.replace('"b"', '"theirs"') };
  const kept = onTopOf(now(), theirs);
  expect(kept).toEqual({
    base: theirs,
    typed: undefined,
    edits: [{ path: ['server', 'port'], value: 2 }],
  });
});
