// sluice setup status: where each tool points, who pointed it there, whether a gateway answers, and takes the token.

import { hideInUrl } from '../../config/present.ts';
import { askModels, isAlive } from '../../setup/ask-gateway.ts';
import { type Detected, detect, lookAround } from '../../setup/detect.ts';
import type { Looking, Tool } from '../../setup/facts.ts';
import { lookAt, troubleIn } from '../../setup/on-disk.ts';
import type { SetupRecord, ToolRecord } from '../../setup/record.ts';
import { fail } from '../ui/fail.ts';
import { printable } from '../ui/printable.ts';
import type { Terminal } from '../ui/terminal.ts';
import { recordStore } from './setup-target.ts';

/** One tool, as `--json` prints it. */
interface ToolStatus {
  readonly tool: string;
  readonly installed: boolean;
  readonly file: string;
  /** null: at its vendor. */
  readonly url: string | null;
  readonly model: string | null;
  /** sluice: as set up; changed: set up, and the files were changed since; hand: by somebody else; null: at its vendor. */
  readonly by: 'sluice' | 'changed' | 'hand' | null;
  /** null: nobody was asked. */
  readonly answers: boolean | null;
  readonly tokenAccepted: boolean | null;
  readonly notices: readonly string[];
}

/** Shows all tools that are here. */
export async function showStatus(terminal: Terminal, flags: { readonly json?: boolean }): Promise<void> {
  const { env, home } = terminal;
  const looking = lookAround(env, home);
  let record: SetupRecord;
  try {
    record = await recordStore(terminal).read();
  } catch (error) {
    return fail(terminal, troubleIn(error));
  }
  const here = detect(looking).filter(
    ({ tool, program, folder }) =>
      program !== undefined || folder !== undefined || record[tool.id] !== undefined,
  );
  const all = await Promise.all(
    here.map(async (one) => ({ tool: one.tool, status: await statusOf(one, looking, record[one.tool.id]) })),
  );
  if (flags.json === true) return terminal.out(JSON.stringify(all.map(({ status }) => status)));
  if (all.length === 0) terminal.err('None of the tools was found on the PATH or in this home.');
  for (const { tool, status } of all) print(terminal, tool, status);
}

async function statusOf(
  { tool, program }: Detected,
  looking: Looking,
  record: ToolRecord | undefined,
): Promise<ToolStatus> {
  const { file, url, token, model, notices } = tool.pointsAt(looking);
  const base = url?.replace(/\/+$/, '').replace(/\/v1(?:beta)?$/, '');
  const usable = base !== undefined && URL.canParse(base);
  const answers = usable ? await isAlive(base) : null;
  const asked = answers === true && base !== undefined ? await askModels(base, token ?? '') : undefined;
  return {
    tool: tool.id,
    installed: program !== undefined,
    file,
    url: base === undefined ? null : hideInUrl(base),
    model: model ?? null,
    by: await writtenBy(record, base),
    answers,
    tokenAccepted: asked === undefined ? null : asked.ok || asked.why !== 'token',
    notices,
  };
}

async function writtenBy(record: ToolRecord | undefined, url: string | undefined): Promise<ToolStatus['by']> {
  if (record === undefined) return url === undefined ? null : 'hand';
  for (const { path, written } of record.files) {
    const now = await lookAt(path).catch(() => undefined);
    if (now?.etag !== written.etag) return 'changed';
  }
  return 'sluice';
}

function print(
  terminal: Terminal,
  { title }: Tool,
  { file, url, model, by, answers, tokenAccepted, notices }: ToolStatus,
): void {
  const { colours } = terminal;
  if (url === null) {
    terminal.out(`${colours.bold(title)}  at its vendor (${file})`);
  } else {
    const who = {
      sluice: 'set up by Sluice',
      changed: 'set up by Sluice, changed since',
      hand: 'set up by hand',
    };
    const state =
      answers !== true
        ? colours.red('no gateway answers there')
        : tokenAccepted === true
          ? colours.green('answers, takes the token')
          : colours.red('answers, does not take the token');
    terminal.out(
      `${colours.bold(title)}  ${printable(`${url}${model === null ? '' : `  ${model}`}`)}  ${state}`,
    );
    terminal.out(`  ${file}, ${who[by ?? 'hand']}`);
  }
  for (const notice of notices) terminal.err(`  ${colours.yellow('note')} ${printable(notice)}`);
}
