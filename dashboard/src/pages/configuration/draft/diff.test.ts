// Differences line by line.

import { describe, expect, test } from 'vitest';
import { linesBetween, parseUnified } from './diff.ts';

describe('A unified diff', () => {
  test('is told line by line with its numbers, without the names of the files', () => {
    const lines = parseUnified('--- before\n+++ after\n@@ -3,3 +3,3 @@\n a\n-b\n+c\n d\n');
    expect(lines).toEqual([
      { kind: 'gap', text: '' },
      { kind: 'same', text: 'a', before: 3, after: 3 },
      { kind: 'removed', text: 'b', before: 4 },
      { kind: 'added', text: 'c', after: 4 },
      { kind: 'same', text: 'd', before: 5, after: 5 },
    ]);
  });

  test('keeps lines that look like the names of files, and leaves out the remark on the last line break', () => {
    const lines = parseUnified('@@ -1 +1 @@\n--- x\n+++ y\n\\ No newline at end of file\n');
    expect(lines.map(({ kind, text }) => [kind, text])).toEqual([
      ['gap', ''],
      ['removed', '-- x'],
      ['added', '++ y'],
    ]);
  });
});

describe('Two texts', () => {
  test('that are the same differ in nothing', () => {
    expect(linesBetween('a\nb', 'a\nb')).toEqual([]);
  });

  test('show what was added, taken out and changed, with the lines around', () => {
    const before = ['1', '2', '3', '4', '5', '6', '7', '8', '9'].join('\n');
    const after = ['1', '2', '3', '4', 'five', '6', '7', '8', '9'].join('\n');
    expect(linesBetween(before, after).map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'gap ',
      'same 2',
      'same 3',
      'same 4',
      'removed 5',
      'added five',
      'same 6',
      'same 7',
      'same 8',
    ]);
  });

  test('lead from one to the other, whatever they are', () => {
    const texts = ['a\nb\nc\nd', 'b\nx\nd\ne', '', 'd\nc\nb\na', 'a\na\nb\nb\nc', 'b'];
    for (const before of texts)
      for (const after of texts) {
        const lines = linesBetween(before, after).filter(({ kind }) => kind !== 'gap');
        if (before === after) continue;
        const left = lines.filter(({ kind }) => kind !== 'added');
        const right = lines.filter(({ kind }) => kind !== 'removed');
        // Each line stands where its number says, in the text that it belongs to.
        for (const { before: number = 0, text } of left) expect(before.split('\n')[number - 1]).toBe(text);
        for (const { after: number = 0, text } of right) expect(after.split('\n')[number - 1]).toBe(text);
        expect(left.length - right.length).toBe(before.split('\n').length - after.split('\n').length);
      }
  });

  test('that are too large for a table are told as one change', () => {
    const before = Array.from({ length: 3_000 }, (_, line) => `a${line}`).join('\n');
    const after = Array.from({ length: 3_000 }, (_, line) => `b${line}`).join('\n');
    const lines = linesBetween(before, after);
    expect(lines.filter(({ kind }) => kind === 'removed')).toHaveLength(3_000);
    expect(lines.filter(({ kind }) => kind === 'added')).toHaveLength(3_000);
  });
});
