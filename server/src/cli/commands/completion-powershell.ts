// The completion script for PowerShell.
// https://learn.microsoft.com/powershell/module/microsoft.powershell.core/register-argumentcompleter

import { type CompletionPlace, steps, valueNames, valuesOf } from './completion-tree.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const list = (texts: readonly string[]): string => `@(${texts.map(quoted).join(', ')})`;

/** The script. Names are told apart by their letter case, as the program does. */
export function powershellCompletion(places: readonly CompletionPlace[]): string {
  const choices = valuesOf(places, 'choices').flatMap(([names, value]) =>
    names.map((name) => `  $values[${quoted(name)}] = ${list(value.choices)}`),
  );
  const lines = [
    '# PowerShell completion for sluice',
    '# sluice completion powershell | Out-String | Invoke-Expression',
    'Register-ArgumentCompleter -Native -CommandName sluice -ScriptBlock {',
    '  param($wordToComplete, $commandAst, $cursorPosition)',
    '  $compare = [System.StringComparer]::Ordinal',
    '  $next = New-Object "System.Collections.Generic.Dictionary[string,string]" $compare',
    ...steps(places).map(([from, to]) => `  $next[${quoted(from)}] = ${quoted(to)}`),
    '  $values = New-Object "System.Collections.Generic.Dictionary[string,object]" $compare',
    ...valueNames(places).map((name) => `  $values[${quoted(name)}] = @()`),
    ...choices,
    '  $places = New-Object "System.Collections.Generic.Dictionary[string,object]" $compare',
    ...places.map((place) => `  $places[${quoted(place.path)}] = ${proposalsOf(place)}`),
    "  $at = ''",
    '  $open = $null',
    '  foreach ($element in ($commandAst.CommandElements | Select-Object -Skip 1)) {',
    '    if ($element.Extent.EndOffset -ge $cursorPosition) { break }',
    '    $word = $element.Extent.Text',
    '    if ($null -ne $open) { $open = $null; continue }',
    '    $step = "$at $word"',
    '    if ($values.ContainsKey($step)) { $open = $step }',
    '    elseif ($next.ContainsKey($step)) { $at = $next[$step] }',
    '  }',
    '  if ($null -ne $open) {',
    '    $values[$open] | Where-Object { $_.StartsWith($wordToComplete) } | ForEach-Object {',
    "      [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)",
    '    }',
    '    return',
    '  }',
    '  $places[$at] | Where-Object { $_[0].StartsWith($wordToComplete) } | ForEach-Object {',
    "    [System.Management.Automation.CompletionResult]::new($_[0], $_[0], 'ParameterName', $_[1])",
    '  }',
    '}',
  ];
  return lines.join('\n');
}

/** Pairs of a name and what it is; the comma keeps a list of one pair a list. */
function proposalsOf({ commands, options, argument }: CompletionPlace): string {
  const choices = argument?.kind === 'choices' ? argument.choices : [];
  const pairs = [
    ...commands.map(({ name, description }) => [name, description] as const),
    ...choices.map((name) => [name, name] as const),
    ...options.flatMap(({ names, description }) => names.map((name) => [name, description] as const)),
  ];
  return `@(${pairs.map(([name, description]) => `,@(${quoted(name)}, ${quoted(description || name)})`).join('; ')})`;
}
