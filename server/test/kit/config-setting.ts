// A configuration file in a folder of its own, with an editor and live settings on it as a running gateway has them.

import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ConfigEditor,
  type ConfigEditorOptions,
  createConfigEditor,
} from '../../src/config/edit/editor.ts';
import { createLiveSettings, type LiveSettings, readSettings } from '../../src/config/live-settings.ts';

/** What a test works with. */
export interface ConfigSetting {
  readonly folder: string;
  readonly file: string;
  readonly editor: ConfigEditor;
  readonly live: LiveSettings;
  text(): string;
  mode(): number;
}

/** Writes the file, starts to serve it, and makes an editor. */
export async function configSetting(
  text: string,
  more: Partial<ConfigEditorOptions> = {},
): Promise<ConfigSetting> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-edit-'));
  const file = join(folder, 'sluice.jsonc');
  writeFileSync(file, text, { mode: 0o600 });
  const env = more.env ?? {};
  const options = { env, home: folder, hasKeysElsewhere: (id: string) => more.keys?.has(id) === true };
  const read = () => readSettings(file, options);
  const initial = await read();
  if (!initial.ok) throw new Error(initial.problems.map(({ message }) => message).join(' '));
  const live = createLiveSettings({ initial, read });
  const editor = createConfigEditor({
    file: () => file,
    env,
    home: folder,
    hasKeysElsewhere: options.hasKeysElsewhere,
    reload: () => live.reload(),
    dataFolder: join(folder, 'data'),
    ...more,
  });
  return {
    folder,
    file,
    editor,
    live,
    text: () => readFileSync(file, 'utf8'),
    mode: () => statSync(file).mode & 0o777,
  };
}
