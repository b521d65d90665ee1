// Places, comparison and single changes of values.

import { describe, expect, test } from 'vitest';
import { changesBetween, pathText, same, valueAt, withEdit } from './values.ts';

describe('Values', () => {
  test('an edit makes the objects on its way and leaves everything else as it is', () => {
    const before = { a: [{ b: 1 }, { b: 2 }] };
    expect(withEdit(before, { path: ['a', 1, 'c', 'd'], value: true })).toEqual({
      a: [{ b: 1 }, { b: 2, c: { d: true } }],
    });
    expect(before).toEqual({ a: [{ b: 1 }, { b: 2 }] });
  });

  test('an edit without a value takes a member or an entry out, and makes nothing where nothing was', () => {
    expect(withEdit({ a: 1, b: 2 }, { path: ['a'] })).toEqual({ b: 2 });
    expect(withEdit({ a: [1, 2, 3] }, { path: ['a', 1] })).toEqual({ a: [1, 3] });
    expect(withEdit({ a: 1 }, { path: ['x', 'y'] })).toEqual({ a: 1 });
  });

  test('an edit whose value is null or false sets it', () => {
    expect(withEdit({}, { path: ['a'], value: null })).toEqual({ a: null });
    expect(withEdit({ a: true }, { path: ['a'], value: false })).toEqual({ a: false });
  });

  test('the changes between two values lead from one to the other', () => {
    const before = { server: { port: 1, host: 'a' }, list: [1, 2], gone: true };
    const after = { server: { port: 2, host: 'a', drainMs: 5 }, list: [1, 2, 3] };
    const edits = changesBetween(before, after);
    expect(edits.reduce<unknown>(withEdit, before)).toEqual(after);
    expect(edits).toContainEqual({ path: ['server', 'port'], value: 2 });
    expect(edits).toContainEqual({ path: ['gone'] });
    expect(edits).toHaveLength(4);
  });

  test('entries with the same ids in the same order are compared member by member', () => {
    const before = { upstreams: [{ id: 'one', priority: 1 }, { id: 'two' }] };
    const after = { upstreams: [{ id: 'one', priority: 2 }, { id: 'two' }] };
    expect(changesBetween(before, after)).toEqual([{ path: ['upstreams', 0, 'priority'], value: 2 }]);
  });

  test('the order of members is no difference, that of entries is one', () => {
    expect(same({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true);
    expect(same([1, 2], [2, 1])).toBe(false);
    expect(same({ a: undefined }, { b: 1 })).toBe(false);
  });

  test('members that every object has are no members of a configuration', () => {
    expect(valueAt({}, ['constructor'])).toBeUndefined();
    expect(valueAt({ a: { b: [5] } }, ['a', 'b', 0])).toBe(5);
    expect(valueAt({ a: 1 }, ['a', 'b'])).toBeUndefined();
  });

  test('places are named as the gateway names them', () => {
    expect(pathText(['upstreams', 0, 'priority'])).toBe('upstreams[0].priority');
    expect(pathText(['aliases', 'gpt-5 mini'])).toBe('aliases["gpt-5 mini"]');
    expect(pathText(['aliases', 'a-b'])).toBe('aliases["a-b"]');
  });
});
