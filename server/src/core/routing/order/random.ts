// random: anybody, with the same chance for all.

import { type Chooser, MEMBER } from './contender.ts';

/** See the head of this file. */
export const anybody: Chooser = ({ contenders, parts, random }) => {
  let count = 0;
  for (let at = 0; at < contenders.length; at++) if (parts[at] === MEMBER) count++;
  let left = Math.min(count - 1, Math.floor(random() * count));
  for (let at = 0; at < contenders.length; at++) if (parts[at] === MEMBER && left-- === 0) return at;
  return -1;
};
