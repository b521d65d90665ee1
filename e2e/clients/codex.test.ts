// Codex, the real program, through the gateway: a prompt, function tools and free-form tools, and its WebSocket.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Asked, TURN_USAGE, type Turn } from '../../server/test/kit/agent-provider/script.ts';
import {
  type ScriptedProvider,
  startScripted,
} from '../../server/test/kit/agent-provider/scripted-provider.ts';
import { type Gateway, startGateway } from '../kit/gateway.ts';
import type { LedgerRow } from '../kit/ledger.ts';
import { configureCodex, type Desk, findClient, makeDesk, runClient } from './client.ts';

const program = await findClient('codex');
const KEY = 'sk-e2e-codex-0123456789abcd';
const DONE = 'The file says tool-ok, all done.';
const USED = {
  input_uncached: TURN_USAGE.input,
  input_cache_read: TURN_USAGE.cacheRead,
  output_text: TURN_USAGE.output,
};
const PATCH = '*** Begin Patch\n*** Add File: note.txt\n+tool-ok\n*** End Patch\n';
const COMMAND = { cmd: "printf 'tool-ok\\n' > note.txt", yield_time_ms: 5000 };

/** The tool call with which a model of each generation writes a file. */
const CALLS: Readonly<Record<string, Turn>> = {
  'gpt-5.1-codex': { kind: 'tool', name: 'exec_command', input: COMMAND },
  'gpt-5.5': { kind: 'custom', name: 'apply_patch', input: PATCH },
  'gpt-6-sol': {
    kind: 'custom',
    name: 'exec',
    input: `const r = await tools.exec_command(${JSON.stringify(COMMAND)}); text(JSON.stringify(r));`,
  },
};

function script({ afterTool, body }: Asked): Turn {
  if (afterTool) return { kind: 'text', text: DONE };
  const call = CALLS[String(body['model'])];
  const wantsFile = JSON.stringify(body['input']).includes('note.txt');
  return wantsFile && call !== undefined ? call : { kind: 'text', text: 'Hello from behind the gateway.' };
}

describe.skipIf(program === undefined)('Codex', { timeout: 90_000 }, () => {
  let upstream: ScriptedProvider;
  let gateway: Gateway;
  let desk: Desk;

  beforeEach(async () => {
    upstream = await startScripted(script);
    gateway = await startGateway({
      config: {
        clients: [{ id: 'codex', key: KEY }],
        upstreams: [
          {
            id: 'scripted',
            provider: 'openai',
            baseUrl: `${upstream.url}/v1`,
            keys: ['sk-upstream-0123456789'],
          },
        ],
      },
    });
    desk = makeDesk(gateway.folder, { SLUICE_CLIENT_KEY: KEY });
    configure('');
  });
  afterEach(async () => {
    await upstream.stop();
    await gateway.stop();
    expect(upstream.refused).toEqual([]);
  });

  const configure = (more: string): void => configureCodex(desk, gateway.origin, more);

  const codex = (model: string, prompt: string) =>
    runClient(
      program ?? [],
      [
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
      desk,
    );

  /** The closed rows of a run's exchanges. */
  const rows = (count: number): Promise<LedgerRow[]> =>
    gateway.ledger((all) => {
      const turns = all.filter((row) => row.route === 'responses');
      return turns.length >= count && turns.every((row) => row.state === 'done') ? turns : undefined;
    });

  test('answers a prompt', async () => {
    const { code, stdout } = await codex('gpt-5.5', 'Say hello.');
    expect(stdout.trim()).toBe('Hello from behind the gateway.');
    expect(code).toBe(0);
    const turns = await rows(1);
    expect(turns).toHaveLength(1);
    expect(turns[0]).toMatchObject({
      status: 200,
      client_id: 'codex',
      model_asked: 'gpt-5.5',
      streamed: 1,
      ...USED,
    });
    expect(turns[0]?.conversation_id).toMatch(/^[0-9a-f-]{36}$/);
  });

  test.each(Object.keys(CALLS))(
    'writes a file with the tool of %s and tells the end of it',
    async (model) => {
      const { code, stdout } = await codex(model, 'Write tool-ok into note.txt.');
      expect(stdout.trim()).toBe(DONE);
      expect(code).toBe(0);
      expect(readFileSync(join(desk.project, 'note.txt'), 'utf8')).toBe('tool-ok\n');

      const turns = await rows(2);
      expect(turns).toHaveLength(2);
      expect(upstream.asked.map((asked) => asked.afterTool)).toEqual([false, true]);
      const [first, second] = turns;
      expect(first?.conversation_id).toMatch(/^[0-9a-f-]{36}$/);
      expect(second?.conversation_id).toBe(first?.conversation_id);
    },
  );

  test('sends its headers and its body on as they are', async () => {
    await codex('gpt-6-sol', 'Say hello.');
    const [asked] = upstream.asked;
    expect(asked?.url).toBe('/v1/responses');
    expect(asked?.headers).toMatchObject({
      authorization: 'Bearer sk-upstream-0123456789',
      originator: 'codex_exec',
      'x-codex-turn-metadata': expect.stringContaining('session_id'),
      'x-openai-internal-codex-responses-lite': 'true',
    });
    // This generation offers its tools inside of the input, where nothing may touch them.
    expect(asked?.body).not.toHaveProperty('tools');
    expect(asked?.tools).toContain('exec');
  });

  test('works over a WebSocket where it is told to', async () => {
    configure('supports_websockets = true');
    const { code, stdout, stderr } = await codex('gpt-5.5', 'Write tool-ok into note.txt.');
    expect(stdout.trim()).toBe(DONE);
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/Reconnecting|stream error/i);
    expect(readFileSync(join(desk.project, 'note.txt'), 'utf8')).toBe('tool-ok\n');
    // It warms up with a request that is not to be answered, and sends only what is new: the upstream gets all of it.
    expect(upstream.asked.map((asked) => asked.afterTool)).toEqual([false, true]);
    const turns = await rows(3);
    expect(turns.map((turn) => [turn.status, turn.upstream_id])).toEqual([
      [200, null],
      [200, 'scripted'],
      [200, 'scripted'],
    ]);
  });

  test('is told about a wrong client key and ends with an error', async () => {
    desk = makeDesk(gateway.folder, { SLUICE_CLIENT_KEY: 'sk-e2e-not-a-client-key' });
    const { code, stdout, stderr } = await codex('gpt-5.5', 'Say hello.');
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain('client key');
    expect(upstream.asked).toEqual([]);
  });
});
