// Which format knows which file.

import type { FileFormat, TextFormat } from '../plan.ts';
import { dotenvFormat } from './dotenv.ts';
import { jsonFormat } from './json.ts';
import { tomlFormat } from './toml.ts';

/** All formats of files that hold something of others. */
export const FORMATS: Readonly<Record<Exclude<FileFormat, 'own'>, TextFormat>> = {
  json: jsonFormat,
  toml: tomlFormat,
  dotenv: dotenvFormat,
};
