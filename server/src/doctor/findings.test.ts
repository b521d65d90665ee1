import { describe, expect, test } from 'vitest';
import type { Settings, Upstream } from '../config/settings.ts';
import { folderFindings, secretFindings } from './data-folder.ts';
import { databaseFindings } from './database.ts';
import { bounded, CHECKS, type Finding, finderOf, inOrder } from './finding.ts';
import { portFinding } from './gateway-port.ts';
import { keyFindings } from './keys.ts';
import { postgresFindings } from './postgres.ts';
import type { ProviderFacts } from './provider-probe.ts';
import { clockFinding, providerFindings } from './providers.ts';
import { redisFindings } from './redis.ts';
import { nodeFinding, timeZoneFinding } from './runtime.ts';
import { proxyFindings } from './surroundings.ts';
import { isGatewayAddress, type ToolFacts, toolFindings } from './tools.ts';

const states = (findings: readonly Finding[]): string[] => findings.map(({ state }) => state);

describe('P30 the Node.js that runs Sluice', () => {
  test.each([
    ['v18.20.0', 'problem'],
    ['v20.18.9', 'problem'],
    ['v20.20.2', 'warning'],
    ['v21.7.3', 'warning'],
    ['v22.22.3', 'warning'],
    ['v22.23.0', 'ok'],
    ['v22.23.3', 'ok'],
    ['v24.16.9', 'warning'],
    ['v24.21.0', 'ok'],
    ['v25.9.0', 'warning'],
    ['v26.10.0', 'ok'],
  ])('%s is %s', (version, state) => {
    const finding = nodeFinding(version);
    expect(finding.state).toBe(state);
    expect(finding.message).toContain(version);
    expect(finding.fix === undefined).toBe(state === 'ok');
  });

  test('a time zone that is not known is told, one that is UTC is not', () => {
    expect(timeZoneFinding('Europe/Nowhere', 'UTC')?.state).toBe('warning');
    for (const name of [undefined, '', 'UTC', ':UTC', 'Etc/UTC', 'gmt'])
      expect(timeZoneFinding(name, 'UTC')).toBeUndefined();
    expect(timeZoneFinding('Europe/Berlin', 'Europe/Berlin')).toBeUndefined();
  });
});

describe('the port', () => {
  const about = (holder: Parameters<typeof portFinding>[0]): Finding =>
    portFinding(holder, 'http://127.0.0.1:9208', '127.0.0.1', '1.0.0');
  test('a Sluice of this version, or nobody, is well', () => {
    expect(about({ kind: 'sluice', version: '1.0.0' }).state).toBe('ok');
    expect(about({ kind: 'free' }).state).toBe('ok');
  });
  test('another version is worth a restart; another program and a refusal are problems', () => {
    expect(about({ kind: 'sluice', version: '0.9.0' })).toMatchObject({
      state: 'warning',
      fix: expect.stringContaining('Restart'),
    });
    expect(about({ kind: 'other' }).state).toBe('problem');
    expect(about({ kind: 'refused', code: 'EACCES' })).toMatchObject({
      state: 'problem',
      fix: expect.stringContaining('1024'),
    });
  });
});

/** What is looked at of an upstream. */
function upstream(id: string, secrets: readonly string[], more: Partial<Upstream> = {}): Upstream {
  const keys = secrets.map((secret, index) => ({ id: `k${index}`, secret }));
  const provider = { id: 'openai', name: 'OpenAI' };
  const base = { id, enabled: true, keys, provider, baseUrls: { 'openai-chat': `https://${id}.example/v1` } };
  // The rest of an upstream is of no matter here.
  return { ...base, ...more } as unknown as Upstream;
}

const settingsWith = (...upstreams: Upstream[]): Pick<Settings, 'upstreams'> => ({ upstreams });

describe('keys', () => {
  const well = { problems: [] };
  test('one that can be used is enough; an upstream without any is told', () => {
    expect(states(keyFindings(settingsWith(upstream('a', ['sk-x'])), well))).toEqual(['ok']);
    expect(states(keyFindings(settingsWith(upstream('a', ['sk-x']), upstream('b', [''])), well))).toEqual([
      'warning',
      'ok',
    ]);
  });
  test('none at all is a problem where upstreams are configured, and the demo where none are', () => {
    expect(states(keyFindings(settingsWith(upstream('b', [])), well))).toEqual(['warning', 'problem']);
    expect(states(keyFindings(settingsWith(upstream('a', ['sk-x'], { enabled: false })), well))).toEqual([
      'problem',
    ]);
    expect(keyFindings(settingsWith(), well)[0]).toMatchObject({
      state: 'warning',
      message: expect.stringContaining('demo'),
    });
  });
  test('a vault that cannot be opened is a problem in its own words', () => {
    const lost = {
      severity: 'error',
      file: 'keys.json',
      line: undefined,
      column: undefined,
      path: '',
      message: 'Lost.',
      suggestion: 'Find it.',
    } as const;
    expect(keyFindings(settingsWith(upstream('a', ['sk-x'])), { problems: [lost] })[0]).toEqual({
      check: 'keys',
      state: 'problem',
      message: 'Lost.',
      fix: 'Find it.',
    });
  });
});

