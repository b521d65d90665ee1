// sluice updates: asks the registry of npm whether there is a newer version. Nothing else in Sluice ever asks.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { isObject, parseJson, textOf } from '../../core/model/json.ts';
import { version } from '../../version.ts';
import { askOutside } from '../outside-call.ts';
import { proxyOf } from '../proxy-of.ts';
import { fail } from '../ui/fail.ts';
import { printable } from '../ui/printable.ts';
import { processTerminal, type Terminal } from '../ui/terminal.ts';
import { compareVersions } from './updates-version.ts';

const PACKAGE = 'sluice';
const REGISTRY = 'https://registry.npmjs.org/';
/** https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md */
const ABBREVIATED = 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8';
const TIMEOUT_MS = 10_000;
const LIMIT_BYTES = 16 * 1024 * 1024;

/** The `updates` command. */
export function updatesCommand(terminal: Terminal = processTerminal()): Command {
  return new Command('updates')
    .description('ask the npm registry whether there is a newer version (nothing asks by itself)')
    .option('--json', 'print JSON')
    .action((flags: { readonly json?: boolean }) => updates(terminal, flags.json === true));
}

async function updates(terminal: Terminal, json: boolean): Promise<void> {
  const registry = await registryOf(terminal);
  if (registry === undefined)
    return fail(
      terminal,
      'The address of the registry is no URL.',
      'Correct npm_config_registry or ~/.npmrc.',
    );
  const url = new URL(PACKAGE, registry);
  const proxy = proxyOf(url, terminal.env, [
    ...(url.protocol === 'https:' ? ['npm_config_https_proxy'] : []),
    'npm_config_proxy',
  ]);
  const answer = await askOutside({
    url,
    proxy,
    accept: ABBREVIATED,
    timeoutMs: TIMEOUT_MS,
    limitBytes: LIMIT_BYTES,
  });
  if ('code' in answer)
    return fail(
      terminal,
      `The registry ${url.host} could not be asked: ${answer.message}`,
      'Nothing depends on it: Sluice works on. Set npm_config_registry or npm_config_proxy if npm needs them here.',
    );
  if (answer.status === 404) return fail(terminal, `The registry ${url.host} has no package "${PACKAGE}".`);
  if (answer.status !== 200)
    return fail(
      terminal,
      `The registry ${url.host} answered ${answer.status} instead of a list of versions.`,
    );
  const newest = newestIn(parseJson(answer.body.toString('utf8')));
  if (newest === undefined)
    return fail(terminal, `What the registry ${url.host} has under "${PACKAGE}" is not this program.`);
  tell(terminal, newest, url.host, json);
}

/** The newest version that is meant for everybody; undefined where the package has no such command. */
function newestIn(body: unknown): string | undefined {
  if (!isObject(body)) return undefined;
  const tags = body['dist-tags'];
  const versions = body['versions'];
  const latest = isObject(tags) ? textOf(tags['latest']) : undefined;
  const manifest = isObject(versions) && latest !== undefined ? versions[latest] : undefined;
  const bin = isObject(manifest) ? manifest['bin'] : undefined;
  return isObject(bin) && PACKAGE in bin ? latest : undefined;
}

function tell(terminal: Terminal, newest: string, registry: string, json: boolean): void {
  const order = compareVersions(version, newest);
  if (order === undefined) {
    fail(terminal, `The registry ${registry} names a version that is none.`);
    return;
  }
  const newer = order < 0;
  if (json) {
    terminal.out(JSON.stringify({ version, newest, newer, registry }, undefined, 2));
    return;
  }
  const shown = printable(newest);
  if (newer) {
    terminal.out(`Sluice ${shown} is there; this is ${version}.`);
    terminal.err(`  ${terminal.colours.green('→')} npm install --global ${PACKAGE}@${shown}`);
  } else if (order > 0)
    terminal.out(`This is Sluice ${version}, which is newer than ${shown}, the newest of ${registry}.`);
  else terminal.out(`This is Sluice ${version}, the newest version.`);
}

/** The registry as npm finds it: from the environment, else from ~/.npmrc, else npm's own. undefined: it is no URL. */
async function registryOf({ env, home }: Terminal): Promise<URL | undefined> {
  const told =
    env['npm_config_registry'] ?? env['NPM_CONFIG_REGISTRY'] ?? (await registryInFile(home)) ?? REGISTRY;
  const text = told.endsWith('/') ? told : `${told}/`;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url : undefined;
}

async function registryInFile(home: string): Promise<string | undefined> {
  const text = await readFile(join(home, '.npmrc'), 'utf8').catch(() => '');
  return /^[ \t]*registry[ \t]*=[ \t]*"?([^\s"]+)/m.exec(text)?.[1];
}
