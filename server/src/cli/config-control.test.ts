import { describe, expect, test } from 'vitest';
import { sluiceError } from '../core/model/error.ts';
import { switchingVault } from './config-control.ts';

describe('a key that the operator switches', () => {
  test('is in use, or out of it, when the answer is given', async () => {
    const done: string[] = [];
    const live = {
      reload: async () => {
        await Promise.resolve();
        done.push('in force');
        return { swapped: true, problems: [] };
      },
    };
    const vault = {
      token: () => 'token',
      switchKey: (upstream: string, key: string, disabled: boolean) => {
        done.push(`${upstream}/${key} ${disabled}`);
        const error = key === 'unknown' ? sluiceError('internal', 'no') : undefined;
        return Promise.resolve(error);
      },
    };
    const switching = switchingVault(vault, live);
    expect(switching.token()).toBe('token');
    expect(await switching.switchKey('one', 'k1', true)).toBeUndefined();
    expect(done).toEqual(['one/k1 true', 'in force']);
    expect(await switching.switchKey('one', 'unknown', true)).toMatchObject({ code: 'internal' });
    expect(done).toEqual(['one/k1 true', 'in force', 'one/unknown true']);
  });
});
