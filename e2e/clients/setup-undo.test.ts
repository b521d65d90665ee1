// `sluice setup` with the real programs, besides their tasks: what Codex makes of the list of models, what is left in a
// home after undoing, what people are told when the gateway is gone, and `sluice run`.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { until } from '../kit/until.ts';
import { KEY } from './agents.ts';
import { type Command, findClient, runClient } from './client.ts';
import { SET_UP_TOOLS, type SetUpTool, startTask } from './setup-agents.ts';
import { everythingBelow, GREETING, LISTED, startFor } from './setup-start.ts';

const found: { readonly tool: SetUpTool; readonly command: Command }[] = [];
for (const tool of SET_UP_TOOLS) {
  const command = await findClient(tool.client);
  if (command !== undefined) found.push({ tool, command });
}
const each = found.map(({ tool, command }): [string, SetUpTool, Command] => [tool.title, tool, command]);
const codex = found.filter(({ tool }) => tool.name === 'codex');

const MINE: Readonly<Record<string, string>> = {
  '.claude/settings.json': '{\r\n  // mine\r\n  "theme": "dark", // at night\r\n}',
  '.codex/config.toml': '# mine\nmodel = "gpt-5.5" # best\n\n[tui] # look\nnotifications = true',
  '.config/opencode/opencode.jsonc': '\uFEFF{\n\t"theme": "x", /* mine */\n}\n',
  '.gemini/.env': 'MINE=1\r\n# note',
};

