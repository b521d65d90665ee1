// What coding agents really send, through accounts: the simulators refuse what the vendors would, and every agent gets a
// whole answer in its own format. Skipped where the recordings are not beside the checkout.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import { accountVault, gatewayWithAccounts } from '../kit/accounts.ts';
import { ask } from '../kit/client.ts';
import { startCodexSimulator } from '../kit/codex-account.ts';
import type { Gateway } from '../kit/gateway.ts';
import { saying, startKiroSimulator } from '../kit/kiro-account.ts';
import { openSocket } from '../kit/responses-socket.ts';
import { sharedPath } from '../kit/shared-data.ts';
import { at, wires } from '../kit/wire.ts';

/** Recordings of each agent that are whole requests for an answer. */
const AGENTS: readonly (readonly [folder: string, names: RegExp, dialect: DialectId])[] = [
  ['claude-code', /^(?:0[123]|1[1-9]|2[04]|3\d|4\d|5\d|71)-/, 'anthropic-messages'],
  ['codex', /^(?:0\d|1[0-24-57-9]|2\d|3[0178]|40)-/, 'openai-responses'],
  ['gemini-cli', /^(?:0\d|1[0-47])-/, 'gemini'],
  ['opencode', /^openai-compatible-/, 'openai-chat'],
];

interface Recording {
  readonly name: string;
  readonly dialect: DialectId;
  readonly url: string;
  readonly body: object;
}

const recordings: readonly Recording[] = AGENTS.flatMap(([folder, names, dialect]) => {
  const path = sharedPath(`clients/captures/${folder}`);
  if (path === undefined) return [];
  return readdirSync(path)
    .filter((file) => names.test(file))
    .sort()
    .map((file) => {
      const recorded: unknown = JSON.parse(readFileSync(join(path, file), 'utf8'));
      const body = at(recorded, 'body');
      const name = `${folder} ${file.replace(/\.json$/, '')}`;
      return {
        name,
        dialect,
        url: String(at(recorded, 'url')),
        body: typeof body === 'object' && body !== null ? body : {},
      };
    });
});
if (recordings.length === 0)
  process.stderr.write('\n*** SKIPPED: there are no recordings of real agents beside this checkout.\n\n');

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const TEXT = 'Said by the account.';
/** What neither vendor can carry: pictures by URL, documents, hosted tools. Everything else must go through. */
const REFUSABLE = /\((?:image-input|document-input|hosted-tool|web-search|output-schema)\)/;

/** Sends every recording; answers which were not served, and why. */
async function unserved(gateway: Gateway, aliased: string): Promise<string[]> {
  const upstreams = gateway.settings.upstreams.map((one) => ({ ...one, aliases: { '*': aliased } }));
  gateway.settings = { ...gateway.settings, upstreams };
  const failed: string[] = [];
  for (const { name, dialect, url, body } of recordings) {
    const answer = await ask(gateway.port, { path: url, body: JSON.stringify(body) });
    const stream = dialect === 'gemini' ? url.includes(':stream') : at(body, 'stream') === true;
    if (answer.status === 400 && REFUSABLE.test(answer.text())) continue;
    const { text, complete, error } = wires[dialect].understand(answer.text(), stream);
    if (answer.status !== 200 || text !== TEXT || !complete || error !== undefined)
      failed.push(`${name}: ${answer.status} ${answer.text().slice(0, 300)}`);
  }
  return failed;
}

describe.skipIf(recordings.length === 0)('coding agents', () => {
  it('2.7 are served by a ChatGPT account, and what Codex sends goes through as it is', {
    timeout: 60_000,
  }, async () => {
    const vendor = await startCodexSimulator();
    closers.push(() => vendor.close());
    vendor.text = TEXT;
    const vault = accountVault();
    await vault.store({ id: 'k_00000001', kind: 'codex', tokens: vendor.tokens(vendor.login('one')) });
    const { base, tokenUrl } = vendor;
    const gateway = await gatewayWithAccounts({ vault, kind: 'codex', base, tokenUrl });
    expect(await unserved(gateway, 'gpt-5.5')).toEqual([]);
    const own = recordings.filter(({ dialect }) => dialect === 'openai-responses');
    for (const { body } of own)
      expect(vendor.served.map((one) => one.body)).toContainEqual({ ...body, model: 'gpt-5.5' });
  });

  it('2.7 are served by a Kiro account', { timeout: 60_000 }, async () => {
    const vendor = await startKiroSimulator();
    closers.push(() => vendor.close());
    vendor.events = saying(TEXT);
    const vault = accountVault();
    await vault.store({
      id: 'k_00000001',
      kind: 'kiro',
      tokens: vendor.tokens(vendor.login('one', 'social')),
    });
    const { origin: base, tokenUrl } = vendor;
    const gateway = await gatewayWithAccounts({
      vault,
      kind: 'kiro',
      base,
      tokenUrl,
    });
    expect(await unserved(gateway, 'claude-sonnet-4-5')).toEqual([]);
    expect(vendor.served.length).toBeGreaterThan(recordings.length / 2);
  });
});

describe('Codex over a WebSocket', () => {
  it('2.7 is served by a ChatGPT account, message by message, with what was said before', async () => {
    const vendor = await startCodexSimulator();
    closers.push(() => vendor.close());
    const vault = accountVault();
    await vault.store({ id: 'k_00000001', kind: 'codex', tokens: vendor.tokens(vendor.login('one')) });
    const { base, tokenUrl } = vendor;
    const gateway = await gatewayWithAccounts({ vault, kind: 'codex', base, tokenUrl });
    const client = await openSocket(gateway.port);
    const user = (text: string): object => ({
      type: 'message',
      role: 'user',
      content: [{ type: 'input_text', text }],
    });
    const message = { model: 'gpt-5.5', store: false, input: [user('Hi')] };
    const first = await client.ask(message);
    expect(first.at(-1)?.type).toBe('response.completed');
    const previous = first.at(-1)?.response?.id;
    const next = await client.ask({ ...message, input: [user('And?')], previous_response_id: previous });
    expect(next.at(-1)?.type).toBe('response.completed');
    expect(JSON.stringify(vendor.served[1]?.body)).toContain('"Hi"');
    expect(at(vendor.served[1]?.body, 'previous_response_id')).toBeUndefined();
  });
});
