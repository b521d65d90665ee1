// The command-line clients as agents: how each is pointed at a gateway, how it is given a task, and with which of its
// tools a model writes a file for it.

import { join } from 'node:path';
import type { DialectId } from '../../server/src/core/model/dialect-id.ts';
import type { Asked, Turn } from '../../server/test/kit/agent-provider/script.ts';
import { configureCodex, type Desk, makeDesk, writeHome } from './client.ts';
import type { ClientName } from './install.mjs';

/** An agent: a client with one of its models. */
export interface Agent {
  readonly title: string;
  readonly client: ClientName;
  /** The format that it speaks. */
  readonly dialect: DialectId;
  /** Makes its home, with everything that points it at the gateway. */
  sitDown(folder: string, origin: string): Desk;
  args(prompt: string): string[];
  /** The call that writes NOTE; undefined where the request is none of a task (a title, a summary). */
  call(asked: Asked, desk: Desk): Turn | undefined;
}

/** Key of every agent. */
export const KEY = 'sk-e2e-agent-0123456789abcd';
/** What an agent's file is called, and what is to stand in it. */
export const NOTE = 'note.txt';
export const CONTENT = 'tool-ok\n';

const PATCH = `*** Begin Patch\n*** Add File: ${NOTE}\n+tool-ok\n*** End Patch\n`;
const COMMAND = `printf 'tool-ok\\n' > ${NOTE}`;
const EXEC = { cmd: COMMAND, yield_time_ms: 5000 };

const claudeCode: Agent = {
  title: 'Claude Code',
  client: 'claude-code',
  dialect: 'anthropic-messages',
  sitDown: (folder, origin) =>
    makeDesk(folder, {
      ANTHROPIC_BASE_URL: origin,
      ANTHROPIC_AUTH_TOKEN: KEY,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    }),
  args: (prompt) => ['--print', prompt, '--model', 'claude-opus-5-5', '--permission-mode', 'acceptEdits'],
  call: ({ tools }, { project }) =>
    tools.includes('Write')
      ? { kind: 'tool', name: 'Write', input: { file_path: join(project, NOTE), content: CONTENT } }
      : undefined,
};

/** Codex offers each generation of models other tools: functions, free-form ones, or one free-form tool in a namespace. */
function codex(model: string, call: (named: (tool: string) => string) => Turn): Agent {
  return {
    title: `Codex with ${model}`,
    client: 'codex',
    dialect: 'openai-responses',
    sitDown: (folder, origin) => {
      const desk = makeDesk(folder, { SLUICE_CLIENT_KEY: KEY });
      configureCodex(desk, origin, '');
      return desk;
    },
    args: (prompt) => [
      'exec',
      '--model',
      model,
      '--skip-git-repo-check',
      '--sandbox',
      'danger-full-access',
      '--color',
      'never',
      prompt,
    ],
    call: ({ tools }) =>
      // A format without namespaces puts theirs before the names.
      call((tool) => tools.find((name) => name === tool || name.endsWith(`__${tool}`)) ?? `no ${tool}`),
  };
}

const geminiCli: Agent = {
  title: 'Gemini CLI',
  client: 'gemini-cli',
  dialect: 'gemini',
  sitDown: (folder, origin) => {
    const desk = makeDesk(folder, {
      GEMINI_API_KEY: KEY,
      GOOGLE_GEMINI_BASE_URL: origin,
      GEMINI_CLI_TRUST_WORKSPACE: 'true',
    });
    const settings = {
      security: { auth: { selectedType: 'gemini-api-key' } },
      privacy: { usageStatisticsEnabled: false },
      general: { enableAutoUpdate: false },
    };
    writeHome(desk, '.gemini/settings.json', JSON.stringify(settings));
    return desk;
  },
  args: (prompt) => ['--model', 'gemini-2.5-pro', '--approval-mode', 'yolo', '--prompt', prompt],
  call: ({ tools }, { project }) =>
    tools.includes('write_file')
      ? { kind: 'tool', name: 'write_file', input: { file_path: join(project, NOTE), content: CONTENT } }
      : undefined,
};

/** OpenCode speaks every format, through the library of each. */
function opencode(library: string, dialect: DialectId, base: string, model: string): Agent {
  return {
    title: `OpenCode by ${library}`,
    client: 'opencode',
    dialect,
    sitDown: (folder, origin) => {
      const desk = makeDesk(folder, { OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_MODELS_FETCH: '1' });
      const config = {
        autoupdate: false,
        share: 'disabled',
        provider: {
          sluice: {
            npm: library,
            options: { baseURL: `${origin}${base}`, apiKey: KEY },
            models: { [model]: { reasoning: true, tool_call: true } },
          },
        },
      };
      // XDG_CONFIG_HOME of the bare environment.
      writeHome(desk, 'config/opencode/opencode.json', JSON.stringify(config));
      return desk;
    },
    args: (prompt) => ['run', '--model', `sluice/${model}`, prompt],
    call: ({ tools }, { project }) => {
      if (tools.includes('write'))
        return { kind: 'tool', name: 'write', input: { filePath: join(project, NOTE), content: CONTENT } };
      if (!tools.includes('bash')) return undefined;
      return { kind: 'tool', name: 'bash', input: { command: COMMAND, description: 'Writes a note' } };
    },
  };
}

/** All of them. */
export const AGENTS: readonly Agent[] = [
  claudeCode,
  codex('gpt-5.1-codex', (named) => ({ kind: 'tool', name: named('exec_command'), input: EXEC })),
  codex('gpt-5.5', (named) => ({ kind: 'custom', name: named('apply_patch'), input: PATCH })),
  codex('gpt-6-sol', (named) => ({
    kind: 'custom',
    name: named('exec'),
    input: `const r = await tools.exec_command(${JSON.stringify(EXEC)}); text(JSON.stringify(r));`,
  })),
  geminiCli,
  opencode('@ai-sdk/openai-compatible', 'openai-chat', '/v1', 'gpt-4.1-mini'),
  opencode('@ai-sdk/openai', 'openai-responses', '/v1', 'gpt-5.1'),
  opencode('@ai-sdk/anthropic', 'anthropic-messages', '/v1', 'claude-sonnet-4-5'),
  opencode('@ai-sdk/google', 'gemini', '/v1beta', 'gemini-2.5-pro'),
];
