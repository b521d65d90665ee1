// A gateway with an admin API, its key and a ledger that answers from a list; and a client that speaks to it over the socket.

import { createHash } from 'node:crypto';
import { request } from 'node:http';
import type { AdminOutside, AuditEntry } from '../../src/admin/parts.ts';
import type { LedgerQueries, LedgerQuestions, Totals } from '../../src/exchange/ledger-queries.ts';
import type { OperatorVault } from '../../src/exchange/operator/operator.ts';

/** The key of the admin API under test. */
export const ADMIN_KEY = 'sk-sluice-admin-canary-0123456789abcdef';
/** The operator's token under test. */
export const OPERATOR_TOKEN = 'operator-canary-0123456789abcdef';
export const AS_ADMIN: Readonly<Record<string, string>> = { authorization: `Bearer ${ADMIN_KEY}` };

const NO_TIME = { count: 0, meanMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0 };

/** Sums with some money in them. */
export const TOTALS: Totals = {
  requests: 3,
  errors: 1,
  left: 0,
  attempts: 4,
  tokens: {
    inputUncached: 10,
    cacheRead: 20,
    cacheWrite: 5,
    inputAudio: 0,
    outputText: 7,
    outputReasoning: 3,
    outputAudio: 0,
  },
  costNanoUsd: 1_500_000,
  estimatedNanoUsd: 0,
  unpriced: 1,
  cacheHits: 0,
  savedNanoUsd: 0,
  bytesIn: 100,
  bytesOut: 200,
  duration: { ...NO_TIME, count: 3, meanMs: 12 },
  ttft: NO_TIME,
};

/** What was asked, and answers for it. */
export interface FakeQueries extends LedgerQueries {
  readonly asked: { readonly kind: string; readonly question: unknown }[];
}

/** A ledger that answers from what it is given; what is missing fails. */
export function fakeQueries(
  answers: Partial<{ [Kind in keyof LedgerQuestions]: LedgerQuestions[Kind]['answer'] }>,
): FakeQueries {
  const asked: { kind: string; question: unknown }[] = [];
  return {
    asked,
    ask: (kind, question) => {
      asked.push({ kind, question });
      const answer = answers[kind];
      if (!(kind in answers)) return Promise.resolve({ ok: false, message: 'The archive is closed.' });
      return Promise.resolve({ ok: true, answer: answer as LedgerQuestions[typeof kind]['answer'] });
    },
  };
}

/** What a gateway with an admin API is started with, and what the API has noted. */
export interface AdminSetup {
  readonly admin: { readonly outside: AdminOutside; readonly vault: OperatorVault };
  readonly audited: AuditEntry[];
}

/** An outside with a key; parts besides that as told. */
export function adminSetup(parts: Partial<AdminOutside> = {}): AdminSetup {
  const audited: AuditEntry[] = [];
  let digest = createHash('sha256').update(ADMIN_KEY).digest('hex');
  const outside: AdminOutside = {
    key: {
      digest: () => digest,
      renew: () => {
        digest = createHash('sha256').update('sk-sluice-admin-renewed').digest('hex');
        return Promise.resolve({ ok: true, key: 'sk-sluice-admin-renewed' });
      },
    },
    audit: {
      add: (entry) => void audited.push(entry),
      last: (limit) => Promise.resolve(audited.slice(-limit).reverse()),
      flush: () => Promise.resolve(),
    },
    demo: () => false,
    ...parts,
  };
  const vault: OperatorVault = {
    token: () => OPERATOR_TOKEN,
    switchKey: () => Promise.resolve(undefined),
  };
  return { admin: { outside, vault }, audited };
}

/** An answer over the socket. */
export interface AdminAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Of JSON; undefined where it is none. */
  readonly body: unknown;
}

/** Sends one request on a connection of its own; a body that is no text goes as JSON. */
export function send(
  port: number,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: unknown,
): Promise<AdminAnswer> {
  return new Promise((resolve, reject) => {
    const content = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const json =
      content === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(content)) };
    const sent = request(
      { port, host: '127.0.0.1', method, path, agent: false, headers: { ...json, ...headers } },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => void parts.push(part));
        answer.on('error', reject);
        answer.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8');
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, body: parsed(text) });
        });
      },
    );
    sent.on('error', reject);
    sent.end(content);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
