// In how good a state a candidate is for one more request, from best to worst. Numbers, so that thousands compare quickly.

export type Grade = 0 | 1 | 2 | 3;

/** Nothing is held against it. */
export const FREE = 0;
/** It was put aside and its time is over: one request finds out whether it is back. */
export const PROBE = 1;
/** We suspect that it would fail: it is asked only when nothing else is there. */
export const SUSPECT = 2;
/** It must not be asked now. */
export const BARRED = 3;
