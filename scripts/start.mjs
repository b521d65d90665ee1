// `npm start`: installs and builds what is missing, then becomes the server. What follows `npm start --` goes to
// `sluice serve`.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { endWithParent } from './parent.mjs';
import { makeReady, root } from './ready.mjs';

const failure = await makeReady('start');
if (failure !== undefined) process.exit(failure);

if (process.env['npm_lifecycle_event'] === 'start') endWithParent();

// The server runs in this very process: signals reach it once, its exit code is ours, and no second Node.js has to start.
const main = join(root, 'server/dist/main.js');
process.argv.splice(1, process.argv.length - 1, main, 'serve', ...process.argv.slice(2));
await import(pathToFileURL(main).href);
