// `npm run pictures [-- folder] [--all] [--only requests,live]`: sets the stage and takes pictures of the dashboard's pages,
// by default those of the README into docs/images; with --all every page in both themes on three screens.

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { withTypescript } from '../kit/typescript.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean', default: false }, only: { type: 'string' } },
});
const folder = positionals[0] ?? fileURLToPath(new URL('../../docs/images', import.meta.url));

const written = await withTypescript(
  fileURLToPath(new URL('./take.ts', import.meta.url)),
  ({ takePictures }) => takePictures({ folder, all: values.all, only: values.only?.split(',') }),
);
for (const { name, bytes } of written) process.stdout.write(`${name}  ${Math.ceil(bytes / 1_024)} KiB\n`);
