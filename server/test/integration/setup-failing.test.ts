// Set-ups that cannot be finished, and copies that are gone: nothing of others is lost, and what is said is true.

import { existsSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Facts, Tool } from '../../src/setup/facts.ts';
import { findTool } from '../../src/setup/tools/index.ts';
import { type HomeFile, makeHome } from '../kit/setup-home.ts';

const tool = (name: string): Tool => {
  const found = findTool(name);
  if (found === undefined) throw new Error(name);
  return found;
};
const gemini = tool('gemini');
const codex = tool('codex');
const facts: Facts = { url: 'http://127.0.0.1:9208', token: 'sk-sluice-token', model: undefined, models: [] };
const file = (path: string, text: string): HomeFile => ({ path, text, mode: 0o644, linked: false });
const ENV = '.gemini/.env';
const SETTINGS = '.gemini/settings.json';

describe('13.7 a set-up that fails half way', () => {
  test('13.7 the first time takes back what it had written, and leaves no copy', async () => {
    const home = makeHome([file(ENV, 'A=1\n'), file(SETTINGS, '{}\n')]);
    const change = (): void => home.write(SETTINGS, '{ "theme": "dark" }\n');
    await expect(home.setUp(gemini, facts, change)).rejects.toThrow('changed by somebody else');
    expect(Object.keys(home.everything())).toEqual(['.gemini', ENV, SETTINGS]);
    expect([home.read(ENV), home.read(SETTINGS)]).toEqual(['A=1\n', '{ "theme": "dark" }\n']);
    expect(await home.records.read()).toEqual({});
  });

  test('13.7 a later time leaves a record by which all of it can still be undone', async () => {
    const home = makeHome([file(ENV, 'A=1\n'), file(SETTINGS, '{}\n')]);
    await home.setUp(gemini, facts);
    const change = (): void => home.write(SETTINGS, `${home.read(SETTINGS).trimEnd()} // mine\n`);
    const other = { ...facts, url: 'http://127.0.0.1:1', model: 'm' };
    await expect(home.setUp(gemini, other, change)).rejects.toThrow('changed by somebody else');
    await home.undo(gemini);
    expect(home.read(ENV)).toBe('A=1\n');
    expect(home.read(SETTINGS)).toBe('{\n} // mine\n');
  });
});

describe('13.7 a later set-up that was cut off before it wrote the file', () => {
  const claude = tool('claude');
  const CLAUDE = '.claude/settings.json';
  const other = { ...facts, url: 'http://127.0.0.1:1', token: 'sk-sluice-another', model: 'm' };

  test('13.7 is undone as if it had not begun: byte for byte', async () => {
    const home = makeHome([file(CLAUDE, '{ "theme": "dark" }\n')]);
    await home.setUp(claude, facts);
    const first = home.read(CLAUDE);
    await home.setUp(claude, other);
    home.write(CLAUDE, first);
    expect((await home.undo(claude))?.map(({ what }) => what)).toEqual(['restored']);
    expect(home.read(CLAUDE)).toBe('{ "theme": "dark" }\n');
    expect(Object.keys(home.everything())).toHaveLength(2);
  });

  test('13.7 and what others had changed before it stays', async () => {
    const home = makeHome([file(CLAUDE, '{\n  "theme": "dark"\n}\n')]);
    await home.setUp(claude, facts);
    home.write(CLAUDE, home.read(CLAUDE).replace('dark', 'light'));
    const changed = home.read(CLAUDE);
    await home.setUp(claude, other);
    home.write(CLAUDE, changed);
    await home.undo(claude);
    expect(home.read(CLAUDE)).toBe('{\n  "theme": "light"\n}\n');
  });

  test('13.7 and the next one begins from there', async () => {
    const home = makeHome([file(CLAUDE, '{ "theme": "dark" }\n')]);
    await home.setUp(claude, facts);
    const first = home.read(CLAUDE);
    await home.setUp(claude, other);
    home.write(CLAUDE, first);
    await home.setUp(claude, other);
    expect(home.read(CLAUDE)).toContain('sk-sluice-another');
    await home.undo(claude);
    expect(home.read(CLAUDE)).toBe('{ "theme": "dark" }\n');
  });
});

describe('13.7 copies of originals', () => {
  test('13.7 a copy of somebody else is never overwritten', async () => {
    const home = makeHome([file(ENV, 'A=1\n'), file(`${ENV}.sluice.bak`, 'precious\n')]);
    await home.setUp(gemini, facts);
    expect(home.read(`${ENV}.sluice.bak`)).toBe('precious\n');
    await home.undo(gemini);
    expect([home.read(ENV), home.read(`${ENV}.sluice.bak`)]).toEqual(['A=1\n', 'precious\n']);
    expect(Object.keys(home.everything())).toHaveLength(3);
  });

  test.skipIf(process.platform === 'win32')(
    '13.7 a link in the place of a copy is not followed',
    async () => {
      const home = makeHome([file(ENV, 'A=1\n'), file('precious', 'precious\n')]);
      symlinkSync(join(home.folder, 'precious'), join(home.folder, `${ENV}.sluice.bak`));
      const leadsNowhere = join(home.folder, `${SETTINGS}.sluice.bak`);
      symlinkSync(join(home.folder, 'not-there'), leadsNowhere);
      home.write(SETTINGS, '{}\n');
      const before = home.everything();
      await home.setUp(gemini, facts);
      expect([home.read('precious'), existsSync(leadsNowhere)]).toEqual(['precious\n', false]);
      await home.undo(gemini);
      expect(home.everything()).toEqual(before);
    },
  );

  test('13.7 without its copy a file loses what we put in, and that is said', async () => {
    const home = makeHome([file('.codex/config.toml', 'model_provider = "old" # mine\n')]);
    await home.setUp(codex, facts);
    rmSync(join(home.folder, '.codex/config.toml.sluice.bak'));
    const [undone] = (await home.undo(codex)) ?? [];
    expect(undone).toMatchObject({
      what: 'edited',
      note: expect.stringContaining('copy of the original is gone'),
    });
    expect(home.read('.codex/config.toml')).not.toContain('sluice');
  });

  test('13.7 a file that was removed since stays removed, unless it is forced', async () => {
    const home = makeHome([file(ENV, 'A=1\n')]);
    await home.setUp(gemini, facts);
    rmSync(join(home.folder, ENV));
    const undone = await home.undo(gemini);
    expect(undone?.map(({ what }) => what)).toEqual(['left', 'removed']);
    expect(existsSync(join(home.folder, ENV))).toBe(false);
  });
});

describe('13.7 files that cannot be set up', () => {
  test.skipIf(process.platform === 'win32')('13.7 a device, which has no end, is not read', async () => {
    const home = makeHome([file('.codex/x', '')]);
    symlinkSync('/dev/zero', join(home.folder, '.codex/config.toml'));
    const before = home.everything();
    await expect(home.setUp(codex, facts)).rejects.toThrow('no ordinary file');
    expect(home.everything()).toEqual(before);
  });

  test.each([
    ['is no UTF-8', Buffer.from([0x41, 0x3d, 0xff, 0xfe])],
    ['has a folder in its place', undefined],
  ])('13.7 a file that %s is refused, and nothing is changed', async (_, bytes) => {
    const home = makeHome([file(`${ENV}${bytes === undefined ? '/x' : ''}`, '')]);
    if (bytes !== undefined) writeFileSync(join(home.folder, ENV), bytes);
    const before = home.everything();
    await expect(home.setUp(gemini, facts)).rejects.toThrow(/not UTF-8|cannot be read/);
    expect(home.everything()).toEqual(before);
  });
});
