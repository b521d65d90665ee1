// Preloaded into a gateway (node --import): its wall clock, in any of its threads and processes, is that of the machine and as
// many milliseconds more as the file says that CLOCK_SHIFT names. The monotonic clock goes on, as on a machine whose
// time is set.

import { readFileSync } from 'node:fs';

const file = process.env.CLOCK_SHIFT;
const Real = Date;
let shiftMs = 0;

function look() {
  const said = Number(readFileSync(file, 'utf8'));
  if (Number.isFinite(said)) shiftMs = said;
}

look();
setInterval(look, 10).unref();

globalThis.Date = class extends Real {
  constructor(...given) {
    if (given.length === 0) super(Real.now() + shiftMs);
    else super(...given);
  }
  static now() {
    return Real.now() + shiftMs;
  }
};
