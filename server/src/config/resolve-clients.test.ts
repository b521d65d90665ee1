import { describe, expect, test } from 'vitest';
import { checkConfig } from './load.ts';
import { resolveSettings } from './resolve.ts';
import { hashKey, momentOf } from './resolve-clients.ts';
import type { Client } from './settings.ts';

const upstreams = [{ id: 'main', provider: 'ollama' }];

function resolved(client: object): { clients: readonly Client[]; said: string[] } {
  const entry = { id: 'me', keyHash: `sha256:${hashKey('sk-0123456789abcdef')}`, ...client };
  const checked = checkConfig(JSON.parse(JSON.stringify({ clients: [entry], upstreams })));
  const result = checked.ok ? resolveSettings(checked.value, { env: {} }) : checked;
  const problems = 'warnings' in result ? result.warnings : 'problems' in result ? result.problems : [];
  const said = problems.map(({ path, message }) => `${path}: ${message}`);
  return { clients: 'settings' in result ? result.settings.clients : [], said };
}

describe('a client of the file', () => {
  test('9.11 may have a name, an end, models, upstreams and budgets', () => {
    const { clients, said } = resolved({
      name: 'The app',
      expiresAt: '2027-01-31T18:00:00+01:00',
      models: ['gpt-*'],
      upstreams: ['m*'],
      budgets: [
        { period: 'month', usd: 29.99, warnAt: 0.5, status: 402 },
        { period: 'day', usd: 2 },
      ],
      unpricedModels: 'allow',
    });
    expect(said).toEqual([]);
    expect(clients[0]).toMatchObject({
      name: 'The app',
      expiresAtMs: Date.parse('2027-01-31T17:00:00Z'),
      models: ['gpt-*'],
      upstreams: ['m*'],
      budgets: [
        { period: 'month', nanoUsd: 29_990_000_000, warnAt: 0.5, status: 402 },
        { period: 'day', nanoUsd: 2_000_000_000, warnAt: 0.8, status: 429 },
      ],
      unpricedModels: 'allow',
    });
  });

  test('9.11 without any of that has none of it', () => {
    expect(Object.keys(resolved({}).clients[0] ?? {})).toEqual(['id', 'enabled', 'keyHash']);
  });

  test.each([
    [{ expiresAt: '2027-01-31' }, 'clients[0].expiresAt: Is not a date and time.'],
    [{ expiresAt: 'soon' }, 'clients[0].expiresAt: Is not a date and time.'],
    [
      {
        budgets: [
          { period: 'day', usd: 1 },
          { period: 'day', usd: 2 },
        ],
      },
      'clients[0].budgets[1].period: There is a budget for this period already: budgets[0].',
    ],
    [{ upstreams: ['main', 'gone-*'] }, 'clients[0].upstreams[1]: No upstream is called so.'],
  ])('is told what is wrong with it: %j', (client, words) => {
    expect(resolved(client).said).toEqual([words]);
  });

  test.each([
    { models: [] },
    { budgets: [{ period: 'year', usd: 1 }] },
    { budgets: [{ period: 'day', usd: -1 }] },
  ])('is refused where it cannot be meant: %j', (client) => {
    expect(resolved(client).clients).toEqual([]);
  });

  test('a moment has a zone, or is none', () => {
    expect(momentOf('2026-11-21T12:00Z')).toBe(Date.parse('2026-11-21T12:00:00Z'));
    expect([momentOf('2026-11-21T12:00:00'), momentOf('2026-02-31T99:00:00Z'), momentOf('')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
