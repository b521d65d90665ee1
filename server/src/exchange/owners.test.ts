import { describe, expect, it } from 'vitest';
import { createOwners, type Maker } from './owners.ts';
import type { SharedNotes } from './ports.ts';

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

/** What several gateways have noted, and what was asked. */
function noted(): { notes: SharedNotes; texts: Map<string, string>; asked: (readonly string[])[] } {
  const texts = new Map<string, string>();
  const asked: (readonly string[])[] = [];
  const notes: SharedNotes = {
    find: async (_, keys) => {
      asked.push(keys);
      return new Map(keys.flatMap((key) => (texts.has(key) ? [[key, texts.get(key) ?? ''] as const] : [])));
    },
    put: (_, key, text) => void texts.set(key, text),
    putFirst: (_, key, text) => {
      if (!texts.has(key)) texts.set(key, text);
    },
    lead: async () => undefined,
    close: () => undefined,
  };
  return { notes, texts, asked };
}

describe('owners over several gateways', () => {
  it('16.7 are learnt from the one that knows them, with the client that had it made', async () => {
    const { notes, asked } = noted();
    const [one, other] = [createOwners(10, notes), createOwners(10, notes)];
    one.remember('file-1', maker('a'), 'ann');
    expect(other.isForeign('file-1', 'bob')).toBe(false);
    await other.learn(['v1', 'file-1', 'file-1', ''], 'bob');
    expect(asked).toEqual([['v1', 'file-1']]);
    expect(other.find('file-1')).toEqual({ upstreamId: 'one', keyId: 'a', clientId: 'ann' });
    expect(other.isForeign('file-1', 'bob')).toBe(true);
    expect(other.learn(['file-1'], 'bob')).toBeUndefined();
  });

  it('16.7 are asked about again where it is not known whose it is, and the first one to say so counts', async () => {
    const { notes } = noted();
    const [one, other] = [createOwners(10, notes), createOwners(10, notes)];
    one.remember('file-1', maker('a'), 'ann');
    // As a list shows it.
    other.remember('file-1', maker('b'));
    expect(other.learn(['file-1'], undefined)).toBeUndefined();
    await other.learn(['file-1'], 'bob');
    expect(other.find('file-1')).toEqual({ upstreamId: 'one', keyId: 'b', clientId: 'ann' });
    const third = createOwners(10, notes);
    await third.learn(['file-1'], 'bob');
    expect(third.find('file-1')?.clientId).toBe('ann');
  });

  it('16.7 of what nobody can come back to are known here alone', async () => {
    const { notes, texts } = noted();
    const owners = createOwners(10, notes);
    owners.remember('chatcmpl-1', maker('a'), 'ann', true);
    expect(owners.find('chatcmpl-1')?.clientId).toBe('ann');
    expect(texts.size).toBe(0);
  });

  it('16.7 are as if they had not been noted where what was noted makes no sense', async () => {
    const { notes, texts } = noted();
    const owners = createOwners(10, notes);
    for (const [at, text] of [
      '',
      'null',
      '{}',
      '{"upstreamId":"one"}',
      '{"upstreamId":1,"keyId":2}',
    ].entries())
      texts.set(`file-${at}`, text);
    await owners.learn([...texts.keys()], 'ann');
    for (const id of texts.keys()) expect(owners.find(id)).toBeUndefined();
  });
});
