import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../test/kit/gateway.ts';
import { createOwners } from './owners.ts';

const [upstream] = settingsOf({ upstreams: [{ origin: 'http://127.0.0.1:1' }] }).upstreams;
const target = (id: string): Parameters<ReturnType<typeof createOwners>['remember']>[1] => {
  if (upstream === undefined) throw new Error('There is one.');
  return { upstream, key: { id, secret: '' } };
};

describe('owners', () => {
  it('are found by the id of what they made, the last one counting', () => {
    const owners = createOwners();
    owners.remember('file-1', target('a'));
    owners.remember('file-1', target('b'));
    owners.remember(undefined, target('c'));
    owners.remember('', target('c'));
    expect(owners.find('file-1')).toEqual({ upstreamId: 'one', keyId: 'b' });
    expect(owners.find('')).toBeUndefined();
  });

  it('are forgotten in the order in which they were last seen, beyond the limit', () => {
    const owners = createOwners(2);
    for (const id of ['a', 'b', 'a', 'c']) owners.remember(id, target(id));
    expect(['a', 'b', 'c'].map((id) => owners.find(id)?.keyId)).toEqual(['a', undefined, 'c']);
  });
});
