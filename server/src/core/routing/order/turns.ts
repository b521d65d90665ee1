// round_robin: everybody who is there gets the same share, and two turns in a row seldom meet the same upstream.
//
// The members stand in a ring: the first key of each upstream, then the second of each, and so on; the cursor says where
// this request enters it. Those who rest are not in the ring, so that nobody inherits their share. Those whom this
// request has tried are, so that its next attempt goes on to the next place; and upstreams that it has not met come first.
//
// A conversation that settles somewhere brings all its later requests, and one that a key at rest has sent away is not
// alone: by turns alone, a key that comes back would stay empty and the others full. So it settles with whoever has the
// least to do, in turn where several have.

import { type Chooser, type Field, MEMBER, RESTING, TRIED } from './contender.ts';

/** Working space, kept between choices: it never holds anything but numbers. */
let seenOfGroup = new Int32Array(64);
let metGroup = new Uint8Array(64);
let ordinals = new Int32Array(1024);
let roundStarts = new Int32Array(1025);

function makeRoomFor(group: number): void {
  const seen = seenOfGroup;
  const met = metGroup;
  seenOfGroup = new Int32Array(group * 2);
  metGroup = new Uint8Array(group * 2);
  seenOfGroup.set(seen);
  metGroup.set(met);
}

/** Notes for each in the ring which key of its upstream it is, and for each round how many are in it. Answers how many there are. */
function countRounds({ contenders, parts }: Field): number {
  if (ordinals.length < contenders.length) {
    ordinals = new Int32Array(contenders.length * 2);
    roundStarts = new Int32Array(contenders.length * 2 + 1);
  }
  seenOfGroup.fill(0);
  metGroup.fill(0);
  roundStarts.fill(0, 0, contenders.length + 1);
  let size = 0;
  for (let at = 0; at < contenders.length; at++) {
    const part = parts[at];
    if (part !== MEMBER && part !== TRIED) continue;
    const group = contenders[at]?.groupPlace ?? 0;
    if (group >= seenOfGroup.length) makeRoomFor(group);
    if (part === TRIED) metGroup[group] = 1;
    const ordinal = seenOfGroup[group] ?? 0;
    seenOfGroup[group] = ordinal + 1;
    ordinals[at] = ordinal;
    roundStarts[ordinal] = (roundStarts[ordinal] ?? 0) + 1;
    size++;
  }
  return size;
}

/** Turns the sizes of rounds into the places in the ring at which they begin. */
function startRounds(size: number): void {
  let start = 0;
  for (let round = 0; start < size; round++) {
    const length = roundStarts[round] ?? 0;
    roundStarts[round] = start;
    start += length;
  }
}

/** Only members with the least to do stay members. */
function leaveLeastBusy({ contenders, parts }: Field): void {
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at < contenders.length; at++)
    if (parts[at] === MEMBER) least = Math.min(least, contenders[at]?.inFlight ?? 0);
  for (let at = 0; at < contenders.length; at++)
    if (parts[at] === MEMBER && contenders[at]?.inFlight !== least) parts[at] = RESTING;
}

/** See the head of this file. */
export const roundRobin: Chooser = (field) => {
  const { contenders, parts, cursor } = field;
  if (field.settling) leaveLeastBusy(field);
  const size = countRounds(field);
  startRounds(size);
  const enters = cursor % size;
  let nearest = 2 * size;
  let chosen = -1;
  for (let at = 0; at < contenders.length; at++) {
    const part = parts[at];
    if (part !== MEMBER && part !== TRIED) continue;
    const ordinal = ordinals[at] ?? 0;
    const place = roundStarts[ordinal] ?? 0;
    roundStarts[ordinal] = place + 1;
    if (part === TRIED) continue;
    const ahead = place >= enters ? place - enters : place - enters + size;
    const distance = metGroup[contenders[at]?.groupPlace ?? 0] === 1 ? ahead + size : ahead;
    if (distance >= nearest) continue;
    nearest = distance;
    chosen = at;
  }
  return chosen;
};
