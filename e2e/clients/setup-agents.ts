// The coding tools as `sluice setup` finds them: a home with nothing in it, the real programs on the PATH, and what each
// is told besides to run without a screen and without anybody at it.

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DialectId } from '../../server/src/core/model/dialect-id.ts';
import type { Asked, Turn } from '../../server/test/kit/agent-provider/script.ts';
import { type Ended, type Program, start } from '../kit/program.ts';
import { AGENTS, type Agent } from './agents.ts';
import { type Command, type Desk, makeDesk, runClient } from './client.ts';
import type { ClientName } from './install.mjs';

/** A tool that is set up, and how it is given a task then. */
export interface SetUpTool {
  readonly title: string;
  /** On the command line of `sluice`. */
  readonly name: string;
  /** Its program. */
  readonly program: string;
  readonly client: ClientName;
  readonly dialect: DialectId;
  /** The model that it is set up with. */
  readonly model: string;
  /** What keeps it from asking anybody but the gateway. */
  readonly env: Readonly<Record<string, string>>;
  args(prompt: string): string[];
  /** The call that writes the note; undefined where the request is none of a task. */
  call(asked: Asked, desk: Desk): Turn | undefined;
}

const agentOf = (client: ClientName, title: string): Agent => {
  const found = AGENTS.find((agent) => agent.client === client && agent.title.includes(title));
  if (found === undefined) throw new Error(`No agent ${title}`);
  return found;
};
const claude = agentOf('claude-code', '');
const codexPatch = agentOf('codex', 'gpt-5.5');
const gemini = agentOf('gemini-cli', '');
const opencode = agentOf('opencode', '');

const withoutModel = (args: readonly string[]): string[] => {
  const at = args.indexOf('--model');
  return at < 0 ? [...args] : [...args.slice(0, at), ...args.slice(at + 2)];
};

/** All of them. */
export const SET_UP_TOOLS: readonly SetUpTool[] = [
  {
    title: 'Claude Code',
    name: 'claude',
    program: 'claude',
    client: 'claude-code',
    dialect: 'anthropic-messages',
    model: 'claude-opus-5-5',
    env: { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', CLAUDE_CODE_MAX_RETRIES: '1' },
    args: (prompt) => withoutModel(claude.args(prompt)),
    call: claude.call,
  },
  {
    title: 'Codex',
    name: 'codex',
    program: 'codex',
    client: 'codex',
    dialect: 'openai-responses',
    model: 'gpt-5.5',
    env: {},
    args: (prompt) => withoutModel(codexPatch.args(prompt)),
    call: codexPatch.call,
  },
  {
    title: 'OpenCode',
    name: 'opencode',
    program: 'opencode',
    client: 'opencode',
    dialect: 'openai-chat',
    model: 'gpt-4.1-mini',
    env: { OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_MODELS_FETCH: '1' },
    args: (prompt) => withoutModel(opencode.args(prompt)),
    call: opencode.call,
  },
  {
    title: 'Gemini CLI',
    name: 'gemini',
    program: 'gemini',
    client: 'gemini-cli',
    dialect: 'gemini',
    model: 'gemini-2.5-pro',
    env: { GEMINI_CLI_TRUST_WORKSPACE: 'true' },
    args: (prompt) => withoutModel(gemini.args(prompt)),
    call: gemini.call,
  },
];

/** A home in which one tool is installed. */
export function newDesk(folder: string, tool: SetUpTool, command: Command): Desk {
  const programs = join(folder, 'programs');
  mkdirSync(programs, { recursive: true });
  const file = join(programs, tool.program);
  const words = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  writeFileSync(file, `#!/bin/sh\nexec ${words} "$@"\n`);
  chmodSync(file, 0o755);
  const desk = makeDesk(folder, tool.env);
  const { env, cwd } = desk.surroundings;
  const home = {
    XDG_CONFIG_HOME: join(desk.home, '.config'),
    XDG_DATA_HOME: join(desk.home, '.local', 'share'),
  };
  return { ...desk, surroundings: { cwd, env: { ...env, ...home, PATH: `${programs}:${env['PATH']}` } } };
}

/** Gives a tool a task and lets it run; OpenCode says what it waits for in its log only. */
export function startTask(tool: SetUpTool, desk: Desk, prompt: string): Program {
  const logs = tool.name === 'opencode' ? ['--print-logs'] : [];
  return start(tool.program, [...tool.args(prompt), ...logs], desk.surroundings);
}

/** Gives a tool a task. */
export function giveTask(tool: SetUpTool, desk: Desk, prompt: string): Promise<Ended> {
  return runClient([tool.program], tool.args(prompt), desk);
}
