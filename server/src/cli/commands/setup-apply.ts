// sluice setup [tool…]: shows the changes, writes them, and asks the gateway in the tool's own way whether it works.

import { applyPlan } from '../../setup/apply.ts';
import { probe } from '../../setup/ask-gateway.ts';
import { detect, lookAround } from '../../setup/detect.ts';
import type { Facts, Looking, Tool } from '../../setup/facts.ts';
import { troubleIn } from '../../setup/on-disk.ts';
import { type PreparedFile, prepareFile } from '../../setup/prepare.ts';
import type { RecordStore } from '../../setup/record.ts';
import { diffLines } from '../../setup/show-diff.ts';
import { findSnippet, SNIPPETS } from '../../setup/snippets/index.ts';
import { findTool, TOOLS } from '../../setup/tools/index.ts';
import type { SetupDialogue } from '../ui/ask-setup.ts';
import { fail } from '../ui/fail.ts';
import { printable } from '../ui/printable.ts';
import type { Terminal } from '../ui/terminal.ts';
import { factsFor } from './setup-facts.ts';
import {
  findTarget,
  makeToken,
  modelsOf,
  PLACEHOLDER,
  recordStore,
  type Target,
  type TargetFlags,
  tellMissingKey,
  tokenAtHand,
} from './setup-target.ts';

/** Options of `setup`. */
export interface SetupFlags extends TargetFlags {
  readonly dryRun?: boolean;
  readonly undo?: boolean;
  readonly force?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
  /** False with --no-probe. */
  readonly probe?: boolean;
}

/** What all tools of one call have in common. */
interface Session {
  readonly terminal: Terminal;
  readonly dialogue: SetupDialogue;
  readonly flags: SetupFlags;
  readonly target: Target;
  readonly looking: Looking;
  readonly records: RecordStore;
}

/** Sets tools up, and prints snippets for what is set up by hand. */
export async function setUp(
  terminal: Terminal,
  dialogue: SetupDialogue,
  named: readonly string[],
  flags: SetupFlags,
): Promise<void> {
  const looking = lookAround(terminal.env, terminal.home);
  const unknown = named.find((name) => findTool(name) === undefined && findSnippet(name) === undefined);
  if (unknown !== undefined) {
    const tools = TOOLS.map(({ names }) => names[0]).join(', ');
    const byHand = SNIPPETS.map(({ id }) => id).join(', ');
    return fail(terminal, `There is no tool "${unknown}".`, `Tools: ${tools}. Snippets: ${byHand}.`);
  }
  const names = named.length > 0 ? named : await chosen(terminal, dialogue, looking);
  if (names === undefined) return;
  const target = await findTarget(terminal, flags);
  if (target === undefined) return;
  const session: Session = { terminal, dialogue, flags, target, looking, records: recordStore(terminal) };
  for (const name of names) {
    const tool = findTool(name);
    if (tool === undefined) {
      await printSnippet(session, name);
      continue;
    }
    const end = await setUpTool(session, tool);
    if (end !== 'done') terminal.exitCode(1);
    // What one tool lacks for itself is no reason to leave the others out; a key is what all of them need.
    if (end === 'no-key') return;
  }
}

/** Asks which of the tools that are here; where nobody can be asked, says what to type. */
async function chosen(
  terminal: Terminal,
  dialogue: SetupDialogue,
  looking: Looking,
): Promise<readonly string[] | undefined> {
  const found = detect(looking).filter(
    ({ program, folder }) => program !== undefined || folder !== undefined,
  );
  const choices = found.map(({ tool, program, folder }) => ({
    id: tool.names[0] ?? tool.id,
    title: tool.title,
    hint: program ?? folder ?? '',
  }));
  if (choices.length === 0)
    return fail(
      terminal,
      'None of the tools was found on the PATH or in this home.',
      `Name one: sluice setup ${TOOLS.map(({ names }) => names[0]).join(' | ')}`,
    );
  if (terminal.interactive) return await dialogue.chooseTools(choices);
  terminal.err('Found:');
  for (const { id, title, hint } of choices) terminal.out(`${id}\t${title}\t${hint}`);
  terminal.err(`Set them up with: sluice setup ${choices.map(({ id }) => id).join(' ')}`);
  return undefined;
}

/** How the set-up of one tool has ended; a failure has been said. */
type End = 'done' | 'failed' | 'no-key';

