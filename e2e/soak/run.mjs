// `npm run soak [-- --secs 3600 --at-once 40 --workers 1]`: a gateway under mixed traffic; prints what became of it.

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { withTypescript } from '../kit/typescript.mjs';

const { values } = parseArgs({
  options: {
    secs: { type: 'string', default: '3600' },
    'at-once': { type: 'string', default: '40' },
    workers: { type: 'string', default: '1' },
  },
});
const options = {
  secs: Number(values.secs),
  atOnce: Number(values['at-once']),
  workers: Number(values.workers),
};
const figures = await withTypescript(fileURLToPath(new URL('./soak.ts', import.meta.url)), ({ soak }) =>
  soak(options),
);
const { failed, ...others } = figures;
for (const wrong of failed.slice(0, 20)) process.stdout.write(`${wrong}\n`);
process.stdout.write(`${JSON.stringify({ ...options, ...others, failed: failed.length })}\n`);
process.exitCode = failed.length > others.asked * 0.0005 || others.hung > 0 ? 1 : 0;
