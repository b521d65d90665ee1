import { Command } from 'commander';
import { expect, test } from 'vitest';
import { unknownCommand } from './unknown-command.ts';

const program = new Command('sluice')
  .addCommand(new Command('serve'), { isDefault: true })
  .addCommand(new Command('keys').alias('key'));

test('a word that is no command is told with the one that was probably meant', () => {
  expect(unknownCommand(program, 'kesy')).toBe(
    'error: There is no command "kesy". Did you mean "sluice keys"?',
  );
  expect(unknownCommand(program, 'frobnicate')).toContain('"sluice help" lists them all');
});

test('commands, their other names, help, options and nothing at all are none of that', () => {
  for (const word of ['serve', 'keys', 'key', 'help', '--port', undefined])
    expect(unknownCommand(program, word)).toBeUndefined();
});
