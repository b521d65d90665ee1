import { describe, expect, test } from 'vitest';
import { createSeam } from './seam.ts';

/** All that comes through a seam when the continuation arrives in such pieces. */
function through(said: string, ...pieces: readonly string[]): string {
  const seam = createSeam(said);
  return pieces.map((piece) => seam.push(piece)).join('') + seam.settle();
}

const STORY = 'Once upon a time there was a fox who lived by the river';

describe('resume at the seam', () => {
  test('resume lets a continuation through as it is', () => {
    expect(through(STORY, ' and', ' fished.')).toBe(' and fished.');
    expect(through('', 'Once')).toBe('Once');
  });

  test('resume leaves out the last words that the second model repeats, however they are cut', () => {
    const rest = 'who lived by the river and fished.';
    expect(through(STORY, rest)).toBe(' and fished.');
    expect(through(STORY, ...rest)).toBe(' and fished.');
    expect(through(STORY, `\n\n${rest}`)).toBe(' and fished.');
    expect(through(STORY, ...`\n${rest}`)).toBe(' and fished.');
  });

  test('resume keeps what is the same by chance or by intent', () => {
    expect(through('He said: la la', ' la la')).toBe(' la la');
    expect(through('| --- | --- | --- ', '| --- | --- |')).toBe('| --- | --- |');
    expect(through(STORY, 'who lived by the rivulet')).toBe('who lived by the rivulet');
  });

  test('resume takes the longest of several repetitions', () => {
    expect(through('one two three one two three', 'one two three one two three four')).toBe(' four');
  });

  test('resume writes white space once that the prefill had to leave out', () => {
    expect(through('def f():\n', '\n    return 1')).toBe('    return 1');
    expect(through('Hello.\n\n', '\n\nSo')).toBe('So');
    expect(through('Hello.\n\n', '\nSo')).toBe('So');
    expect(through('Hello', ' there')).toBe(' there');
  });

  test('resume holds back at most 200 characters', () => {
    const said = 'word '.repeat(100);
    const seam = createSeam(said);
    let pushed = 0;
    while (!seam.isSettled && pushed < 1000) {
      seam.push('word ');
      pushed += 5;
    }
    expect(pushed).toBeLessThanOrEqual(205);
    expect(createSeam(STORY).push('Then')).toBe('Then');
  });

  test('resume counts what it has left out', () => {
    const seam = createSeam(STORY);
    expect(seam.push('by the river.')).toBe('.');
    expect(seam.removed).toBe('by the river'.length);
  });
});