/** Tools that point at a gateway which is not there. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  '.claude/settings.json': '{"env":{"ANTHROPIC_BASE_URL":"http://127.0.0.1:9","ANTHROPIC_AUTH_TOKEN":"old"}}',
  '.codex/config.toml':
    'model_provider = "old"\n\n[model_providers.old]\nname = "Old"\nbase_url = "http://127.0.0.1:9/v1"\n',
  '.config/opencode/opencode.json':
    '{"$schema":"https://opencode.ai/config.json","model":"sluice/x","provider":{"sluice":{"npm":"@ai-sdk/openai","options":{"baseURL":"http://127.0.0.1:9"}}}}',
  '.gemini/.env': 'GEMINI_API_KEY=old\nGOOGLE_GEMINI_BASE_URL=http://127.0.0.1:9\n',
  '.gemini/settings.json': '{"security":{"auth":{"selectedType":"oauth-personal"}}}',
};

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

describe.skipIf(each.length === 0)('sluice setup with the real programs', { timeout: 120_000 }, () => {
  test('13.7 undoing leaves the home of all tools as it was', async () => {
    const [first] = found;
    if (first === undefined) return;
    const { desk, sluice, target } = await startFor(first.tool, first.command, 'openai-chat');
    for (const [path, text] of Object.entries(MINE)) put(join(desk.home, path), text);
    const before = everythingBelow(desk.home);
    const set = await sluice('setup', 'claude', 'codex', 'opencode', 'gemini', ...target, '--no-probe');
    expect([set.code, set.stderr]).toEqual([0, expect.stringContaining('takes it back')]);
    expect(everythingBelow(desk.home)).not.toEqual(before);
    const status = await sluice('setup', 'status', '--json');
    expect(JSON.parse(status.stdout)).toHaveLength(4);
    for (const one of JSON.parse(status.stdout) as readonly Record<string, unknown>[])
      expect(one).toMatchObject({ url: target[1], by: 'sluice', answers: true, tokenAccepted: true });
    const undone = await sluice('setup', '--undo');
    expect(undone.code).toBe(0);
    const after = everythingBelow(desk.home);
    // Where the program keeps its data; nothing is in there.
    for (const folder of ['.local', '.local/share']) if (before[folder] === undefined) delete after[folder];
    expect(after).toEqual(before);
  });

  test.skipIf(codex.length === 0)(
    '13.5 Codex takes the list of models, with their true windows',
    async () => {
      for (const { tool, command } of codex) {
        const { desk, sluice, target } = await startFor(tool, command, 'openai-responses');
        expect((await sluice('setup', 'codex', ...target)).code).toBe(0);
        const printed = await runClient([tool.program], ['debug', 'models'], desk);
        expect(printed.code).toBe(0);
        const { models } = JSON.parse(printed.stdout) as {
          models: { slug: string; context_window: number }[];
        };
        const windows = Object.fromEntries(models.map((model) => [model.slug, model.context_window]));
        expect(windows[LISTED.id]).toBe(LISTED.contextTokens);
        expect(windows[tool.model]).toBeGreaterThan(200_000);

        const args = tool.args('Say hello.');
        const other = await runClient(
          [tool.program],
          [args[0] ?? '', '--model', LISTED.id, ...args.slice(1)],
          desk,
        );
        expect(other.stdout).toContain(GREETING);
        expect(other.stderr).not.toMatch(/metadata/i);
        expect(other.code).toBe(0);
      }
    },
  );

  test.skipIf(codex.length === 0)('13.5 Codex that is installed after its set-up answers', async () => {
    for (const { tool, command } of codex) {
      const { desk, sluice, sluiceWith, target } = await startFor(tool, command, 'openai-responses');
      const set = await sluiceWith({ PATH: '' }, 'setup', 'codex', ...target, '--model', LISTED.id);
      expect([set.code, set.stderr]).toEqual([0, expect.stringContaining('not found on the PATH')]);
      const ran = await runClient([tool.program], tool.args('Say hello.'), desk);
      expect(ran.stdout).toContain(GREETING);
      expect(ran.code).toBe(0);
      const again = await sluice('setup', 'codex', ...target);
      expect(again.stdout).toContain('sluice-models.json');
    }
  });

  test.each(each)('13.4–13.6 %s says what is wrong when the gateway is gone', async (_, tool, command) => {
    const { gateway, desk, sluice, target, end } = await startFor(tool, command, tool.dialect);
    expect((await sluice('setup', tool.name, ...target)).code).toBe(0);
    await end();
    const port = new URL(gateway.origin).port;
    // Some of them go on trying for minutes: what counts is what they say meanwhile.
    const asked = startTask(tool, desk, 'Say hello.');
    onTestFinished(() => asked.kill());
    const said = (): string => asked.stdout() + asked.stderr();
    const words = new RegExp(`ECONNREFUSED|Connection ?Refused|:${port}|fetch failed|Unable to connect`, 'i');
    await until(
      async () => words.test(said()) || undefined,
      () => `${tool.title} does not say that nobody answers: ${said()}`,
      60_000,
    );
    const status = await sluice('setup', 'status');
    expect(status.stdout).toContain('no gateway answers there');
    const again = await sluice('setup', tool.name, ...target);
    expect(again.stderr).toContain('cannot be reached');
    expect(again.stderr).toContain('sluice serve');
    expect(again.code).toBe(1);
  });

  test.each(each)(
    '13.4–13.6 sluice run starts %s on the gateway and leaves its files alone',
    async (_, tool, command) => {
      const { desk, sluice, target } = await startFor(tool, command, tool.dialect);
      // Its files say otherwise.
      for (const [path, text] of Object.entries(ELSEWHERE)) put(join(desk.home, path), text);
      const ran = await sluice('run', tool.name, ...target, '--', ...tool.args('Say hello.'));
      expect(ran.stdout + (ran.code === 0 ? '' : ran.stderr)).toContain(GREETING);
      expect(ran.code).toBe(0);
      for (const [path, text] of Object.entries(ELSEWHERE))
        expect(readFileSync(join(desk.home, path), 'utf8')).toBe(text);
      const files = everythingBelow(desk.home);
      const ours = Object.entries(files).filter(([, content]) => content.includes(KEY));
      expect(ours.map(([path]) => path)).toEqual([]);
      expect(Object.keys(files).filter((path) => path.includes('sluice'))).toEqual([]);

      const wrong = await sluice('run', tool.name, ...target, '--', '--there-is-no-such-option');
      const own = await runClient([tool.program], ['--there-is-no-such-option'], desk);
      expect(wrong.code).toBe(own.code);
    },
  );
});
