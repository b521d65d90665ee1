// Files that are broken, or made to do harm: an import never fails with a defect, says what is wrong, writes only what can
// be served, and takes nothing in them for a reference to secrets of the user.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importFiles } from '../../src/import/import.ts';
import { checkPlan } from '../../src/import/in-memory.ts';
import type { SourceId } from '../../src/import/plan.ts';
import { SOURCES } from '../../src/import/plan.ts';
import { planEnvironment, planFiles } from '../../src/import/plan-import.ts';
import { desk } from '../kit/import-kit.ts';

/** Gives a text to the command under a name, and answers what it said. */
async function give(
  name: string,
  text: string | Buffer,
  source = 'auto',
): Promise<{ code: number; err: string; written: string }> {
  const user = desk({ HOME_SECRET: 'canary-home-secret' });
  const file = join(user.cwd, name);
  writeFileSync(file, text);
  const said = await user.run([source, file]);
  let written = '';
  if (said.code === 0) {
    written = user.text();
    await user.settings();
  }
  return { code: said.code, err: said.err, written };
}

describe('broken files', () => {
  test.each([
    ['config.yaml', 'model_list: [unclosed'],
    ['config.yaml', '- model_name: *\n  litellm_params: {}'],
    ['config.yaml', 'model_list:\n\t- a: 1'],
    ['config.yaml', 'a: &a [*a]\nmodel_list: *a'],
    ['config.yaml', Buffer.from([0xff, 0xfe, 0x00, 0x80])],
    ['config.yaml', ''],
    ['config.yaml', 'just a text'],
    ['config.jsonc', '{ "upstreams": ['],
    ['config.jsonc', '{ "upstreams": [], "upstreams": [] }'],
    ['config.jsonc', `${'['.repeat(5_000)}`],
    ['config.jsonc', '{ "__proto__": { "apis": [] } }'],
    ['config.jsonc', 'null'],
    ['apis.json', '{ "apis": [1, null, "x", { "id": 5 }] }'],
    ['keys.json', '[{ "key": true }, { "key": "" }]'],
    ['.env', ''],
    ['.env', '# nothing\n\n'],
    ['.env', '\u0000\u0001\u0002'],
    ['.env', 'TARGET_API_URL=not a url'],
    ['.env', 'TARGET_API_URL=ftp://x\nAPI_KEYS=k'],
    ['.env', 'TARGET_API_URL=http://169.254.169.254/latest\nAPI_KEYS=k'],
    ['.env', 'TARGET_API_URL=http://localhost:4015\nAPI_KEYS=k'],
    ['.env', 'UNKNOWN=1'],
  ])('%s with %j is refused in words', async (name, text) => {
    const { code, err } = await give(name, text);
    expect(code).toBe(1);
    expect(err).toMatch(/error .+\n\s+→ .+/);
    expect(err).not.toMatch(/TypeError|undefined|\[object|at .*\.ts:/);
  });

  test('a file that refers to itself without end is refused in a moment', async () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
    for (const [here, before] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf', 'hg', 'ih'].map((pair) => [
      pair[0],
      pair[1],
    ]))
      bomb.push(`${here}: &${here} [${Array(9).fill(`*${before}`).join(',')}]`);
    const { code, err } = await give('config.yaml', `${bomb.join('\n')}\nmodel_list: *i\n`);
    expect(code).toBe(1);
    expect(err).toContain('refers to itself too often');
  });
});

describe('files with many names', () => {
  test('a mapping of many names is read as fast as it is long', async () => {
    // Compared with each other, so many names would take longer than any test may.
    const names = Array.from({ length: 60_000 }, (_, at) => `k${at}: 1`);
    const { code } = await give('config.yaml', `${names.join('\n')}\n`, 'litellm');
    expect(code).toBe(1);
  });

  test('a name that stands twice is told by its line', async () => {
    const { code, err } = await give(
      'config.yaml',
      'model_list: []\nx: { a: 1,\n  b: 2, a: 3 }\n',
      'litellm',
    );
    expect([code, err]).toEqual([1, expect.stringContaining('(line 3)')]);
    const merged = 'a: &a { x: 1 }\nb: &b { y: 1 }\nc: { <<: *a, <<: *b }\nmodel_list: []\n';
    expect((await give('config.yaml', merged, 'litellm')).err).not.toContain('is not YAML');
  });
});

