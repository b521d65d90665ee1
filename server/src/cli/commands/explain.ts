// sluice explain: where a request would go and why not elsewhere, as the running gateway sees it. Nothing is sent.

import { Command, Option } from 'commander';
import { DIALECT_IDS } from '../../core/model/dialect-id.ts';
import { isObject, type JsonObject, listOf, textOf } from '../../core/model/json.ts';
import { fail } from '../ui/fail.ts';
import { printable } from '../ui/printable.ts';
import { processTerminal, type Terminal } from '../ui/terminal.ts';
import { type KeyFlags, runningGateway } from './keys-setting.ts';

interface ExplainFlags extends KeyFlags {
  readonly dialect: string;
  readonly client?: string;
  readonly conversation?: string;
  readonly stream?: boolean;
}

/** The `explain` command. */
export function explainCommand(terminal: Terminal = processTerminal()): Command {
  return new Command('explain')
    .description('say which upstreams and keys a request would go to, in what order and why')
    .argument('<model>', 'the model that would be asked for')
    .addOption(
      new Option('--dialect <format>', 'format of the request').choices(DIALECT_IDS).default('openai-chat'),
    )
    .option('--client <id>', 'the client that would ask')
    .option('--conversation <id>', 'the conversation it would belong to')
    .option('--stream', 'the answer would be streamed')
    .option('--json', 'print JSON')
    .option('-c, --config <file>', 'find the gateway of this configuration')
    .option('-p, --port <number>', 'port of the running gateway, where it is not that of the configuration')
    .action((model: string, _options: unknown, self: Command) =>
      explain(terminal, model, self.optsWithGlobals<ExplainFlags>()),
    );
}

async function explain(terminal: Terminal, model: string, flags: ExplainFlags): Promise<void> {
  const so = ', and where a request goes depends on how its keys stand';
  const gateway = await runningGateway(terminal, flags, { so });
  if (gateway === undefined) return;
  const { dialect, client, conversation, stream } = flags;
  const answer = await gateway.ask('POST', '/admin/explain', {
    model,
    dialect,
    client,
    conversation,
    stream,
  });
  if (!answer.ok) return fail(terminal, answer.message, answer.suggestion);
  if (flags.json === true || !isObject(answer.body)) {
    terminal.out(JSON.stringify(answer.body, undefined, 2));
    return;
  }
  for (const line of explained(answer.body, model)) terminal.out(line);
}

/** The report in lines: candidates in their order, then who was passed over. */
function explained(report: JsonObject, model: string): string[] {
  const candidates = listOf(report['candidates']).filter(isObject);
  const passed = listOf(report['passedOver']).filter(isObject);
  const notes = listOf(report['notes']).filter((note) => typeof note === 'string');
  const count = candidates.length === 1 ? '1 candidate' : `${candidates.length} candidates`;
  const lines = [`${printable(model)}: ${candidates.length === 0 ? 'nobody would be asked' : count}.`];
  for (const note of notes) lines.push(`  ${printable(note)}`);
  for (const [index, one] of candidates.entries()) lines.push(`${index + 1}. ${lineOf(one)}`);
  if (passed.length > 0) lines.push('Passed over:');
  for (const one of passed) lines.push(`–  ${lineOf(one)}`);
  return lines;
}

function lineOf(one: JsonObject): string {
  const key = textOf(one['keyId']);
  const name = textOf(one['keyName']);
  const model = textOf(one['model']);
  const where = `${textOf(one['upstreamId']) ?? '?'}${key === undefined ? '' : `/${key}`}`;
  const called = name === undefined ? '' : ` (${name})`;
  const sent = model === undefined ? '' : ` ${model}`;
  return printable(`${where}${called}${sent}: ${textOf(one['why']) ?? ''}`);
}
