// Kiro accounts behind the gateway, against a simulator of them: both kinds of login, and clients of every format before an
// AWS event stream.

import { afterEach, describe, expect, it } from 'vitest';
import { DIALECT_IDS } from '../../src/core/model/dialect-id.ts';
import { accountVault, gatewayWithAccounts } from '../kit/accounts.ts';
import { ask, begin } from '../kit/client.ts';
import type { Gateway } from '../kit/gateway.ts';
import { type KiroSimulator, saying, startKiroSimulator } from '../kit/kiro-account.ts';
import { at, wires } from '../kit/wire.ts';

const simulators: KiroSimulator[] = [];
afterEach(async () => {
  for (const one of simulators.splice(0)) await one.close();
});

const MODEL = 'claude-sonnet-4-5-20250929';
const { request } = wires['anthropic-messages'];

interface Desk {
  readonly vendor: KiroSimulator;
  readonly vault: ReturnType<typeof accountVault>;
  readonly gateway: Gateway;
}

async function desk(...logins: readonly (readonly [name: string, kind: 'social' | 'aws'])[]): Promise<Desk> {
  const vendor = await startKiroSimulator();
  simulators.push(vendor);
  const vault = accountVault();
  for (const [index, [name, kind]] of logins.entries()) {
    const tokens = vendor.tokens(vendor.login(name, kind));
    await vault.store({ id: `k_0000000${index + 1}`, kind: 'kiro', tokens, priority: -index });
  }
  const { origin: base, tokenUrl } = vendor;
  return { vendor, vault, gateway: await gatewayWithAccounts({ vault, kind: 'kiro', base, tokenUrl }) };
}

const current = (vendor: KiroSimulator): unknown =>
  at(vendor.served.at(-1)?.body, 'conversationState', 'currentMessage', 'userInputMessage');

