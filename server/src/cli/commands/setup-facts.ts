// Brings together what a plan for a tool is made of.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JsonValue, jsonOf } from '../../config/document.ts';
import { isObject, listOf, parseJson } from '../../core/model/json.ts';
import { programOnPath } from '../../setup/detect.ts';
import type { Facts, KnownModel, Tool } from '../../setup/facts.ts';
import type { Terminal } from '../ui/terminal.ts';
import { withLimits } from './setup-target.ts';

const CODEX_MS = 20_000;
const MOST_BYTES = 16 * 1024 * 1024;

/** The facts for a tool. */
export async function factsFor(
  terminal: Terminal,
  tool: Tool,
  given: Pick<Facts, 'url' | 'token' | 'model' | 'models'>,
): Promise<Facts> {
  const { model, models } = given;
  const listed = model === undefined || models.some(({ id }) => id === model);
  const all: readonly KnownModel[] = listed
    ? models
    : [...models, ...(await withLimits([{ id: model, contextTokens: 0, outputTokens: 0 }]))];
  if (tool.id !== 'codex') return { ...given, models: all };
  const codexModels = await installedCodexModels(terminal);
  return { ...given, models: all, ...(codexModels === undefined ? {} : { codexModels }) };
}

/** What the installed Codex says of its own models; undefined where there is none that does. */
async function installedCodexModels({ env }: Terminal): Promise<Facts['codexModels']> {
  const program = programOnPath(env, 'codex');
  if (program === undefined) return undefined;
  // A home of its own: what is configured must not be part of the answer.
  const folder = await mkdtemp(join(tmpdir(), 'sluice-codex-'));
  try {
    const printed = await printedBy(program, ['debug', 'models', '--bundled'], {
      ...env,
      CODEX_HOME: folder,
    });
    const answer = printed === undefined ? undefined : parseJson(printed);
    const models = listOf(isObject(answer) ? answer['models'] : undefined).map(jsonOf);
    const described = models.filter((one): one is { [member: string]: JsonValue } => isObject(one));
    return described.length === 0 ? undefined : described;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What a program prints; undefined where it fails or takes too long. */
function printedBy(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'ignore'], timeout: CODEX_MS });
    const parts: Buffer[] = [];
    let bytes = 0;
    child.stdout.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes > MOST_BYTES) child.kill();
      else parts.push(part);
    });
    child.on('error', () => resolve(undefined));
    child.on('close', (code) => resolve(code === 0 ? Buffer.concat(parts).toString('utf8') : undefined));
  });
}
