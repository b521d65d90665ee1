// What it costs to choose whom to ask: the CPU time of one choice, for every order and several numbers of candidates, and
// of a choice that stays with the conversation's key; then what the gateway's own pool takes to choose, to count and to
// settle, with and without limits on every key. The goal is less than 50 µs for a choice among 1,000.
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
const policy = await import(new URL('core/routing/policy.js', dist).href);
const { Pool } = await import(new URL('exchange/pool/pool.js', dist).href);
const { ORDERS } = policy;

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

/** A pool with so many keys at twenty upstreams; `settles` counts and settles each choice as an attempt that was answered. */
function poolWork(count, keyLimits, settles) {
  const clock = { monotonicMs: () => performance.now(), epochMs: () => Date.now() };
  const pool = new Pool(clock, numbers(5));
  const upstreams = Array.from({ length: 20 }, (_, at) => ({
    id: `u${at}`,
    priority: 0,
    weight: 1,
    prices: [],
    modelLimits: [],
    keyLimits,
  }));
  const settings = { upstreams, limits: { ...policy.DEFAULT_LIMIT_POLICY, models: [] } };
  const targets = Array.from({ length: count }, (_, at) => ({
    upstream: upstreams[at % 20],
    key: { id: `k${at}` },
    model: 'm',
    native: true,
  }));
  const members = pool.members(settings, targets);
  const route = policy.DEFAULT_ROUTE;
  const facts = pool.facts(route, 'm');
  const fixed = { members, route, facts, preferNative: true, tokens: 100, conversation: undefined };
  const end = { verdict: { reason: 'answered' }, usedTokens: 10, learns: true };
  return () => {
    const selection = { ...fixed, avoided: [], cursor: undefined };
    const member = pool.choose(selection, []);
    if (settles) pool.end(pool.take(selection, settings, member), policy.DEFAULT_HEALTH, end);
  };
}

const POOL_ROWS = [
  ['pool: choose', undefined, false],
  ['pool: and settle', undefined, true],
  ['  with limits', { rpm: 1_000_000_000, tpm: 1_000_000_000_000 }, true],
];

/** One row for each order and number of contenders: the microseconds of one choice. */
export async function measureChoices(counts = [8, 100, 1000]) {
  const rows = [];
  // Before the orders: their plain objects would make the engine's code for the gateway's own members slower.
  for (const count of counts) {
    for (const [order, limits, settles] of POOL_ROWS) {
      const work = poolWork(count, limits, settles);
      const times = Math.ceil(ROUND_CHOICES / 10 / count / ROUNDS);
      costUs(work, times * 3);
      const rounds = Array.from({ length: ROUNDS }, () => costUs(work, times));
      rows.push({ order, count, us: median(rounds) });
    }
  }
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
