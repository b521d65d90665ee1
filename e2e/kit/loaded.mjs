// Preloaded into a gateway (node --import): writes the address of every module that it loads, in any of its threads, to
// the file that LOADED_MODULES names.

import { register } from 'node:module';

const hook = `
import { appendFileSync } from 'node:fs';
export async function load(address, context, next) {
  appendFileSync(process.env.LOADED_MODULES, address + '\\n');
  return next(address, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
