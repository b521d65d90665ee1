// sluice convert: shows what becomes of a request or an answer on its way between two formats, and what is lost.

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Command, Option } from 'commander';
import {
  type AnswerPreview,
  previewAnswer,
  previewRequest,
  type RequestPreview,
} from '../../core/conversion/preview.ts';
import { dialects } from '../../core/dialects/index.ts';
import { DIALECT_IDS, type DialectId, familyOf } from '../../core/model/dialect-id.ts';
import { errorText } from '../../core/model/error.ts';
import type { Loss } from '../../core/model/loss.ts';
import { findProvider, providers } from '../../core/providers/index.ts';
import { traitsFor } from '../../core/providers/traits/index.ts';
import { fail } from '../ui/fail.ts';
import { processTerminal, type Terminal } from '../ui/terminal.ts';

interface ConvertOptions {
  readonly from: DialectId;
  readonly to: DialectId;
  readonly response?: boolean;
  readonly stream?: boolean;
  readonly model?: string;
  readonly provider?: string;
  readonly json?: boolean;
}

/** The `convert` command. Nothing is sent anywhere. */
export function convertCommand(terminal: Terminal = processTerminal()): Command {
  const format = (flags: string, what: string): Option =>
    new Option(flags, what).choices(DIALECT_IDS).makeOptionMandatory();
  return new Command('convert')
    .description('show what a conversion between two formats makes of a request or an answer')
    .argument('[file]', 'the body; "-" or nothing: standard input', '-')
    .addOption(format('--from <format>', 'format of the file'))
    .addOption(format('--to <format>', 'format that it is converted to'))
    .option('--response', 'the file is an answer of an upstream, not a request')
    .option('--stream', 'with --response: the file is a stream of events; otherwise: ask for a stream')
    .option('--model <name>', 'model to ask for; default: the one in the file')
    .option('--provider <name>', "preset of the upstream, whose models' limits count")
    .option('--json', 'print body and losses as one JSON document')
    .action(async (file: string, options: ConvertOptions) => convert(terminal, file, options));
}

async function convert(terminal: Terminal, file: string, options: ConvertOptions): Promise<void> {
  const bytes = await read(terminal, file);
  if (bytes === undefined) return;
  const { from, to, model, stream, provider = familyOf(to) } = options;
  if (findProvider(provider) === undefined) {
    const known = [...providers.keys()].join(', ');
    return fail(terminal, `There is no provider "${provider}". There are ${known}.`);
  }
  const traits = traitsFor(provider, to, model ?? namedIn(bytes.toString('utf8')));
  const setting = { from: dialects[from], to: dialects[to], traits, model, stream };
  const preview = options.response === true ? previewAnswer(setting, bytes) : previewRequest(setting, bytes);
  if ('code' in preview)
    return fail(terminal, preview.param === 'model' ? `${preview.message} Use --model.` : errorText(preview));
  if (options.json === true) terminal.out(JSON.stringify(preview, null, 2));
  else print(terminal, preview);
}

async function read(terminal: Terminal, file: string): Promise<Buffer | undefined> {
  try {
    const bytes = file === '-' ? await buffer(process.stdin) : await readFile(resolve(terminal.cwd, file));
    // A copied stream may lack the blank line after its last event.
    return Buffer.concat([bytes, Buffer.from('\n\n')]);
  } catch (thrown) {
    return fail(terminal, unreadable(file, thrown));
  }
}

function unreadable(file: string, thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (code === 'ENOENT') return `There is no file ${file}.`;
  if (code === 'EISDIR') return `${file} is a folder.`;
  return `${file} cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}.`;
}

/** The model that a body names, for the limits of the target. */
function namedIn(text: string): string {
  return /"model"\s*:\s*"([^"\\]+)"/.exec(text)?.[1] ?? '';
}

function print(terminal: Terminal, preview: RequestPreview | AnswerPreview): void {
  const { colours } = terminal;
  if ('path' in preview) terminal.err(colours.dim(`POST ${preview.path}`));
  terminal.out(typeof preview.body === 'string' ? preview.body : JSON.stringify(preview.body, null, 2));
  if (preview.losses.length === 0) terminal.err(colours.green('Nothing is lost.'));
  for (const loss of preview.losses) terminal.err(lossLine(terminal, loss));
}

function lossLine({ colours }: Terminal, { severity, path, feature, action, note }: Loss): string {
  const colour =
    severity === 'semantic' ? colours.red : severity === 'quality' ? colours.yellow : colours.dim;
  return `${colour(severity)} ${colours.bold(path)} ${feature} ${action}: ${note}`;
}