const fact = (id: string, more: Partial<ProviderFacts> = {}): ProviderFacts => ({
  id,
  origin: `https://${id}.example`,
  proxied: false,
  tests: [{ keyId: 'k0', verdict: 'accepted', status: 200, message: 'OpenAI accepts the key.' }],
  untested: 0,
  failsAt: undefined,
  code: undefined,
  aheadMs: 0,
  ...more,
});
const silent = [
  { keyId: 'k0', verdict: 'unclear', status: undefined, message: 'The provider could not be asked.' },
] as const;

describe('providers', () => {
  test('those that are well share a sentence', () => {
    const found = providerFindings([fact('a'), fact('b')]);
    expect(found).toEqual([{ check: 'upstreams', state: 'ok', message: expect.stringMatching(/a, b/) }]);
  });
  test('each step on the way has its own words and its own advice', () => {
    const about = (['name', 'connection', 'tls', 'answer'] as const).map(
      (failsAt) => providerFindings([fact('a', { tests: silent, failsAt, code: 'ECODE' })])[0],
    );
    expect(new Set(about.map((one) => one?.fix)).size).toBe(4);
    for (const one of about)
      expect(one).toMatchObject({ state: 'problem', message: expect.stringContaining('ECODE') });
    const proxied = providerFindings([fact('a', { tests: silent, proxied: true })])[0];
    expect(proxied?.message).toContain('through its proxy');
  });
  test('a refused key is a problem, an answer that says nothing a warning', () => {
    const refused = {
      keyId: 'k0',
      verdict: 'refused',
      status: 401,
      message: 'OpenAI refuses the key (401).',
    } as const;
    const unclear = {
      keyId: 'k1',
      verdict: 'unclear',
      status: 404,
      message: 'OpenAI answered 404.',
    } as const;
    expect(states(providerFindings([fact('a', { tests: [refused, unclear], untested: 2 })]))).toEqual([
      'problem',
      'warning',
      'skipped',
    ]);
  });
  test('our clock is judged by the one in the middle', () => {
    expect(
      clockFinding([
        fact('a', { aheadMs: 900 }),
        fact('b', { aheadMs: 3_600_000 }),
        fact('c', { aheadMs: -900 }),
      ]).state,
    ).toBe('ok');
    expect(clockFinding([fact('a', { aheadMs: 61_000 })])).toMatchObject({
      state: 'warning',
      message: expect.stringContaining('61 seconds behind'),
    });
    expect(clockFinding([fact('a', { aheadMs: -61_000 })]).message).toContain('ahead of');
    expect(clockFinding([fact('a', { aheadMs: undefined })]).state).toBe('skipped');
  });
});

describe('proxies in the environment', () => {
  const settings = settingsWith(upstream('a', ['sk-x']));
  test('none set is nothing to say', () => {
    expect(states(proxyFindings({}, settings, []))).toEqual(['skipped']);
  });
  test('one that is set and not gone by matters where an upstream cannot be reached without', () => {
    const env = { HTTPS_PROXY: 'http://user:SECRET@proxy:3128', NO_PROXY: 'localhost,127.0.0.1' };
    expect(states(proxyFindings(env, settings, [fact('a')]))).toEqual(['ok']);
    const found = proxyFindings(env, settings, [fact('a', { tests: silent })]);
    expect(found).toMatchObject([
      { state: 'warning', message: expect.stringContaining('a cannot be reached') },
    ]);
    expect(JSON.stringify(found)).not.toContain('SECRET');
    const own = settingsWith(upstream('a', ['sk-x'], { proxy: 'http://proxy:3128' }));
    expect(states(proxyFindings(env, own, [fact('a', { tests: silent, proxied: true })]))).toEqual(['ok']);
  });
  test('NO_PROXY that does not spare this machine is told', () => {
    const found = proxyFindings({ http_proxy: 'http://proxy:3128' }, settings, [fact('a')]);
    expect(found).toMatchObject([
      { state: 'ok' },
      { state: 'warning', fix: expect.stringContaining('127.0.0.1') },
    ]);
  });
});

