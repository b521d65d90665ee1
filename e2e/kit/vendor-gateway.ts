// A gateway in front of the mock of one vendor, with one client key: the setting of every SDK test.

import { expect } from 'vitest';
import { type Gateway, startGateway } from './gateway.ts';
import type { LedgerRow } from './ledger.ts';
import { LIMITED_MODEL, type Received, startVendor, type Vendor } from './vendor-mock.ts';

/** The client key of the setting, and one that the gateway does not know. */
export const CLIENT_KEY = 'sk-e2e-client-0123456789abcdef';
export const WRONG_KEY = 'sk-e2e-nobody-0123456789abcdef';
/** What the gateway presents to the upstream; no client ever sees it. */
export const UPSTREAM_KEY = 'sk-e2e-upstream-0123456789abcdef';

/** Mock and gateway, running. */
export interface VendorGateway {
  readonly gateway: Gateway;
  /** Requests that the mock has seen, with the headers that the gateway sent. */
  readonly received: readonly Received[];
  /** Stops both; fails when the ledger has a row that no test accounted for, or one that was not closed. */
  stop(): Promise<void>;
  /** The only row of a conversation, once it is closed. */
  row(conversation: string): Promise<LedgerRow>;
}

const PROVIDERS: Readonly<Record<Vendor, { provider: string; models: string[]; path: string }>> = {
  openai: { provider: 'openai', models: ['gpt-*', 'text-embedding-*'], path: '/v1' },
  anthropic: { provider: 'anthropic', models: ['claude-*'], path: '' },
  gemini: { provider: 'gemini', models: ['gemini-*', 'embedding-*'], path: '/v1beta' },
  // The mock does not report usage unasked as Mistral does, so the preset that asks for it is used.
  mistral: { provider: 'openai-compatible', models: ['mistral-*'], path: '/v1' },
};

/** Starts both. The upstream `<vendor>` serves the mock's models, the upstream `limited` the one that has no quota left. */
export async function startVendorGateway(vendor: Vendor): Promise<VendorGateway> {
  const mock = await startVendor(vendor);
  const { provider, models, path } = PROVIDERS[vendor];
  const dialects = vendor === 'gemini' ? { dialects: ['gemini'] } : {};
  const upstream = { provider, baseUrl: `${mock.url}${path}`, keys: [UPSTREAM_KEY], ...dialects };
  const gateway = await startGateway({
    config: {
      clients: [{ id: 'tester', key: CLIENT_KEY }],
      upstreams: [
        { id: vendor, models, ...upstream },
        { id: 'limited', models: [LIMITED_MODEL], ...upstream },
      ],
    },
  });
  const claimed = new Set<string>();
  return {
    gateway,
    received: mock.received,
    row: async (conversation) => {
      claimed.add(conversation);
      const [row] = await gateway.rows(conversation, 1);
      if (row === undefined) throw new Error('unreachable: rows() answers as many rows as it was asked for');
      return row;
    },
    stop: async () => {
      const rows = await gateway.stop();
      await mock.stop();
      const counts = new Map<string, number>();
      for (const { conversation_id } of rows)
        counts.set(String(conversation_id), (counts.get(String(conversation_id)) ?? 0) + 1);
      expect(Object.fromEntries(counts)).toEqual(Object.fromEntries([...claimed].map((name) => [name, 1])));
      expect(rows.filter((row) => row.state !== 'done')).toEqual([]);
    },
  };
}

/** The columns of a row that tell how it was served and what it used. */
export function served(row: LedgerRow): object {
  return {
    route: row.route,
    status: row.status,
    client: row.client_id,
    upstream: row.upstream_id,
    attempts: row.attempts,
    streamed: row.streamed === 1,
    error: row.error_code,
    input: row.input_uncached,
    output: row.output_text,
  };
}