describe('harmful files', () => {
  const relay = (more: object): string =>
    JSON.stringify({
      upstreams: [
        {
          id: 'a',
          provider: 'openai',
          base_url: 'https://relay.example.com/v1',
          api_key: 'sk-canary-1',
          ...more,
        },
      ],
    });

  test('no text becomes a reference to a variable of the user', async () => {
    const { code, written } = await give(
      'config.jsonc',
      relay({ overrides: { header: { 'X-A': '${HOME_SECRET}' } }, model_mappings: { a: '${HOME_SECRET}' } }),
    );
    expect(code).toBe(0);
    expect(written).toContain('$${HOME_SECRET}');
    expect(written).not.toMatch(/[^$]\$\{HOME_SECRET/);
  });

  test('no text becomes a reference to a file of the user', async () => {
    const { code, err } = await give(
      'config.jsonc',
      relay({ overrides: { header: { 'X-A': '{file:/etc/passwd}' } } }),
    );
    expect(code).toBe(1);
    expect(err).toContain('reference to a file');
  });

  test('a name cannot end a comment, nor steer the terminal', async () => {
    const name = 'x\n"upstreams": [], //\u001b[2J';
    const { code, written, err } = await give(
      'apis.json',
      JSON.stringify({
        apis: [
          {
            id: name,
            name,
            baseUrl: 'https://r.example.com',
            apiKey: 'sk-canary-1',
            enabled: true,
            models: ['m'],
          },
        ],
      }),
    );
    expect(code).toBe(0);
    expect(written.match(/"upstreams": \[/g)).toHaveLength(2);
    expect(err + written).not.toContain('\u001b');
  });

  test('what is to be read of variables is read of variables alone, whatever they are called', async () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      const params = `{ model: openai/gpt-4o, api_key: os.environ/${name}, organization: os.environ/${name} }`;
      const user = desk();
      const file = join(user.cwd, 'config.yaml');
      writeFileSync(file, `model_list:\n  - model_name: a\n    litellm_params: ${params}\n`);
      const { code, err } = await user.run(['litellm', file]);
      expect([code, err]).toEqual([0, expect.stringContaining(`needed when the gateway starts: ${name}.`)]);
      await expect(user.settings()).rejects.toThrow(`variable ${name} is not set`);
    }
  });

  test('a model cannot steer the terminal that shows what would be written', async () => {
    const user = desk();
    const file = join(user.cwd, 'config.jsonc');
    writeFileSync(file, relay({ model_mappings: { a: 'x\u009b2J\u202e\u001b[2J' } }));
    const said = await user.run(['auto', file, '--dry-run']);
    expect(said.out).toContain('x\\u009b2J\\u202e\\u001b[2J');
    expect(said.out + said.err).not.toMatch(/[\u001b\u009b\u202e]/);
  });

  test('addresses of metadata services are not taken over', async () => {
    const { code, err } = await give('config.jsonc', relay({ base_url: 'http://169.254.169.254/' }));
    expect(code).toBe(1);
    expect(err).toContain('usable upstream');
  });

  test('secrets of a file that is refused are not repeated', async () => {
    for (const text of [
      '{ "upstreams": [ { "api_key": "sk-canary-1 } ]',
      'sk-canary-1: [',
      '{"a": sk-canary-1}',
    ]) {
      for (const name of ['config.jsonc', 'config.yaml', '.env'])
        expect((await give(name, text)).err).not.toContain('canary');
    }
  });
});

const SCALARS = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.integer({ min: -5, max: 100_000 }),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom(
    'openai',
    'https://x.example.com/v1',
    'os.environ/A',
    'openai/*',
    '*',
    '${A}',
    'hedged',
    '__proto__',
  ),
);

