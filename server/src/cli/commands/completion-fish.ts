// The completion script for fish. https://fishshell.com/docs/current/completions.html

import { type CompletionOption, type CompletionPlace, steps, valueNames } from './completion-tree.ts';

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** The script. */
export function fishCompletion(places: readonly CompletionPlace[]): string {
  const withValue = valueNames(places);
  const lines = [
    '# fish completion for sluice',
    '# sluice completion fish | source',
    'function __sluice_at --description "Whether the command line stands at this command"',
    "    set -l at ''",
    '    set -l skip 0',
    '    set -l words (commandline -opc)',
    '    set -e words[1]',
    '    for word in $words',
    '        if test $skip -eq 1',
    '            set skip 0',
    '            continue',
    '        end',
    '        switch "$at $word"',
    ...(withValue.length === 0
      ? []
      : [`            case ${withValue.map(quoted).join(' ')}`, '                set skip 1']),
    ...steps(places).flatMap(([from, to]) => [
      `            case ${quoted(from)}`,
      `                set at ${quoted(to)}`,
    ]),
    '        end',
    '    end',
    '    test "$at" = "$argv[1]"',
    'end',
    'complete -c sluice -f',
    ...places.flatMap(placeLines),
  ];
  return lines.join('\n');
}

function placeLines({ path, commands, options, argument }: CompletionPlace): string[] {
  const start = `complete -c sluice -n ${quoted(`__sluice_at "${path}"`)}`;
  const proposed = commands.map(
    ({ name, description }) => `${start} -a ${quoted(name)} -d ${quoted(description)}`,
  );
  if (argument?.kind === 'choices') proposed.push(`${start} -a ${quoted(argument.choices.join(' '))}`);
  if (argument?.kind === 'file') proposed.push(`${start} -F`);
  return [...proposed, ...options.map((option) => `${start}${optionText(option)}`)];
}

function optionText({ names, description, value }: CompletionOption): string {
  const spelled = names.map((name) =>
    name.startsWith('--') ? ` -l ${quoted(name.slice(2))}` : ` -s ${quoted(name.slice(1))}`,
  );
  return `${spelled.join('')}${valueText(value)} -d ${quoted(description)}`;
}

/** -x: a value and no file; -r -F: a file. */
function valueText(value: CompletionOption['value']): string {
  if (value === undefined) return '';
  if (value.kind === 'choices') return ` -x -a ${quoted(value.choices.join(' '))}`;
  return value.kind === 'file' ? ' -r -F' : ' -x';
}
