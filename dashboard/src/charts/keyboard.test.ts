import { expect, test } from 'vitest';
import { stepOf } from './keyboard.ts';

test('arrows walk from bucket to bucket, beginning at the newest, and stop at the ends', () => {
  expect(stepOf('ArrowLeft', false, undefined, 10, true)).toEqual({ to: { index: 9 } });
  expect(stepOf('ArrowLeft', false, { index: 9 }, 10, true)).toEqual({ to: { index: 8 } });
  expect(stepOf('ArrowRight', false, { index: 9 }, 10, true)).toEqual({ to: { index: 9 } });
  expect(stepOf('Home', false, { index: 5 }, 10, true)).toEqual({ to: { index: 0 } });
  expect(stepOf('PageUp', false, { index: 0 }, 48, true)).toEqual({ to: { index: 5 } });
});

test('Shift selects from where one stood, Enter chooses it in the order of time, Escape leaves', () => {
  const first = stepOf('ArrowLeft', true, { index: 5 }, 10, true);
  expect(first).toEqual({ to: { index: 4, anchor: 5 } });
  expect(stepOf('ArrowLeft', true, { index: 4, anchor: 5 }, 10, true)).toEqual({
    to: { index: 3, anchor: 5 },
  });
  expect(stepOf('Enter', false, { index: 3, anchor: 5 }, 10, true)).toEqual({ choose: [3, 5] });
  expect(stepOf('Enter', false, { index: 3 }, 10, true)).toEqual({ choose: [3, 3] });
  expect(stepOf('Escape', false, { index: 3, anchor: 5 }, 10, true)).toEqual({ leave: true });
});

test('other keys, empty charts and charts in which nothing can be chosen are left alone', () => {
  expect(stepOf('a', false, { index: 3 }, 10, true)).toBeUndefined();
  expect(stepOf('ArrowLeft', false, undefined, 0, true)).toBeUndefined();
  expect(stepOf('Enter', false, { index: 3 }, 10, false)).toBeUndefined();
  expect(stepOf('ArrowLeft', true, { index: 3 }, 10, false)).toEqual({ to: { index: 2 } });
  expect(stepOf('Enter', false, undefined, 10, true)).toBeUndefined();
});