describe('a Kiro account', () => {
  it.each(DIALECT_IDS.flatMap((id) => [false, true].map((stream) => [id, stream] as const)))(
    '2.7 serves a client of %s (stream: %s) out of an event stream',
    async (dialect, stream) => {
      const { vendor, gateway } = await desk(['one', 'social']);
      vendor.pieceBytes = 7;
      const wire = wires[dialect];
      const answer = await ask(gateway.port, wire.request(MODEL, stream, 'Hello'));
      expect(wire.understand(answer.text(), stream)).toEqual({
        text: 'Said by Kiro.',
        complete: true,
        error: undefined,
      });
      expect(current(vendor)).toMatchObject({ content: 'Hello', modelId: 'claude-sonnet-4.5' });
      const row = await gateway.row(answer.header('x-sluice-request-id'));
      // It does not tell what it used: the row says that its numbers are the gateway's own.
      expect([row.status, row.upstreamId, row.usageEstimated]).toEqual([200, 'kiro', true]);
    },
  );

  it.each(['social', 'aws'] as const)('2.7 with a %s login is renewed in its own way, once', async (kind) => {
    const { vendor, vault, gateway } = await desk(['one', kind]);
    const login = vendor.logins.get('one');
    if (login === undefined) throw new Error('no login');
    login.expiresAtMs = Date.now() - 1_000;
    const asked = Array.from({ length: 8 }, () => ask(gateway.port, request(MODEL, true, 'Hello')));
    const answers = await Promise.all(asked);
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(vendor.renewals).toHaveLength(1);
    expect((await vault.state('k_00000001')).tokens.refreshToken).toBe(login.refresh);
  });

  it('2.7 calls tools, hears their results, and is shown images', async () => {
    const { vendor, gateway } = await desk(['one', 'social']);
    vendor.events = [
      ['assistantResponseEvent', { content: 'Let me look.' }],
      ['toolUseEvent', { name: 'Read', toolUseId: 'tooluse_1' }],
      ['toolUseEvent', { name: 'Read', toolUseId: 'tooluse_1', input: '{"path":' }],
      ['toolUseEvent', { name: 'Read', toolUseId: 'tooluse_1', input: '"a.ts"}' }],
      ['toolUseEvent', { name: 'Read', toolUseId: 'tooluse_1', stop: true }],
    ];
    const tools = [{ name: 'Read', description: 'Reads.', input_schema: { type: 'object', required: [] } }];
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
    const question = { role: 'user', content: [image, { type: 'text', text: 'What is this?' }] };
    const first = { model: MODEL, max_tokens: 64_000, system: 'Be brief.', tools, messages: [question] };
    const answer = await ask(gateway.port, { path: '/v1/messages', body: JSON.stringify(first) });
    const said: unknown = JSON.parse(answer.text());
    expect(at(said, 'stop_reason')).toBe('tool_use');
    expect(at(said, 'content')).toMatchObject([
      { type: 'text', text: 'Let me look.' },
      { type: 'tool_use', name: 'Read', input: { path: 'a.ts' } },
    ]);
    expect(current(vendor)).toMatchObject({
      content: 'Be brief.\n\nWhat is this?',
      images: [{ format: 'png', source: { bytes: 'AAAA' } }],
      userInputMessageContext: { tools: [{ toolSpecification: { name: 'Read', description: 'Reads.' } }] },
    });
    vendor.events = saying('It is a file.');
    const result = {
      type: 'tool_result',
      tool_use_id: at(said, 'content', 1, 'id'),
      content: 'text of a.ts',
    };
    const messages = [
      question,
      { role: 'assistant', content: at(said, 'content') },
      { role: 'user', content: [result] },
    ];
    const next = await ask(gateway.port, {
      path: '/v1/messages',
      body: JSON.stringify({ ...first, messages }),
    });
    expect(at(JSON.parse(next.text()), 'content', 0, 'text')).toBe('It is a file.');
    expect(current(vendor)).toMatchObject({
      userInputMessageContext: { toolResults: [{ status: 'success', content: [{ text: 'text of a.ts' }] }] },
    });
  });

  it('2.7 says what it could not carry, and refuses what would change the question', async () => {
    const { vendor, gateway } = await desk(['one', 'social']);
    const body = {
      model: MODEL,
      max_tokens: 50,
      temperature: 0.1,
      messages: [{ role: 'user', content: 'Hi' }],
    };
    const answer = await ask(gateway.port, { path: '/v1/messages', body: JSON.stringify(body) });
    const told = answer.header('x-sluice-loss') ?? '';
    expect([answer.status, told]).toEqual([200, expect.stringContaining('max-output-tokens=dropped')]);
    expect(told).toContain('temperature=dropped');
    const document = {
      type: 'document',
      source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' },
    };
    const asking = { ...body, messages: [{ role: 'user', content: [document] }] };
    const refused = await ask(gateway.port, { path: '/v1/messages', body: JSON.stringify(asking) });
    expect([refused.status, vendor.served.length]).toEqual([400, 1]);
  });

  it('2.7 is cut at a stop sequence by the gateway, for Kiro knows none', async () => {
    const { vendor, gateway } = await desk(['one', 'social']);
    vendor.events = saying('one two three');
    const messages = [{ role: 'user', content: 'Count.' }];
    const body = { model: MODEL, max_tokens: 64_000, stop_sequences: ['two'], messages };
    const answer = await ask(gateway.port, { path: '/v1/messages', body: JSON.stringify(body) });
    const said: unknown = JSON.parse(answer.text());
    expect([at(said, 'content', 0, 'text'), at(said, 'stop_reason')]).toEqual(['one ', 'stop_sequence']);
  });

  it('2.7 that breaks off with an exception is told as an error of the right kind', async () => {
    const { vendor, gateway } = await desk(['one', 'social']);
    vendor.events = [['ThrottlingException', { message: 'Too many requests.' }, 'exception']];
    const answer = await ask(gateway.port, request(MODEL, false, 'Hello'));
    expect([answer.status, answer.text()]).toEqual([429, expect.stringContaining('Too many requests.')]);
  });

  it('2.7 that breaks off after its beginning is never taken for complete', async () => {
    const { vendor, gateway } = await desk(['one', 'social']);
    vendor.events = [...saying('A beginning.').slice(0, 1), ['InternalServerException', {}, 'exception']];
    let open: () => void = () => undefined;
    vendor.beforeLast = new Promise((resolve) => {
      open = resolve;
    });
    const underway = begin(gateway.port, request(MODEL, true, 'Hello'));
    await expect.poll(() => underway.soFar()).toContain('A begi');
    open();
    const answer = await underway.done;
    const seen = wires['anthropic-messages'].understand(answer.text(), true);
    expect([answer.status, seen.text, seen.complete]).toEqual([200, 'A begi', false]);
    expect(seen.error).toContain('Kiro broke its answer off');
  });

  it('2.7 whose stream ends within a message is never taken for complete', async () => {
    const { vendor, gateway } = await desk(['one', 'social']);
    vendor.cutAfterBytes = 150;
    const answer = await ask(gateway.port, request(MODEL, true, 'Hello'));
    expect(wires['anthropic-messages'].understand(answer.text(), true).complete).toBe(false);
  });

  it('2.7 that is revoked becomes invalid, and the next account serves', async () => {
    const { vendor, vault, gateway } = await desk(['one', 'social'], ['two', 'aws']);
    const one = vendor.logins.get('one');
    if (one !== undefined) one.revoked = true;
    const answer = await ask(gateway.port, request(MODEL, false, 'Hello'));
    expect([answer.status, vendor.served[0]?.name]).toEqual([200, 'two']);
    expect((await vault.state('k_00000001')).status).toBe('invalid');
  });

  it('2.7 whose month is used up rests until the reset that its provider tells when it is asked', async () => {
    const { vendor, vault, gateway } = await desk(['one', 'social'], ['two', 'social']);
    const one = vendor.logins.get('one');
    const untilMs = Date.now() + 12 * 86_400_000;
    if (one !== undefined) one.spentUntilMs = untilMs;
    const answer = await ask(gateway.port, request(MODEL, false, 'Hello'));
    expect([answer.status, vendor.served[0]?.name]).toEqual([200, 'two']);
    const kept = (): Promise<number | undefined> =>
      vault.state('k_00000001').then(({ spentUntilMs }) => spentUntilMs);
    await expect.poll(kept).toBeCloseTo(untilMs, -4);
  });

  it('2.7 lists its models, and counts tokens by the gateway itself', async () => {
    const { gateway } = await desk(['one', 'social']);
    const list = await ask(gateway.port, { path: '/v1/models' });
    expect(list.text()).toContain('claude-sonnet-4.5');
    const body = JSON.stringify({ model: MODEL, messages: [{ role: 'user', content: 'Hello there' }] });
    const count = await ask(gateway.port, { path: '/v1/messages/count_tokens', body });
    expect([count.status, count.header('x-sluice-estimated')]).toEqual([200, 'true']);
  });

  it('2.7 canary: no token is in any answer, log, row or file', async () => {
    const { vendor, vault, gateway } = await desk(['one', 'aws']);
    const answers = [await ask(gateway.port, request(MODEL, true, 'Hello'))];
    const login = vendor.logins.get('one');
    if (login !== undefined) login.expiresAtMs = 0;
    answers.push(await ask(gateway.port, request(MODEL, false, 'Hello')));
    if (login !== undefined) login.revoked = true;
    answers.push(await ask(gateway.port, request(MODEL, false, 'Hello')));
    await gateway.stop();
    const all = [
      ...answers.map((answer) => `${answer.rawHeaders.join('\n')}\n${answer.text()}`),
      ...[gateway.logged, gateway.opened, gateway.closed].map((lines) => JSON.stringify(lines)),
      vault.text(),
    ];
    expect(all.join('\n')).not.toContain('CANARY');
    expect(answers.map(({ status }) => status < 300)).toEqual([true, true, false]);
  });
});
