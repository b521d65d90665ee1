// The admin API over a real configuration file and a real vault, in a folder of its own, asked by inject.

import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGate } from '../../src/admin/auth/gate.ts';
import type { AuditEntry } from '../../src/admin/parts.ts';
import { createAdmin } from '../../src/admin/server.ts';
import { createConfigControl } from '../../src/cli/config-control.ts';
import { findStart } from '../../src/cli/start-settings.ts';
import { systemClock } from '../../src/clock.ts';
import { createLiveSettings, type LiveSettings } from '../../src/config/live-settings.ts';

/** What was answered. */
export interface AdminAnswer {
  readonly status: number;
  readonly etag: string | undefined;
  readonly text: string;
  /** The body as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look where they like.
  readonly json: any;
}

/** A configuration that is changed through the admin API. */
export interface AdminConfig {
  readonly folder: string;
  readonly file: string;
  readonly live: LiveSettings;
  readonly audited: AuditEntry[];
  /** Upstreams that serve something at this moment. */
  readonly busy: string[];
  text(): string;
  send(
    method: 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE',
    path: string,
    /** A text is sent as it is. */
    body?: object | string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<AdminAnswer>;
}

const KEY = 'sk-sluice-admin-of-the-test-0001';

/** Serves the text; undefined: there is no file, and the environment is all there is. */
export async function adminConfig(
  text: string | undefined,
  more: Readonly<Record<string, string>> = {},
): Promise<AdminConfig> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-admin-config-'));
  const file = join(folder, 'sluice.jsonc');
  if (text !== undefined) writeFileSync(file, text, { mode: 0o600 });
  const env = { XDG_DATA_HOME: join(folder, 'data'), XDG_CONFIG_HOME: join(folder, 'config'), ...more };
  const overrides = { port: 0 };
  const config = text === undefined ? undefined : file;
  const start = await findStart({ config, overrides, env, cwd: folder });
  const reading = await start.read();
  if (!reading.ok) throw new Error(reading.problems.map(({ message }) => message).join(' '));
  const live = createLiveSettings({ initial: reading, read: () => start.read() });
  const control = createConfigControl({ start, live, env, overrides });
  const audited: AuditEntry[] = [];
  const busy: string[] = [];
  const digest = createHash('sha256').update(KEY).digest('hex');
  const gate = createGate({ keyDigest: () => digest, operatorToken: () => undefined, clock: systemClock });
  const silent = { exchange: () => undefined, warn: () => undefined, error: () => undefined };
  const admin = await createAdmin(
    {
      settings: () => live.current(),
      operator: { answer: () => Promise.reject(new Error('nobody asks the operator here')) },
      operatorToken: () => undefined,
      key: { digest: () => digest, renew: () => Promise.resolve({ ok: false, message: 'no' }) },
      audit: {
        add: (entry) => void audited.push(entry),
        last: () => Promise.resolve([]),
        flush: () => Promise.resolve(),
      },
      clock: systemClock,
      log: silent,
      version: '0.0.0',
      startedAtMs: 0,
      ready: () => true,
      demo: () => false,
      count: () => 0,
      inFlight: () =>
        busy.map((upstream) => ({
          ...{ id: 'x', receivedAtMs: 0, route: 'r', streamed: false, phase: 'asked', attempts: 1 },
          ...{ bytesIn: 0, bytesOut: 0, upstream },
          phase: 'asked' as const,
        })),
      ...control,
    },
    gate,
  );
  return {
    folder,
    file,
    live,
    audited,
    busy,
    text: () => readFileSync(live.current().origin.file ?? file, 'utf8'),
    send: async (method, path, body, headers = {}) => {
      const answer = await admin.fastify.inject({
        method,
        url: path.startsWith('/admin/') ? path : `/admin/v1${path}`,
        headers: {
          authorization: `Bearer ${KEY}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const { etag } = answer.headers;
      return {
        status: answer.statusCode,
        etag: typeof etag === 'string' ? etag : undefined,
        text: answer.body,
        json: answer.body === '' ? undefined : JSON.parse(answer.body),
      };
    },
  };
}
