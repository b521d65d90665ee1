import { describe, expect, test } from 'vitest';
import { type Groups, isSameOrder, joined, joinedAbove, moved, placedAlone } from './order.ts';

const start: Groups = [['a', 'b'], ['c'], ['d']];

describe('the order of upstreams', () => {
  test('one step up leaves the group of equals, the next one passes the group above', () => {
    expect(moved(start, 'b', 'up')).toEqual([['b'], ['a'], ['c'], ['d']]);
    expect(moved(start, 'd', 'up')).toEqual([['a', 'b'], ['d'], ['c']]);
    expect(moved(moved(start, 'd', 'up'), 'd', 'up')).toEqual([['d'], ['a', 'b'], ['c']]);
  });

  test('one step down likewise; at either end nothing moves', () => {
    expect(moved(start, 'a', 'down')).toEqual([['b'], ['a'], ['c'], ['d']]);
    expect(moved(start, 'c', 'down')).toEqual([['a', 'b'], ['d'], ['c']]);
    expect(moved(start, 'd', 'down')).toEqual(start);
    expect(moved([['x'], ['y']], 'x', 'up')).toEqual([['x'], ['y']]);
  });

  test('joining makes equals, and an empty group is gone', () => {
    expect(joinedAbove(start, 'c')).toEqual([['a', 'b', 'c'], ['d']]);
    expect(joinedAbove(start, 'a')).toEqual(start);
    expect(joined(start, 'c', 2)).toEqual([
      ['a', 'b'],
      ['d', 'c'],
    ]);
  });

  test('dropped between two groups it stands alone there', () => {
    expect(placedAlone(start, 'd', 0)).toEqual([['d'], ['a', 'b'], ['c']]);
    expect(placedAlone(start, 'a', 3)).toEqual([['b'], ['c'], ['d'], ['a']]);
  });

  test('whatever is done, everyone is there exactly once', () => {
    let groups = start;
    for (const id of ['a', 'd', 'c', 'b', 'd', 'a'])
      for (const change of [
        (now: Groups) => moved(now, id, 'up'),
        (now: Groups) => joinedAbove(now, id),
        (now: Groups) => moved(now, id, 'down'),
        (now: Groups) => placedAlone(now, id, 1),
      ]) {
        groups = change(groups);
        expect(groups.flat().sort()).toEqual(['a', 'b', 'c', 'd']);
        expect(groups.every((group) => group.length > 0)).toBe(true);
      }
  });

  test('the order within a group makes no difference', () => {
    expect(isSameOrder(start, [['b', 'a'], ['c'], ['d']])).toBe(true);
    expect(isSameOrder(start, moved(start, 'a', 'up'))).toBe(false);
  });
});
