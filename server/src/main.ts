#!/usr/bin/env node
// The `sluice` command.

import { run } from './cli/program.ts';

await run(process.argv);
