// Claude Code, the real program, through the gateway: a prompt, a tool that writes a file, and what it does about errors.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TURN_USAGE } from '../../server/test/kit/agent-provider/script.ts';
import {
  type ScriptedProvider,
  startScripted,
} from '../../server/test/kit/agent-provider/scripted-provider.ts';
import { type Gateway, startGateway } from '../kit/gateway.ts';
import type { LedgerRow } from '../kit/ledger.ts';
import { type Desk, findClient, makeDesk, runClient } from './client.ts';

const program = await findClient('claude-code');
const KEY = 'sk-e2e-claude-code-0123456789';
const MODEL = 'claude-opus-5-5';
const USED = {
  input_uncached: TURN_USAGE.input,
  input_cache_read: TURN_USAGE.cacheRead,
  output_text: TURN_USAGE.output,
};

describe.skipIf(program === undefined)('Claude Code', { timeout: 90_000 }, () => {
  let upstream: ScriptedProvider;
  let gateway: Gateway;
  let desk: Desk;

  beforeEach(async () => {
    upstream = await startScripted(({ afterTool, body, tools }) => {
      if (afterTool || !tools.includes('Write'))
        return { kind: 'text', text: 'The file says tool-ok, all done.' };
      if (!JSON.stringify(body['messages']).includes('note.txt'))
        return { kind: 'text', text: 'Hello from behind the gateway.' };
      return {
        kind: 'tool',
        name: 'Write',
        input: { file_path: join(desk.project, 'note.txt'), content: 'tool-ok\n' },
      };
    });
    gateway = await startGateway({
      config: {
        clients: [{ id: 'claude-code', key: KEY }],
        upstreams: [
          { id: 'scripted', provider: 'anthropic', baseUrl: upstream.url, keys: ['sk-upstream-0123456789'] },
        ],
      },
    });
    desk = makeDesk(gateway.folder, {
      ANTHROPIC_BASE_URL: gateway.origin,
      ANTHROPIC_AUTH_TOKEN: KEY,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    });
  });
  afterEach(async () => {
    await upstream.stop();
    await gateway.stop();
    expect(upstream.refused).toEqual([]);
  });

  const claude = (prompt: string) =>
    runClient(program ?? [], ['--print', prompt, '--model', MODEL, '--permission-mode', 'acceptEdits'], desk);

  /** The closed rows of a run's exchanges. */
  const rows = (count: number): Promise<LedgerRow[]> =>
    gateway.ledger((all) => {
      const turns = all.filter((row) => row.route === 'messages');
      return turns.length >= count && turns.every((row) => row.state === 'done') ? turns : undefined;
    });

  test('answers a prompt', async () => {
    const { code, stdout } = await claude('Say hello.');
    expect(stdout.trim()).toBe('Hello from behind the gateway.');
    expect(code).toBe(0);

    const turns = await rows(1);
    expect(turns).toHaveLength(upstream.asked.length);
    for (const turn of turns) {
      expect(turn).toMatchObject({
        status: 200,
        client_id: 'claude-code',
        model_asked: MODEL,
        streamed: 1,
        ...USED,
      });
      expect(turn.conversation_id).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  test('writes a file with its tool and tells the end of it', async () => {
    const { code, stdout } = await claude('Write tool-ok into note.txt.');
    expect(stdout.trim()).toBe('The file says tool-ok, all done.');
    expect(code).toBe(0);
    expect(readFileSync(join(desk.project, 'note.txt'), 'utf8')).toBe('tool-ok\n');

    const turns = await rows(2);
    expect(turns).toHaveLength(upstream.asked.length);
    expect(upstream.asked.some((asked) => asked.afterTool)).toBe(true);
    expect(new Set(turns.map((turn) => turn.conversation_id)).size).toBe(1);
    expect(turns[0]?.conversation_id).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('sends its beta headers and its body on as they are', async () => {
    await claude('Say hello.');
    const asked = upstream.asked.find(({ tools }) => tools.includes('Write'));
    expect(asked?.url).toBe('/v1/messages?beta=true');
    expect(asked?.headers).toMatchObject({
      'x-api-key': 'sk-upstream-0123456789',
      'anthropic-beta': expect.stringContaining('claude-code-20250219'),
      'user-agent': expect.stringContaining('claude-cli/'),
    });
    expect(JSON.stringify(asked?.headers)).not.toContain(KEY);
    // The first block of the system prompt says who is asking; providers look for it there and nowhere else.
    expect(asked?.body['system']).toMatchObject([
      { text: expect.stringContaining('x-anthropic-billing-header') },
      {},
      {},
    ]);
  });

  test('is told about a wrong client key at once and ends with an error', async () => {
    desk = makeDesk(gateway.folder, {
      ...desk.surroundings.env,
      ANTHROPIC_AUTH_TOKEN: 'sk-e2e-not-a-client-key',
    });
    const { code, stdout } = await claude('Say hello.');
    expect(code).not.toBe(0);
    expect(stdout).toContain('client key');
    expect(upstream.asked).toEqual([]);
  });
});
