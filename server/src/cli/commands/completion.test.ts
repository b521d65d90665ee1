// The completions of a small program, tried out in the shells that this machine has.

import { spawnSync } from 'node:child_process';
import { Argument, Command, Option } from 'commander';
import { describe, expect, test } from 'vitest';
import { completionCommand } from './completion.ts';
import { bashCompletion } from './completion-bash.ts';
import { fishCompletion } from './completion-fish.ts';
import { powershellCompletion } from './completion-powershell.ts';
import { completionPlaces } from './completion-tree.ts';
import { zshCompletion } from './completion-zsh.ts';

function program(): Command {
  const keys = new Command('keys').description("the operator's keys: all of them");
  keys.command('add').description('add one').argument('[upstream]').option('--env <variable>', 'from there');
  keys.command('list').alias('ls').description('list them').option('--json', 'as JSON');
  return new Command('sluice')
    .version('1.2.3')
    .addCommand(new Command('serve').option('--host <address>', 'listen there'), { isDefault: true })
    .addCommand(keys)
    .addCommand(
      new Command('rate')
        .addOption(new Option('-f, --format <bar>', 'for whom').choices(['text', 'xbar', 'waybar']))
        .option('-c, --config <file>', 'this file'),
    )
    .addCommand(new Command('secret').option('--quiet'), { hidden: true })
    .addCommand(new Command('completion').addArgument(new Argument('<shell>').choices(['bash', 'zsh'])));
}

const places = completionPlaces(program(), 'serve');

/** What bash proposes when a line has been typed so far; the last word is being completed. */
function bashProposes(...words: readonly string[]): string[] {
  const line = ['sluice', ...words];
  const script = `${bashCompletion(places)}
COMP_WORDS=(${line.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length}
_sluice
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  return stdout.split('\n').filter((text) => text !== '');
}

describe('shell completion', () => {
  test('the tree holds what a person may type, and nothing that is hidden', () => {
    expect(places.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['', '/keys', '/keys/add', '/keys/list', '/keys/ls', '/rate']),
    );
    const names = places.flatMap(({ commands }) => commands.map(({ name }) => name));
    expect(names).not.toContain('secret');
  });

  test('bash proposes commands and options, also those of the command that needs no name', () => {
    expect(bashProposes('')).toEqual(expect.arrayContaining(['keys', 'rate', 'help', '--version', '--host']));
    expect(bashProposes('k')).toEqual(['keys']);
    expect(bashProposes('keys', '')).toEqual(expect.arrayContaining(['add', 'list', 'ls']));
    expect(bashProposes('keys', 'ls', '--')).toEqual(['--json', '--help']);
  });

  test('bash proposes the values that an option can have, and nothing where it can have any', () => {
    expect(bashProposes('rate', '--format', '')).toEqual(['text', 'xbar', 'waybar']);
    expect(bashProposes('rate', '-f', 'w')).toEqual(['waybar']);
    expect(bashProposes('rate', '--format', '=', 'x')).toEqual(['xbar']);
    expect(bashProposes('rate', '--format', '=')).toEqual(['text', 'xbar', 'waybar']);
    expect(bashProposes('keys', 'add', '--env', '')).toEqual([]);
    expect(bashProposes('completion', 'b')).toEqual(['bash']);
  });

  test('the value of an option is not taken for a command', () => {
    expect(bashProposes('rate', '-c', 'keys', '--f')).toEqual(['--format']);
    expect(bashProposes('--host', 'keys', 'ra')).toEqual(['rate']);
  });

  test('bash proposes files where a file is meant', () => {
    expect(bashProposes('rate', '--config', '/etc/passw')).toContain('/etc/passwd');
  });

  test.each([
    ['zsh', zshCompletion, ['-n']],
    ['fish', fishCompletion, ['--no-execute']],
  ] as const)('the script for %s is understood by that shell, where there is one', (shell, script, check) => {
    const text = script(places);
    expect(text).toContain('waybar');
    expect(text).not.toContain('secret');
    const found = spawnSync(shell, ['--version']).status === 0;
    if (!found) {
      process.stderr.write(`SKIPPED: there is no ${shell} here, so its completion script was not tried.\n`);
      return;
    }
    const { status, stderr } = spawnSync(shell, [...check], { input: text, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });

  test('quotes in descriptions end no text in any shell', () => {
    expect(zshCompletion(places)).toContain(`'keys:the operator'\\''s keys: all of them'`);
    expect(fishCompletion(places)).toContain(`-d 'the operator\\'s keys: all of them'`);
    expect(powershellCompletion(places)).toContain(`'the operator''s keys: all of them'`);
  });

  test('the command completes whatever stands beside it', async () => {
    const said: string[] = [];
    const terminal = { out: (line: string) => void said.push(line) };
    const root = program();
    const own = root.commands.find((one) => one.name() === 'completion');
    // The command under test takes the place of its stand-in.
    const others = root.commands.filter((one) => one !== own);
    const whole = new Command('sluice');
    for (const one of others) whole.addCommand(one);
    // Nothing but the output is used.
    whole.addCommand(completionCommand(terminal as Parameters<typeof completionCommand>[0]));
    await whole.parseAsync(['node', 'sluice', 'completion', 'fish']);
    expect(said.join('\n')).toContain("-a 'keys'");
  });
});
