// The first minutes with a coding agent: the gateway has no configuration and no key, and the demo answers the agent
// without touching the person's files.

import { readdirSync } from 'node:fs';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Gateway, startGateway } from '../kit/gateway.ts';
import { configureCodex, type Desk, findClient, makeDesk, runClient } from './client.ts';

const claudeCode = await findClient('claude-code');
const codex = await findClient('codex');
const PROMPT = 'Write a file note.txt with the Bash command `touch note.txt`.';

describe.skipIf(claudeCode === undefined || codex === undefined)('With the demo', { timeout: 90_000 }, () => {
  let gateway: Gateway;
  let desk: Desk;
  beforeAll(async () => {
    gateway = await startGateway();
    return async () => {
      const rows = await gateway.stop();
      expect(rows.length).toBeGreaterThan(1);
      for (const row of rows) expect(row).toMatchObject({ state: 'done', status: 200, upstream_id: 'demo' });
    };
  });
  beforeEach(() => {
    desk = makeDesk(gateway.folder, {
      ANTHROPIC_BASE_URL: gateway.origin,
      ANTHROPIC_AUTH_TOKEN: 'any',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      SLUICE_CLIENT_KEY: 'any',
    });
  });

  const greeted = (stdout: string): void => {
    expect(stdout).toContain('Hello from Sluice!');
    expect(stdout).toContain(`You said: "${PROMPT}"`);
    expect(readdirSync(desk.project)).toEqual([]);
  };

  test('Claude Code is answered', async () => {
    const args = ['--print', PROMPT, '--model', 'claude-opus-5-5', '--permission-mode', 'acceptEdits'];
    const { code, stdout } = await runClient(claudeCode ?? [], args, desk);
    expect(code).toBe(0);
    greeted(stdout);
  });

  test.each(['gpt-5.5', 'gpt-6-sol', 'any-name'])('Codex is answered when it asks for %s', async (model) => {
    configureCodex(desk, gateway.origin, '');
    const args = [
      'exec',
      '--model',
      model,
      '--skip-git-repo-check',
      '--sandbox',
      'danger-full-access',
      PROMPT,
    ];
    const { code, stdout } = await runClient(codex ?? [], args, desk);
    expect(code).toBe(0);
    greeted(stdout);
  });
});
