import { describe, expect, it } from 'vitest';
import { type Located, locateConfig } from './locate.ts';

function locate(
  flag: string | undefined,
  env: Record<string, string>,
  ...existing: string[]
): Located | undefined {
  return locateConfig({
    flag,
    env,
    cwd: '/project',
    home: '/home/me',
    exists: (path) => existing.includes(path),
  });
}

describe('the configuration file', () => {
  it('is the one of --config, then that of SLUICE_CONFIG, whether they exist or not', () => {
    const env = { SLUICE_CONFIG: '/etc/sluice.jsonc' };
    expect(locate('my.jsonc', env, '/project/sluice.jsonc')).toEqual({
      path: '/project/my.jsonc',
      source: 'flag',
    });
    expect(locate(undefined, env, '/project/sluice.jsonc')).toEqual({
      path: '/etc/sluice.jsonc',
      source: 'environment',
    });
  });

  it('is then looked for in the working directory and in the folder of the user', () => {
    const user = '/home/me/.config/sluice/sluice.jsonc';
    expect(locate(undefined, {}, '/project/sluice.jsonc', user)?.path).toBe('/project/sluice.jsonc');
    expect(locate(undefined, {}, user)).toEqual({ path: user, source: 'user folder' });
    const xdg = { XDG_CONFIG_HOME: '/xdg' };
    expect(locate(undefined, xdg, user, '/xdg/sluice/sluice.jsonc')?.path).toBe('/xdg/sluice/sluice.jsonc');
  });

  it('is not found through empty variables or a relative XDG_CONFIG_HOME', () => {
    expect(locate('', { SLUICE_CONFIG: '' })).toBeUndefined();
    const user = '/home/me/.config/sluice/sluice.jsonc';
    expect(locate(undefined, { XDG_CONFIG_HOME: 'x' }, user)?.path).toBe(user);
  });
});
