// sluice run <tool> -- …: starts a coding tool that uses the gateway, and touches none of its files.

import { Command } from 'commander';
import { lookAround, programOnPath } from '../../setup/detect.ts';
import { findTool, TOOLS } from '../../setup/tools/index.ts';
import { fail } from '../ui/fail.ts';
import { processTerminal, type Terminal } from '../ui/terminal.ts';
import { runToEnd } from './run-process.ts';
import { factsFor } from './setup-facts.ts';
import { findTarget, modelsOf, type TargetFlags, tellMissingKey, tokenAtHand } from './setup-target.ts';

/** The `run` command. */
export function runCommand(terminal: Terminal = processTerminal()): Command {
  const names = TOOLS.map((tool) => tool.names[0]).join(', ');
  return new Command('run')
    .description('start a coding tool that uses the gateway, without changing any of its files')
    .argument('<tool>', names)
    .argument('[args...]', 'what it is started with, behind "--"')
    .option('--url <url>', 'address of the gateway (default: that of the configuration)')
    .option('--key <key>', 'client key (or SLUICE_API_KEY in the environment)')
    .option('--model <model>', 'model that it is to use (default: as it is)')
    .option('-c, --config <file>', 'find the gateway of this configuration')
    .option('-p, --port <number>', 'port of the gateway, where it is not that of the configuration')
    .action((name: string, args: readonly string[], flags: TargetFlags) =>
      start(terminal, name, args, flags),
    );
}

async function start(
  terminal: Terminal,
  name: string,
  args: readonly string[],
  flags: TargetFlags,
): Promise<void> {
  const tool = findTool(name);
  if (tool === undefined)
    return fail(
      terminal,
      `There is no tool "${name}".`,
      `There are: ${TOOLS.map(({ names }) => names[0]).join(', ')}.`,
    );
  const program = programOnPath(terminal.env, tool.program);
  if (program === undefined)
    return fail(
      terminal,
      `${tool.title} is not installed: there is no "${tool.program}" on the PATH.`,
      'Install it, or add its folder to the PATH.',
    );
  const target = await findTarget(terminal, flags);
  if (target === undefined) return;
  const looking = lookAround(terminal.env, terminal.home);
  const at = await tokenAtHand(terminal, target, flags, tool, looking);
  if (at.kind !== 'token') return tellMissingKey(terminal, target);
  const { models, answer } = await modelsOf(target, at.token);
  if (!answer.ok && answer.why === 'token')
    return fail(terminal, answer.message, 'Give a key that the gateway takes with --key.');
  if (!answer.ok)
    return fail(
      terminal,
      answer.message,
      'Start the gateway ("sluice serve"), or name another one with --url.',
    );
  const { model } = flags;
  const facts = await factsFor(terminal, tool, { url: target.url, token: at.token, model, models });
  const plan = tool.run(facts, looking);
  terminal.exitCode(await runToEnd({ program, args, plan, env: terminal.env, cwd: terminal.cwd }));
}