async function setUpTool(session: Session, tool: Tool): Promise<End> {
  const { terminal, dialogue, flags, target, looking, records } = session;
  const { colours } = terminal;
  const before = await tokenAtHand(terminal, target, flags, tool, looking);
  if (before.kind === 'missing') {
    tellMissingKey(terminal, target);
    return 'no-key';
  }
  const shown = before.kind === 'token' ? before.token : 'sk-sluice-a-new-client-key';
  terminal.err(colours.bold(`${tool.title} → ${target.url}`));
  try {
    const preview = await planned(session, tool, shown);
    for (const file of preview.files)
      for (const line of diffLines(file, PLACEHOLDER)) terminal.out(printable(line));
    const keyLater = before.kind === 'new' ? [KEY_LATER] : [];
    tellNotices(terminal, [...preview.notices, ...keyLater]);
    if (flags.dryRun === true) {
      terminal.err('Nothing was changed (--dry-run).');
      return 'done';
    }
    const files = preview.files.map(({ edit }) => edit.path).join(' and ');
    if (terminal.interactive && flags.yes !== true && !(await dialogue.agrees(`Write ${files}?`))) {
      terminal.err('Nothing was changed.');
      return 'done';
    }
    const made =
      before.kind === 'new' ? await newToken(session, tool) : { token: before.token, client: undefined };
    if (made === undefined) return 'no-key';
    const { facts } = await records.alone(async () => {
      const final = await planned(session, tool, made.token);
      const { url } = target;
      const { client } = made;
      await applyPlan({ tool: tool.id, url, client, files: final.files, records, nowMs: Date.now() });
      return final;
    });
    terminal.err(
      `${colours.green('✔')} ${tool.title} uses ${target.url}. "sluice setup --undo ${tool.names[0]}" takes it back.`,
    );
    return flags.probe === false || (await tried(session, tool, facts)) ? 'done' : 'failed';
  } catch (error) {
    fail(terminal, troubleIn(error));
    return 'failed';
  }
}

const KEY_LATER =
  'A client key is made for it before anything is written; only with that does the gateway list its models.';

function tellNotices({ err, colours }: Terminal, notices: readonly string[]): void {
  for (const notice of notices) err(`${colours.yellow('note')} ${printable(notice)}`);
}

interface Planned {
  readonly facts: Facts;
  readonly files: readonly PreparedFile[];
  readonly notices: readonly string[];
}

async function planned(session: Session, tool: Tool, token: string): Promise<Planned> {
  const { terminal, flags, target, looking, records } = session;
  const { models, answer } = await modelsOf(target, token);
  const { model } = flags;
  const facts = await factsFor(terminal, tool, { url: target.url, token, model, models });
  const plan = tool.plan(facts, looking);
  const known = (await records.read())[tool.id];
  const files: PreparedFile[] = [];
  for (const edit of plan.edits)
    files.push(
      await prepareFile(
        edit,
        known?.files.find(({ path }) => path === edit.path),
      ),
    );
  const missing =
    model !== undefined && answer.ok && !answer.models.some(({ id }) => id === model)
      ? [`The gateway does not list a model "${model}".`]
      : [];
  return { facts, files, notices: [...missing, ...plan.notices] };
}

/** Makes a key for a tool; undefined when it was not made, which has been said. */
async function newToken(
  { terminal, dialogue, flags, target }: Session,
  tool: Tool,
): ReturnType<typeof makeToken> {
  const agreed =
    flags.yes === true ||
    (terminal.interactive &&
      (await dialogue.agrees(`The gateway asks for client keys. Make one for ${tool.title}?`)));
  if (agreed) return await makeToken(terminal, target, flags, tool);
  return fail(
    terminal,
    'The gateway asks for client keys, and none was given.',
    'Use --yes to make one, or give one with --key.',
  );
}

/** Asks the gateway as the tool will. */
async function tried({ terminal, looking }: Session, tool: Tool, facts: Facts): Promise<boolean> {
  const { colours } = terminal;
  const configured = facts.model ?? tool.pointsAt(looking).model;
  const model = facts.model ?? (facts.models.some(({ id }) => id === configured) ? configured : undefined);
  const { asked, refusal } = await probe(facts.url, facts.token, tool.dialectFor(model), model);
  if (refusal === undefined) {
    terminal.err(`${colours.green('✔')} The gateway answered (asked for ${asked}).`);
    return true;
  }
  const remedy = {
    unreachable:
      'Start the gateway ("sluice serve"), or name another one with --url. The files stay as they are now.',
    token: 'The gateway does not take this key: give another one with --key.',
    other: 'The tool is set up, but this would fail in it too. "sluice doctor" may tell more.',
  }[refusal.why];
  fail(terminal, `${refusal.message} (Asked for ${asked}.)`, remedy);
  return false;
}

async function printSnippet({ terminal, flags, target }: Session, name: string): Promise<void> {
  const snippet = findSnippet(name);
  if (snippet === undefined) return;
  const { env } = terminal;
  const asks = target.own?.settings.clients.some(({ enabled }) => enabled) !== false;
  const key = flags.key ?? (asks ? undefined : PLACEHOLDER);
  const model = flags.model ?? (await firstModel(target, flags.key ?? env['SLUICE_API_KEY'] ?? PLACEHOLDER));
  for (const { where, text } of snippet.parts({ url: target.url, key, model: model ?? 'MODEL' })) {
    terminal.err(terminal.colours.bold(`${snippet.title} · ${where}`));
    terminal.out(text);
  }
}

async function firstModel(target: Target, token: string): Promise<string | undefined> {
  const { answer } = await modelsOf(target, token);
  return answer.ok ? answer.models[0]?.id : undefined;
}