describe('the data folder, its secrets, the database, Redis', () => {
  const folder = { folder: '/data', exists: true, writeFault: undefined, freeBytes: 2 ** 40 };
  test('no room and no leave to write are problems, little room a warning', () => {
    expect(states(folderFindings(folder))).toEqual(['ok']);
    expect(states(folderFindings({ ...folder, freeBytes: 2 ** 29 }))).toEqual(['warning']);
    expect(states(folderFindings({ ...folder, freeBytes: 2 ** 20, writeFault: 'EROFS' }))).toEqual([
      'problem',
      'problem',
    ]);
  });
  test('files that others may read are named with the command that closes them', () => {
    const files = [
      { path: '/data/keys.json', mode: 0o600 },
      { path: '/data/secret.key', mode: 0o644 },
      { path: '/data/admin.key', mode: undefined },
    ];
    expect(secretFindings(files)).toMatchObject([
      { state: 'warning', message: expect.stringContaining('0644'), fix: 'Run: chmod 600 /data/secret.key' },
    ]);
    expect(states(secretFindings(files.slice(0, 1)))).toEqual(['ok']);
    expect(states(secretFindings(files.slice(2)))).toEqual(['skipped']);
  });
  test('a damaged database is a problem, a long log a warning, none yet is nothing', () => {
    const facts = { path: '/data/sluice.db', bytes: 4_096, logBytes: 0, integrity: 'ok', fault: undefined };
    expect(states(databaseFindings(facts))).toEqual(['ok']);
    expect(states(databaseFindings({ ...facts, integrity: '*** in database main ***\nPage 3' }))).toEqual([
      'problem',
    ]);
    expect(states(databaseFindings({ ...facts, logBytes: 2 ** 28 }))).toEqual(['warning', 'ok']);
    expect(states(databaseFindings({ ...facts, bytes: 0, integrity: undefined }))).toEqual(['skipped']);
    expect(states(databaseFindings({ ...facts, fault: 'It is locked.' }))).toEqual(['problem']);
    expect(databaseFindings({ ...facts, integrity: undefined })[0]?.message).toContain('too large');
  });
  test('a Redis that does not answer is a problem', () => {
    expect(states(redisFindings([]))).toEqual(['skipped']);
    expect(
      states(
        redisFindings([
          { use: 'cache', place: 'r:6379', fault: undefined },
          { use: 'state', place: 'r:1', fault: 'ECONNREFUSED' },
        ]),
      ),
    ).toEqual(['ok', 'problem']);
  });
});

describe('PostgreSQL', () => {
  test('one that answers is well, also before there are tables; one that does not is a problem', () => {
    const facts = { name: 'postgres://db/sluice', version: '15.4', hasSchema: true, fault: undefined };
    expect(states(postgresFindings(facts))).toEqual(['ok']);
    expect(postgresFindings({ ...facts, hasSchema: false })[0]?.message).toContain('made at the first start');
    expect(states(postgresFindings({ ...facts, fault: 'ECONNREFUSED' }))).toEqual(['problem']);
  });
});

describe('coding tools', () => {
  const tool = (url: string, answers: boolean, ours = true): ToolFacts => {
    return { title: 'Codex', id: 'codex', file: '/home/ada/.codex/config.toml', url, ours, answers };
  };
  const here = 'http://127.0.0.1:9208';
  test('one that points at a dead gateway is a problem; at ours, which is not started, a warning', () => {
    expect(states(toolFindings([], here))).toEqual(['skipped']);
    expect(states(toolFindings([tool(here, true)], here))).toEqual(['ok']);
    expect(toolFindings([tool(here, false)], here)).toMatchObject([
      { state: 'warning', fix: expect.stringContaining('sluice setup codex --undo') },
    ]);
    expect(JSON.stringify(toolFindings([tool('http://me:hunter2@127.0.0.1:1', false)], here))).not.toContain(
      'hunter2',
    );
    expect(toolFindings([tool('http://127.0.0.1:1', false, false)], here)).toMatchObject([
      { state: 'problem', fix: expect.stringContaining('config.toml') },
    ]);
  });
  test('the address of a vendor is none of our business', () => {
    expect(isGatewayAddress('https://openrouter.ai/api', false)).toBe(false);
    expect(isGatewayAddress('http://localhost:1234', false)).toBe(true);
    expect(isGatewayAddress('https://llm.example.org', true)).toBe(true);
  });
});

describe('an examination', () => {
  test('is told in one order', () => {
    const findings = CHECKS.toReversed().map((check) => finderOf(check).ok('Well.'));
    expect(inOrder(findings).map(({ check }) => check)).toEqual(CHECKS);
  });
  test('goes on when one look never ends or fails in a way that nobody foresaw', async () => {
    const never = await bounded('redis', 1, () => new Promise(() => undefined));
    expect(never).toMatchObject([{ check: 'redis', state: 'warning' }]);
    const broken = await bounded('port', 1_000, () =>
      Promise.reject(Object.assign(new Error('SECRET'), { code: 'EBAD' })),
    );
    expect(broken).toMatchObject([
      { check: 'port', state: 'warning', message: expect.stringContaining('EBAD') },
    ]);
    expect(JSON.stringify(broken)).not.toContain('SECRET');
  });
});
