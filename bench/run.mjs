// `npm run bench`: measures Sluice beside a bare relay, nginx, Caddy and Portkey in one run and prints ratios. The figure
// is the CPU time of the contender's process tree per unit of work, which survives a noisy machine; nothing here passes
// or fails. Options: --rounds 3 --seconds 4 --only small,burst --contenders sluice,nginx. `--only conversion` measures the
// conversion core by itself, without a gateway, `--only routing` the choice among candidates, and `--only ledger` what the
// ledger answers (`--rows 10M`).

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { contenders, runFolder } from './contenders/index.mjs';
import { measureStreams, printStreams } from './conversion-streams.mjs';
import { cpuNs, median, rssBytes, treeOf } from './measure.mjs';
import { scenarios, writeBodies } from './scenarios.mjs';

const here = new URL('.', import.meta.url).pathname;
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    only: { type: 'string' },
    contenders: { type: 'string' },
    rows: { type: 'string', default: '1M' },
  },
});
const UPSTREAM_PORT = 23_900;
const FIRST_PORT = 23_910;
const wait = (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs));
const picked = (list, name) => list === undefined || list.split(',').includes(name);

function build() {
  const out = join(here, 'build');
  mkdirSync(out, { recursive: true });
  execFileSync('gcc', ['-O2', '-o', join(out, 'mock'), join(here, 'mock/mock.c')]);
  execFileSync('gcc', ['-O2', '-o', join(out, 'lg'), join(here, 'load/lg.c'), '-lm']);
  if (!existsSync(join(here, 'node_modules')))
    execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: here, stdio: 'inherit' });
  if (!existsSync(join(here, '../server/dist/main.js'))) throw new Error('Build first: npm run build');
}

function pinned(core, command) {
  return spawn('taskset', ['-c', String(core), ...command], { stdio: 'ignore' });
}

function answers(port) {
  return new Promise((resolve) => {
    const request = http.get({ host: '127.0.0.1', port, path: '/health', timeout: 1000 }, (response) => {
      response.resume();
      resolve(true);
    });
    request.on('error', () => resolve(false));
  });
}

/** Starts a contender on all cores, as a person would, times its first answer, and then pins it to the first core. */
async function start(contender, run, port) {
  const plan = contender.start(run, port, UPSTREAM_PORT);
  if (plan === undefined) return undefined;
  const startedMs = performance.now();
  const [program, ...args] = plan.command;
  const child = spawn(program, args, { env: { ...process.env, ...plan.env }, cwd: run, stdio: 'ignore' });
  while (!(await answers(port))) {
    if (child.exitCode !== null || performance.now() - startedMs > 20_000)
      throw new Error(`${contender.name} did not start`);
    await wait(3);
  }
  const startMs = performance.now() - startedMs;
  for (const pid of treeOf(child.pid))
    execFileSync('taskset', ['-a', '-c', '-p', '0', pid], { stdio: 'ignore' });
  return { ...plan, port, child, startMs };
}

function load(running, args, bodyPath) {
  const headers = running.headers.flatMap((header) => ['-H', header]);
  const command = [
    '-c',
    '1',
    join(here, 'build/lg'),
    '-p',
    String(running.port),
    '-b',
    bodyPath,
    ...headers,
    ...args,
  ];
  return new Promise((resolve, reject) => {
    const child = spawn('taskset', command, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      if (text.includes('HELD') && running.held !== undefined) running.held();
    });
    child.on('error', reject);
    child.on('close', () => resolve(JSON.parse(text.slice(text.indexOf('{')))));
  });
}

async function measure(running, scenario, bodies) {
  const seconds = scenario.counted ? [] : ['-t', options.seconds];
  await load(
    running,
    // Just-in-time compilers need some thousand requests; what is measured is the steady state after them.
    scenario.counted ? [...scenario.load.slice(0, 4), '-n', '100'] : [...scenario.load, '-t', '3'],
    bodies[scenario.body],
  );
  const before = cpuNs(running.child.pid);
  const result = await load(running, [...scenario.load, ...seconds], bodies[scenario.body]);
  // Work that a gateway puts off (ledger, log) belongs to its requests too.
  await wait(400);
  const used = cpuNs(running.child.pid) - before;
  if (result.errs > 0)
    process.stdout.write(`  ! ${running.name} ${scenario.id}: ${result.errs} errors: ${result.err}\n`);
  return used / 1000 / result[scenario.unit];
}

async function heldKilobytes(running, bodies) {
  await load(running, ['-m', 'sse', '-c', '8', '-n', '200'], bodies.burst);
  const idle = rssBytes(running.child.pid);
  let peak = idle;
  running.held = () => {
    peak = rssBytes(running.child.pid);
  };
  await load(running, ['-m', 'hold', '-c', '1000', '-n', '1000', '-t', '2'], bodies.held);
  running.held = undefined;
  return (peak - idle) / 1024 / 1000;
}

