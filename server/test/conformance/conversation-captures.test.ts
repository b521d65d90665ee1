// The recorded sessions of coding agents: all requests of one session that belong together have one mark, and different
// sessions have different ones.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { dialects } from '../../src/core/dialects/index.ts';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import { sharedPath } from '../kit/shared-data.ts';

interface Capture {
  readonly name: string;
  readonly session: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Requests of the agent that name their session in a header and are generated from. */
function capturesOf(folder: string, names: RegExp, header: string): readonly Capture[] {
  const path = sharedPath(`clients/captures/${folder}`);
  if (path === undefined || !existsSync(path)) return [];
  return readdirSync(path)
    .filter((name) => names.test(name))
    .flatMap((name) => {
      const { headers, body, url } = JSON.parse(readFileSync(`${path}/${name}`, 'utf8'));
      const session = headers[header];
      const isAsked = typeof body === 'object' && body !== null && !/count_tokens/.test(url);
      return typeof session === 'string' && isAsked ? [{ name, session, body }] : [];
    });
}

function markOf(dialect: DialectId, body: unknown): string | undefined {
  return dialects[dialect].conversation(Buffer.from(JSON.stringify(body)));
}

function expectOneEach(marks: readonly (readonly [session: string, mark: string | undefined])[]): void {
  const bySession = new Map<string, Set<string | undefined>>();
  for (const [session, mark] of marks)
    bySession.set(session, (bySession.get(session) ?? new Set()).add(mark));
  for (const [session, set] of bySession)
    expect([session, set.size, set.has(undefined)]).toEqual([session, 1, false]);
  expect(new Set([...bySession.values()].flatMap((set) => [...set])).size).toBe(bySession.size);
}

const claude = capturesOf('claude-code', /./, 'X-Claude-Code-Session-Id');
const codex = capturesOf('codex', /./, 'session-id');
const opencode = (kind: string) => capturesOf('opencode', new RegExp(`^${kind}-0[1-4]`), 'x-session-id');
if (claude.length === 0)
  process.stderr.write('\n*** SKIPPED: there are no captures of real agents beside this checkout.\n\n');

describe.runIf(claude.length > 0)('marks of recorded sessions', () => {
  test('Claude Code: all requests of a session, also those of its subagents, by the session in their user id', () => {
    // The recordings have the user id cut; it names the session of the header.
    const whole = claude.flatMap(({ session, body }): [string, string | undefined][] => {
      if (body['metadata'] === undefined) return [];
      const userId = JSON.stringify({ device_id: 'd', account_uuid: '', session_id: session });
      return [[session, markOf('anthropic-messages', { ...body, metadata: { user_id: userId } })]];
    });
    expect(whole.length).toBeGreaterThan(20);
    expectOneEach(whole);
  });

  test('Claude Code without a user id: the turns of a session, by how they begin', () => {
    const mark = (start: string) => {
      const found = claude.find(({ name }) => name.startsWith(start));
      return markOf('anthropic-messages', { ...found?.body, metadata: undefined });
    };
    expect(mark('02-')).toBeDefined();
    expect(mark('03-')).toBe(mark('02-'));
    expect(mark('01-')).not.toBe(mark('02-'));
  });

  test('Codex: all requests of a session', () => {
    expect(codex.length).toBeGreaterThan(10);
    expectOneEach(codex.map(({ session, body }) => [session, markOf('openai-responses', body)]));
  });

  test.each([
    ['anthropic', 'anthropic-messages'],
    ['openai-compatible', 'openai-chat'],
    ['google', 'gemini'],
    ['openai', 'openai-responses'],
  ] as const)('OpenCode by %s: the turns of a session', (kind, dialect) => {
    const turns = opencode(kind).filter(({ name }) => !name.includes('title'));
    expect(turns.length).toBe(3);
    expectOneEach(turns.map(({ session, body }) => [session, markOf(dialect, body)]));
  });
});
