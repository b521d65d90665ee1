// Command-line agents on upstreams of every format: each answers a prompt and writes a file with a tool, and the upstream
// gets back what it said (ids of calls, thoughts and their opaque tokens) as its vendor demands.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DIALECT_IDS, type DialectId } from '../../server/src/core/model/dialect-id.ts';
import type { Asked, Issued, Turn } from '../../server/test/kit/agent-provider/script.ts';
import {
  type ScriptedProvider,
  startScripted,
} from '../../server/test/kit/agent-provider/scripted-provider.ts';
import { type Gateway, startGateway } from '../kit/gateway.ts';
import { AGENTS, type Agent, CONTENT, KEY, NOTE } from './agents.ts';
import { type Command, type Desk, findClient, runClient } from './client.ts';
import type { ClientName } from './install.mjs';

/** A provider of each format with a model that thinks. */
const UPSTREAMS: Readonly<Record<DialectId, { provider: string; path: string; model: string }>> = {
  'openai-chat': { provider: 'deepseek', path: '/v1', model: 'deepseek-v4-pro' },
  'openai-responses': { provider: 'openai', path: '/v1', model: 'gpt-5.5' },
  'anthropic-messages': { provider: 'anthropic', path: '', model: 'claude-opus-5-5' },
  gemini: { provider: 'gemini', path: '', model: 'gemini-3.1-pro-preview' },
};

const THOUGHT = 'The person wants a file. I shall write “tool-ok” into it, and nothing else.';
const GREETING = 'Hello from behind the gateway.';
const DONE = 'The file says tool-ok, all done.';

const commands = new Map<ClientName, Command | undefined>();
for (const { client } of AGENTS) if (!commands.has(client)) commands.set(client, await findClient(client));

interface Run {
  readonly agent: Agent;
  readonly gateway: Gateway;
  readonly upstream: ScriptedProvider;
  readonly desk: Desk;
  ask(prompt: string): ReturnType<typeof runClient>;
}

async function start(agent: Agent, dialect: DialectId): Promise<Run> {
  const { provider, path, model } = UPSTREAMS[dialect];
  let desk: Desk | undefined;
  const upstream = await startScripted((asked): Turn => {
    if (asked.afterTool) return { kind: 'text', text: DONE, thinks: 'It is done.' };
    const wanted = JSON.stringify(asked.body).includes(NOTE) && desk !== undefined;
    const call = wanted && desk !== undefined ? agent.call(asked, desk) : undefined;
    return call === undefined
      ? { kind: 'text', text: GREETING, thinks: 'A greeting will do.' }
      : { ...call, thinks: THOUGHT };
  });
  const gateway = await startGateway({
    config: {
      clients: [{ id: 'agent', key: KEY }],
      upstreams: [
        {
          id: 'scripted',
          provider,
          baseUrl: `${upstream.url}${path}`,
          dialects: [dialect],
          keys: ['sk-upstream-0123456789'],
          aliases: { '*': model },
        },
      ],
    },
  });
  onTestFinished(async () => {
    await upstream.stop();
    await gateway.stop();
  });
  const own = agent.sitDown(gateway.folder, gateway.origin);
  desk = own;
  const command = commands.get(agent.client) ?? [];
  return {
    agent,
    gateway,
    upstream,
    desk: own,
    ask: (prompt) => runClient(command, agent.args(prompt), own),
  };
}

/** Whether a later request holds a call of the upstream with everything that belongs to it. */
function cameBack({ call, thought, number }: Issued, asked: readonly Asked[]): boolean {
  const tokens = [call?.id, call?.name, thought?.token ?? thought?.text].filter((text) => text !== undefined);
  return asked.slice(number).some(({ body }) => {
    const text = JSON.stringify(body);
    return tokens.every((token) => text.includes(JSON.stringify(token).slice(1, -1)));
  });
}

const pairs = AGENTS.flatMap((agent) =>
  DIALECT_IDS.map((dialect): [string, DialectId, Agent] => [agent.title, dialect, agent]),
).filter(([, , { client }]) => commands.get(client) !== undefined);
const foreign = pairs.filter(([, dialect, agent]) => dialect !== agent.dialect);
// Of its own formats OpenCode omits what these judges ask for (ids of calls, a budget), and the bytes go through.
const tasks = pairs.filter(([, dialect, agent]) => dialect !== agent.dialect || agent.client !== 'opencode');

describe.skipIf(pairs.length === 0)('an agent on an upstream of any format', { timeout: 120_000 }, () => {
  test.each(foreign)('%s is answered by %s', async (_, dialect, agent) => {
    const { upstream, gateway, ask } = await start(agent, dialect);
    const { code, stdout, stderr } = await ask('Say hello.');
    expect(upstream.refused).toEqual([]);
    expect(stdout + (code === 0 ? '' : stderr)).toContain(GREETING);
    expect(code).toBe(0);
    const rows = await gateway.ledger((all) => (all.every((row) => row.state === 'done') ? all : undefined));
    expect(rows.map((row) => row.status).filter((status) => status !== 200)).toEqual([]);
  });

  test.each(tasks)('%s writes a file with a tool that %s calls', async (_, dialect, agent) => {
    const { upstream, desk, ask } = await start(agent, dialect);
    const { code, stdout, stderr } = await ask(`Write tool-ok into ${NOTE}.`);
    expect(upstream.refused).toEqual([]);
    expect(stdout + (code === 0 ? '' : stderr)).toContain(DONE);
    expect(code).toBe(0);
    expect(readFileSync(join(desk.project, NOTE), 'utf8')).toBe(CONTENT);

    expect(upstream.asked.some((asked) => asked.afterTool)).toBe(true);
    const called = upstream.issued.filter((said) => said.call !== undefined);
    expect(called.map((said) => cameBack(said, upstream.asked))).toEqual([true]);
  });
});
