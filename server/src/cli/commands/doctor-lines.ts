// An examination as lines for people.

import type { CheckName, Finding, FindingState } from '../../doctor/finding.ts';
import { printable } from '../ui/printable.ts';
import { counted } from '../ui/problems.ts';
import type { Colours } from '../ui/terminal.ts';

const TITLES: Readonly<Record<CheckName, string>> = {
  node: 'Node.js',
  configuration: 'Configuration',
  port: 'Port',
  keys: 'Keys',
  upstreams: 'Upstreams',
  clock: 'Clock',
  proxies: 'Proxies',
  'data-folder': 'Data folder',
  secrets: 'Secrets',
  database: 'Database',
  redis: 'Redis',
  tools: 'Coding tools',
};
const WIDTH = 14;

/** The lines: a mark, what was looked at, what was found, and below it what to do. */
export function doctorLines(findings: readonly Finding[], colours: Colours): string[] {
  const marks: Readonly<Record<FindingState, string>> = {
    ok: colours.green('✔'),
    warning: colours.yellow('!'),
    problem: colours.red('✘'),
    skipped: colours.dim('–'),
  };
  let last: CheckName | undefined;
  const lines = findings.flatMap(({ check, state, message, fix }) => {
    const title = (check === last ? '' : TITLES[check]).padEnd(WIDTH);
    last = check;
    const text = printable(message);
    const line = `${marks[state]} ${title} ${state === 'skipped' ? colours.dim(text) : text}`;
    const advice = `  ${' '.repeat(WIDTH)} ${colours.green('→')} ${printable(fix ?? '')}`;
    return fix === undefined ? [line] : [line, advice];
  });
  return [...lines, '', verdict(findings)];
}

function verdict(findings: readonly Finding[]): string {
  const count = (state: FindingState): number => findings.filter((one) => one.state === state).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  if (problems + warnings === 0) return 'All is well.';
  const parts = [
    ...(problems > 0 ? [counted(problems, 'problem')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ];
  return `${parts.join(' and ')}.`;
}