/** Values in the shape of a configuration, with the wrong things in them. */
const NAMES = [
  ...[
    'upstreams',
    'apis',
    'model_list',
    'id',
    'provider',
    'providers',
    'base_url',
    'baseUrl',
    'api_key',
    'apiKey',
  ],
  ...[
    'credential',
    'model_mappings',
    'convert_from_map',
    'overrides',
    'header',
    'upstream_strategy',
    'dispatch',
  ],
  ...['type', 'model_name', 'litellm_params', 'model', 'api_base', 'rpm', 'tpm', 'weight', 'order', 'models'],
  ...[
    'modelMapping',
    'rpd',
    'server',
    'port',
    'host',
    'local_api_key',
    'router_settings',
    'litellm_settings',
  ],
  ...[
    'fallbacks',
    'general_settings',
    'master_key',
    'cache',
    'cache_params',
    'num_retries',
    'timeout',
    'priority',
  ],
];
const NESTED = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    SCALARS,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 8, noNullPrototype: true }),
  ),
})).value;

describe('arbitrary content', () => {
  test('a plan is made of anything, or refused in words', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SOURCES), NESTED, NESTED, (source, list, more) => {
        const value = { upstreams: list, apis: list, model_list: list, ...(isPlain(more) ? more : {}) };
        const file = { path: 'x.json', name: 'x.json', kind: 'json' as const, value };
        const planned = planFiles(source, [file], {});
        if (planned.ok) checkPlan(planned.plan, {});
        else expect(planned.message.length * planned.suggestion.length).toBeGreaterThan(0);
      }),
      { numRuns: 400 },
    );
  });

  test('variables of any content are read, or refused in words', () => {
    const names = [
      'TARGET_API_URL',
      'API_KEYS',
      'MODEL',
      'PORT',
      'OPENAI_API_KEY',
      'REDIS_URL',
      'OPENROUTER_API_KEYS',
    ];
    const more = [
      'HTTP_REFERER',
      'SITE_NAME',
      'LOG_RETENTION_DAYS',
      'BODY_LIMIT',
      'MAX_RETRIES',
      'TARGET_API_FORMAT',
    ];
    const sources: readonly SourceId[] = ['nos-token-proxy', 'ai-proxy', 'openrouter-proxy'];
    const env = fc.dictionary(fc.constantFrom(...names, ...more), fc.string({ maxLength: 20 }));
    fc.assert(
      fc.property(fc.constantFrom(...sources), env, (source, variables) => {
        const planned = planEnvironment(source, variables);
        if (planned.ok) checkPlan(planned.plan, variables);
        else expect(planned.message).not.toBe('');
      }),
      { numRuns: 400 },
    );
  });

  test('what is imported is served, or nothing is imported', async () => {
    const user = desk();
    const upstream = fc.record(
      {
        id: fc.string({ maxLength: 8 }),
        provider: fc.constantFrom('openai', 'openai-response', 'anthropic', 'gemini', 'kiro', 'nonsense'),
        base_url: fc.constantFrom(
          'https://a.example.com',
          'https://api.openai.com/v1',
          'http://10.0.0.1',
          'nonsense',
        ),
        api_key: fc.string({ maxLength: 12 }),
        priority: fc.integer({ min: -3, max: 3 }),
        model_mappings: fc.dictionary(fc.string({ maxLength: 6 }), fc.string({ maxLength: 6 }), {
          maxKeys: 3,
        }),
        available_models: fc.array(fc.string({ maxLength: 6 }), { maxLength: 3 }),
        proxy_url: fc.constantFrom('socks5://127.0.0.1:1', 'nonsense', '$app_proxy_url'),
        overrides: fc.record({
          header: fc.dictionary(fc.string({ maxLength: 6 }), fc.string({ maxLength: 6 })),
        }),
      },
      { requiredKeys: ['id', 'provider', 'base_url'] },
    );
    const file = join(user.cwd, 'config.jsonc');
    await fc.assert(
      fc.asyncProperty(fc.array(upstream, { minLength: 1, maxLength: 4 }), async (upstreams) => {
        writeFileSync(file, JSON.stringify({ upstreams }));
        const options = { source: 'token-proxy' as const, paths: [file], out: user.file, secrets: undefined };
        const result = await importFiles({ ...options, env: {}, home: user.cwd });
        if (result.ok) expect(result.settings.upstreams.length).toBeLessThanOrEqual(upstreams.length);
        else expect(result.message).toMatch(/usable upstream|can be served|\{file:|cannot be used/);
      }),
      { numRuns: 150 },
    );
  });
});

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
