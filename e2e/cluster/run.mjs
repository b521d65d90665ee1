// `npm run e2e:cluster`: three instances behind nginx with Redis and PostgreSQL; prints the figures.

import { fileURLToPath } from 'node:url';
import { withTypescript } from '../kit/typescript.mjs';

await withTypescript(fileURLToPath(new URL('./run.ts', import.meta.url)), ({ measure }) =>
  measure((line) => process.stdout.write(`${line}\n`)),
);