async function latencyUs(running, bodies) {
  return (await load(running, ['-m', 'rate', '-r', '100', '-t', '5', '-c', '20'], bodies.small)).p50;
}

/** Prints one scenario: the figure, and its ratio to the limit (nginx) and to what this runtime costs by itself. */
function table(title, rows) {
  process.stdout.write(`\n${title}\n`);
  for (const [name, value] of rows) {
    const ratios = ['nginx', 'bare relay'].map((base) => {
      const of = rows.get(base);
      return of === undefined ? '' : `${(value / of).toFixed(2)}× ${base}`.padStart(18);
    });
    process.stdout.write(`  ${name.padEnd(12)}${value.toFixed(1).padStart(10)}${ratios.join('')}\n`);
  }
}

/** The conversion core by itself: streams here, requests in a file of their own. */
async function conversion() {
  printStreams(await measureStreams());
  const requests = new URL('conversion-requests.mjs', import.meta.url);
  if (!existsSync(requests)) {
    process.stdout.write('\nSKIPPED: bench/conversion-requests.mjs is not there\n');
    return;
  }
  const { measureRequests, printRequests } = await import(requests.href);
  const rows = await measureRequests();
  if (printRequests !== undefined) printRequests(rows);
  else if (rows !== undefined) console.table(rows);
}

/** The choice among candidates by itself. */
async function routing() {
  const { measureChoices, printChoices } = await import('./routing.mjs');
  printChoices(await measureChoices());
}

/** Questions to a ledger of so many rows. */
async function ledger() {
  const { measureLedger, printLedger } = await import('./ledger.mjs');
  printLedger(await measureLedger({ rows: options.rows }));
}

async function main() {
  if (options.only === 'conversion') return conversion();
  if (options.only === 'routing') return routing();
  if (options.only === 'ledger') return ledger();
  build();
  const base = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const bodies = writeBodies(base);
  const mock = pinned(1, [join(here, 'build/mock'), '-p', String(UPSTREAM_PORT)]);
  await wait(200);
  const results = new Map();
  const note = (key, name, value) => {
    const row = results.get(key) ?? new Map();
    row.set(name, [...(row.get(name) ?? []), value]);
    results.set(key, row);
  };
  try {
    for (let round = 0; round < Number(options.rounds); round++) {
      process.stdout.write(`round ${round + 1}\n`);
      if (picked(options.only, 'latency'))
        note(
          'latency',
          'direct',
          await latencyUs({ name: 'direct', port: UPSTREAM_PORT, headers: [], child: mock }, bodies),
        );
      for (const [index, contender] of contenders.entries()) {
        if (!picked(options.contenders, contender.name)) continue;
        const running = await start(
          contender,
          runFolder(base, `${contender.name}-${round}`),
          FIRST_PORT + index,
        );
        if (running === undefined) {
          process.stdout.write(`  SKIPPED: ${contender.name} is not installed\n`);
          continue;
        }
        running.name = contender.name;
        note('start', contender.name, running.startMs);
        // First of all, while memory is still that of a fresh process.
        if (picked(options.only, 'held')) note('held', contender.name, await heldKilobytes(running, bodies));
        for (const scenario of scenarios)
          if (picked(options.only, scenario.id))
            note(scenario.id, contender.name, await measure(running, scenario, bodies));
        if (picked(options.only, 'latency'))
          note('latency', contender.name, await latencyUs(running, bodies));
        running.child.kill('SIGTERM');
        await wait(300);
        running.child.kill('SIGKILL');
      }
    }
  } finally {
    mock.kill('SIGKILL');
    rmSync(base, { recursive: true, force: true });
  }
  const titles = new Map([
    ...scenarios.map((scenario) => [scenario.id, scenario.title]),
    ['latency', 'latency p50 at 100 requests a second, µs'],
    ['held', '1,000 held streams, KB resident memory each'],
    ['start', 'first answer after the process starts, ms'],
  ]);
  const report = {};
  for (const [key, title] of titles) {
    const rows = results.get(key);
    if (rows === undefined) continue;
    const medians = new Map([...rows].map(([name, values]) => [name, median(values)]));
    report[key] = Object.fromEntries(medians);
    table(title, medians);
  }
  mkdirSync(join(here, 'results'), { recursive: true });
  writeFileSync(
    join(here, 'results/latest.json'),
    `${JSON.stringify({ node: process.version, rounds: Number(options.rounds), report }, null, 2)}\n`,
  );
}

await main();
