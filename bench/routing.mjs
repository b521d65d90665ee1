// What it costs to choose whom to ask: the CPU time of one choice, for every order and several numbers of candidates, and
// of a choice that stays with the conversation's key. The goal is less than 50 µs among 1,000.
// `node bench/routing.mjs [--contenders 8,100,1000]`; `SLUICE_DIST` names another compiled server.

import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from './measure.mjs';

const GOAL_US = 50;
const ROUNDS = 15;
const ROUND_CHOICES = 2_000_000;

const here = new URL('.', import.meta.url);
const given = process.env.SLUICE_DIST;
const dist = given === undefined ? new URL('../server/dist/', here) : pathToFileURL(`${given}/`);
const { pick } = await import(new URL('core/routing/pick.js', dist).href);
const { ORDERS } = await import(new URL('core/routing/policy.js', dist).href);

/** Always the same numbers, so that every run chooses among the same. */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

/** Keys of fifty upstreams in two priorities; one in ten rests. */
function contendersOf(count) {
  const random = numbers(11);
  const perUpstream = Math.max(1, Math.ceil(count / 50));
  return Array.from({ length: count }, (_, place) => ({
    priority: place % 100 < 90 ? 1 : 0,
    native: place % 3 !== 0,
    weight: 1 + (place % 4),
    price: place % 5 === 0 ? undefined : 1 + (place % 7),
    place,
    groupPlace: Math.floor(place / perUpstream),
    inFlight: place % 4,
    used: Math.floor(random() * 1000),
    lastUsedMs: random() * 1_000_000,
    ttftMs: place % 6 === 0 ? undefined : 200 + random() * 2000,
    credit: 0,
    restsUntilMs: place % 10 === 9 ? 2_000_000 : 0,
  }));
}

/** CPU time of one call of `work` in microseconds. */
function costUs(work, times) {
  const before = process.cpuUsage();
  for (let time = 0; time < times; time++) work(time);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
}

function choiceOf(contenders, order, favourite) {
  const nowMs = 1_000_000;
  const random = numbers(3);
  const grade = (contender) => (contender.restsUntilMs > nowMs ? 3 : 0);
  const tried = () => false;
  const options = { order, preferNative: true, nowMs, random, grade, tried, favourite };
  return (cursor) => {
    const chosen = pick(contenders, { ...options, cursor });
    if (chosen === undefined) throw new Error('Nobody was chosen.');
    chosen.used++;
    chosen.lastUsedMs = nowMs - 1;
  };
}

/** One row for each order and number of contenders: the microseconds of one choice. */
export async function measureChoices(counts = [8, 100, 1000]) {
  const rows = [];
  for (const count of counts) {
    const times = Math.ceil(ROUND_CHOICES / count / ROUNDS);
    for (const order of [...ORDERS, 'favourite']) {
      await new Promise((resolve) => setImmediate(resolve));
      const contenders = contendersOf(count);
      const [first] = contenders;
      const work =
        order === 'favourite'
          ? choiceOf(contenders, 'round_robin', contenders.find(({ priority }) => priority === 1) ?? first)
          : choiceOf(contenders, order, undefined);
      costUs(work, times * 3);
      const rounds = Array.from({ length: ROUNDS }, () => costUs(work, times));
      rows.push({ order, count, us: median(rounds) });
    }
  }
  return rows;
}

/** Prints rows of measureChoices as a table: orders down, numbers of contenders across. */
export function printChoices(rows) {
  const counts = [...new Set(rows.map(({ count }) => count))];
  process.stdout.write(`\nchoosing among contenders, µs (goal among 1,000: < ${GOAL_US})\n`);
  process.stdout.write(`  ${''.padEnd(16)}${counts.map((count) => `${count}`.padStart(10)).join('')}\n`);
  for (const order of new Set(rows.map((row) => row.order))) {
    const costs = rows.filter((row) => row.order === order).map(({ us }) => us.toFixed(2).padStart(10));
    process.stdout.write(`  ${order.padEnd(16)}${costs.join('')}\n`);
  }
  const slowest = Math.max(...rows.filter(({ count }) => count === 1000).map(({ us }) => us));
  if (slowest > GOAL_US) process.stdout.write(`  ! over the goal: ${slowest.toFixed(1)} µs\n`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({ options: { contenders: { type: 'string' } } });
  printChoices(await measureChoices(values.contenders?.split(',').map(Number)));
}
