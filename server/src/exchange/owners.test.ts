import { describe, expect, it } from 'vitest';
import { createOwners, type Maker } from './owners.ts';

const maker = (id: string): Maker => ({ upstream: { id: 'one' }, key: { id } });

describe('owners', () => {
  it('are found by the id of what they made, the last one counting', () => {
    const owners = createOwners();
    owners.remember('file-1', maker('a'));
    owners.remember('file-1', maker('b'));
    owners.remember(undefined, maker('c'));
    owners.remember('', maker('c'));
    expect(owners.find('file-1')).toEqual({ upstreamId: 'one', keyId: 'b' });
    expect(owners.find('')).toBeUndefined();
  });

  it('are remembered for at least half of the limit, and never more of them than the limit', () => {
    const owners = createOwners(20);
    const ids = Array.from({ length: 100 }, (_, index) => `file-${index}`);
    for (const id of ids) owners.remember(id, maker(id));
    expect(ids.slice(-10).map((id) => owners.find(id)?.keyId)).toEqual(ids.slice(-10));
    expect(ids.filter((id) => owners.find(id) !== undefined).length).toBeLessThanOrEqual(20);
  });

  it('a resource is foreign to everybody but the client that had it made, whoever sees it later', () => {
    const owners = createOwners(4);
    owners.remember('file-1', maker('a'), 'ann');
    owners.remember('file-1', maker('a'), 'bob');
    owners.remember('file-1', maker('b'));
    expect(owners.isForeign('file-1', 'ann')).toBe(false);
    expect(owners.isForeign('file-1', 'bob')).toBe(true);
    expect(owners.isForeign('file-1', undefined)).toBe(true);
    owners.remember('file-2', maker('a'));
    expect(owners.isForeign('file-2', 'bob')).toBe(false);
    expect(owners.isForeign('file-3', 'bob')).toBe(false);
  });
});
