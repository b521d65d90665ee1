// What the tests of `sluice setup` share: a gateway before a provider of any format, a tool in a fresh home, and the
// command line of Sluice run in that home.

import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { DialectId } from '../../server/src/core/model/dialect-id.ts';
import type { Turn } from '../../server/test/kit/agent-provider/script.ts';
import {
  type ScriptedProvider,
  startScripted,
} from '../../server/test/kit/agent-provider/scripted-provider.ts';
import { type Gateway, startGateway } from '../kit/gateway.ts';
import { type Ended, run } from '../kit/program.ts';
import { KEY, NOTE } from './agents.ts';
import type { Command, Desk } from './client.ts';
import { newDesk, type SetUpTool } from './setup-agents.ts';

const BUILT = fileURLToPath(new URL('../../server/dist/main.js', import.meta.url));
const COMMAND_MS = 60_000;

/** A provider of each format, with a model. */
const UPSTREAMS: Readonly<Record<DialectId, { provider: string; path: string; model: string }>> = {
  'openai-chat': { provider: 'openai', path: '/v1', model: 'gpt-4.1' },
  'openai-responses': { provider: 'openai', path: '/v1', model: 'gpt-5.5' },
  'anthropic-messages': { provider: 'anthropic', path: '', model: 'claude-opus-5-5' },
  gemini: { provider: 'gemini', path: '', model: 'gemini-2.5-pro' },
};

/** What the provider says to a greeting, and after its tool has run. */
export const GREETING = 'Hello from behind the gateway.';
export const DONE = 'The file says tool-ok, all done.';
/** A model that the gateway lists, whose window the price list knows and no tool does. */
export const LISTED = { id: 'deepseek-v3.1-terminus', contextTokens: 128_000 };

/** Everything that runs. */
export interface Started {
  readonly gateway: Gateway;
  readonly upstream: ScriptedProvider;
  readonly desk: Desk;
  /** Runs `sluice …` in the home of the tool. */
  sluice(...args: readonly string[]): Promise<Ended>;
  /** The same with other variables. */
  sluiceWith(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ended>;
  /** Ends the gateway before the test is over. */
  end(): Promise<void>;
  /** The gateway with its key and a model, as arguments. */
  readonly target: readonly string[];
}

/** Starts them; they end with the test. */
export async function startFor(tool: SetUpTool, command: Command, dialect: DialectId): Promise<Started> {
  const { provider, path, model } = UPSTREAMS[dialect];
  let desk: Desk | undefined;
  const upstream = await startScripted((asked): Turn => {
    if (asked.afterTool) return { kind: 'text', text: DONE };
    const wanted = desk !== undefined && JSON.stringify(asked.body).includes(NOTE);
    const call = wanted && desk !== undefined ? tool.call(asked, desk) : undefined;
    return call ?? { kind: 'text', text: GREETING };
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
          models: [tool.model, LISTED.id, '*'],
          aliases: { '*': model },
        },
      ],
    },
  });
  let ending: Promise<unknown> | undefined;
  const end = async (): Promise<void> => {
    ending ??= gateway.stop();
    await ending;
  };
  // A home of its own, which outlives the gateway.
  const folder = mkdtempSync(join(tmpdir(), 'tool-home-'));
  onTestFinished(async () => {
    await upstream.stop();
    await end();
    rmSync(folder, { recursive: true, force: true });
  });
  const own = newDesk(folder, tool, command);
  desk = own;
  const { cwd, env } = own.surroundings;
  const sluiceWith: Started['sluiceWith'] = (besides, ...args) =>
    run(process.execPath, [BUILT, ...args], { cwd, env: { ...env, ...besides } }, COMMAND_MS);
  return {
    gateway,
    upstream,
    desk: own,
    end,
    sluice: (...args) => sluiceWith({}, ...args),
    sluiceWith,
    target: ['--url', gateway.origin, '--key', KEY, '--model', tool.model],
  };
}

/** Every file, folder and link below a folder, with its mode and content. */
export function everythingBelow(folder: string, root: string = folder): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    const facts = lstatSync(path);
    const mode = (facts.mode & 0o7777).toString(8);
    const place = relative(root, path);
    if (facts.isSymbolicLink()) found[place] = `link ${readlinkSync(path)}`;
    else if (facts.isDirectory()) {
      found[place] = `folder ${mode}`;
      Object.assign(found, everythingBelow(path, root));
    } else if (facts.isFile()) found[place] = `${mode} ${readFileSync(path).toString('latin1')}`;
  }
  return found;
}
