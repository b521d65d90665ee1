import { mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkConfig, loadConfig } from './load.ts';
import { formatProblem } from './problem.ts';
import { resolveSettings } from './resolve.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-load-'));

/** Writes a file that looks old, so that reading it need not wait for it to settle. */
function writeSettled(file: string, text: string | Uint8Array): void {
  writeFileSync(file, text);
  utimesSync(file, 1, 1);
}

/** Loads a text and gives its problems as lines, without the path of the file. */
async function problemsOf(text: string | Uint8Array, env: Record<string, string> = {}): Promise<string[]> {
  const file = join(folder, 'sluice.jsonc');
  writeSettled(file, text);
  const loaded = await loadConfig(file, env);
  const found = loaded.ok ? resolveSettings(loaded.value, { env }) : loaded;
  const problems = found.ok ? found.warnings : found.problems;
  return problems.map((problem) => formatProblem(problem).replaceAll(file, 'sluice.jsonc'));
}

/** One upstream with `more` on the third line, from the first column. */
const upstream = (more: string): string =>
  `{\n"upstreams": [{ "id": "a", "provider": "openai", "keys": ["k1"],\n${more} }] }`;

const bad: readonly (readonly [name: string, text: string, problems: readonly string[]])[] = [
  ['an empty file', '', ['sluice.jsonc:1:1: The file is empty. Write at least {}, or run "sluice init".']],
  [
    'a file of comments only',
    '// soon\n',
    ['sluice.jsonc:1:1: The file is empty. Write at least {}, or run "sluice init".'],
  ],
  [
    'a file that ends early',
    '{\n  "server": {\n',
    ['sluice.jsonc:3:1: The file ends before an object is closed. Add the missing "}".'],
  ],
  [
    'names without quotes',
    '{\n  server: {}\n}',
    ['sluice.jsonc:2:3: This is not JSON. Text and names need double quotes.'],
  ],
  [
    'a missing comma',
    '{\n  "clients": []\n  "upstreams": []\n}',
    ['sluice.jsonc:3:3: A comma is missing before this.'],
  ],
  [
    'a repeated member',
    '{ "retry": {},\n  "retry": {} }',
    ['sluice.jsonc:2:3: retry: This member is there twice; only one can count.'],
  ],
  [
    'a member called __proto__',
    '{ "aliases": { "__proto__": "x" } }',
    ['sluice.jsonc:1:16: aliases.__proto__: This name cannot be used.'],
  ],
  ['a list at the top', '[]', ['sluice.jsonc:1:1: Must be an object, but is a list.']],
  [
    'a misspelt section',
    '{\n  "upstream": []\n}',
    ['sluice.jsonc:2:3: upstream: There is no such field. Did you mean "upstreams"?'],
  ],
  [
    'a field in snake case',
    '{ "server": { "drain_ms": 1 } }',
    ['sluice.jsonc:1:15: server.drain_ms: There is no such field. Did you mean "drainMs"?'],
  ],
  [
    'a name that other programs use',
    upstream('"api_key": "x"'),
    ['sluice.jsonc:3:1: upstreams[0].api_key: There is no such field. Did you mean "keys"?'],
  ],
  [
    'a field in the wrong section',
    '{ "port": 1 }',
    ['sluice.jsonc:1:3: port: There is no such field. It belongs in "server".'],
  ],
  [
    'a field like no other',
    '{ "retry": { "zebra": 1 } }',
    ['sluice.jsonc:1:14: retry.zebra: There is no such field. Known here: maxAttempts.'],
  ],
  [
    'a number in quotes',
    '{ "server": { "port": "9208" } }',
    ['sluice.jsonc:1:23: server.port: Must be a number, but is text. Write 9208 without quotes.'],
  ],
  [
    'a port that does not exist',
    '{ "server": { "port": 70000 } }',
    ['sluice.jsonc:1:23: server.port: Must be at most 65535.'],
  ],
  [
    'half an attempt',
    '{ "retry": { "maxAttempts": 1.5 } }',
    ['sluice.jsonc:1:29: retry.maxAttempts: Must be a whole number.'],
  ],
  [
    'a flag in quotes',
    upstream('"enabled": "yes"'),
    ['sluice.jsonc:3:12: upstreams[0].enabled: Must be true or false, but is text.'],
  ],
  [
    'one key instead of a list',
    '{ "upstreams": [{ "id": "a", "provider": "openai", "keys": "k" }] }',
    ['sluice.jsonc:1:60: upstreams[0].keys: Must be a list, but is text. Put it in brackets: ["…"].'],
  ],
  [
    'a missing provider',
    '{ "upstreams": [\n  { "id": "a" }\n] }',
    ['sluice.jsonc:2:3: upstreams[0].provider: Is missing.'],
  ],
  [
    'a dialect that is not one',
    upstream('"dialects": ["openai-chats"]'),
    [
      'sluice.jsonc:3:14: upstreams[0].dialects[0]: "openai-chats" is not known here. Did you mean "openai-chat"?',
    ],
  ],
  [
    'no dialect at all',
    upstream('"dialects": []'),
    ['sluice.jsonc:3:13: upstreams[0].dialects: Must not be an empty list.'],
  ],
  [
    'a log level that is not one',
    '{ "log": { "level": "loud" } }',
    [
      'sluice.jsonc:1:21: log.level: "loud" is not known here. Known: trace, debug, info, warn, error, silent.',
    ],
  ],
  [
    'a base URL that is a number',
    upstream('"baseUrl": 3'),
    ['sluice.jsonc:3:12: upstreams[0].baseUrl: Must be text or an object, but is a number.'],
  ],
  [
    'a base URL for a format that is not one',
    upstream('"baseUrl": { "openai": "http://x" }'),
    ['sluice.jsonc:3:14: upstreams[0].baseUrl.openai: There is no such field. Did you mean "openai-chat"?'],
  ],
  [
    'a header value over two lines',
    upstream('"headers": { "x-a": "b\\nc" }'),
    [
      'sluice.jsonc:3:21: upstreams[0].headers["x-a"]: Has a character that a header cannot carry (line break, control or non-Latin).',
    ],
  ],
  [
    'a header that is a number',
    upstream('"headers": { "x-a": 1 }'),
    ['sluice.jsonc:3:21: upstreams[0].headers["x-a"]: Must be text or null, but is a number.'],
  ],
  [
    'a header name with a space',
    upstream('"headers": { "x a": "b" }'),
    ['sluice.jsonc:3:14: upstreams[0].headers["x a"]: "x a" is not a valid header name.'],
  ],
  [
    'an alias with a star in the middle',
    '{ "aliases": { "a*b": "c" } }',
    ['sluice.jsonc:1:16: aliases["a*b"]: "a*b" may have a "*" only at its end.'],
  ],
  [
    'a client without a key',
    '{ "clients": [{ "id": "me" }] }',
    ['sluice.jsonc:1:15: clients[0]: Needs exactly one of "key" and "keyHash".'],
  ],
  [
    'a key hash that is none',
    '{ "clients": [{ "id": "me", "keyHash": "abc" }] }',
    ['sluice.jsonc:1:40: clients[0].keyHash: Must be "sha256:" and 64 hexadecimal digits.'],
  ],
  [
    'a cross-origin star',
    '{ "server": { "cors": { "origins": ["*"] } } }',
    [
      'sluice.jsonc:1:37: server.cors.origins[0]: Must be one exact origin: scheme, host and port, without a path and without "*".',
    ],
  ],
  [
    'an id with a slash',
    '{ "upstreams": [{ "id": "a/b", "provider": "ollama" }] }',
    [
      'sluice.jsonc:1:25: upstreams[0].id: Must be 1 to 64 letters, digits, ".", "_" or "-", starting with a letter or digit.',
    ],
  ],
  [
    'two mistakes, in the order of the file',
    '{ "log": { "leve": 1 },\n "server": { "prot": 1 } }',
    [
      'sluice.jsonc:1:12: log.leve: There is no such field. Did you mean "level"?',
      'sluice.jsonc:2:14: server.prot: There is no such field. Did you mean "port"?',
    ],
  ],
  [
    'a variable that is not set',
    upstream('"proxy": "${NOPE}"'),
    [
      'sluice.jsonc:3:10: upstreams[0].proxy: The environment variable NOPE is not set. Set it, or write ${NOPE:-default}.',
    ],
  ],
  [
    'a reference without a name',
    upstream('"proxy": "http://${}"'),
    [
      'sluice.jsonc:3:10: upstreams[0].proxy: "${" does not begin a reference here. Write ${NAME} or ${NAME:-default}, or $${ for a literal "${".',
    ],
  ],
  [
    'a number from a reference',
    '{ "server": { "port": "${EMPTY:-1}" } }',
    ['sluice.jsonc:1:23: server.port: Must be a number, but is text. A reference always gives text.'],
  ],
  [
    'text that a reference leaves empty',
    upstream('"proxy": "${EMPTY}"'),
    ['sluice.jsonc:3:10: upstreams[0].proxy: Must not be empty. It comes from ${EMPTY}.'],
  ],
  [
    'a provider that nobody knows',
    upstream('"enabled": true').replace('"openai"', '"opnai"'),
    [
      'sluice.jsonc:2:40: upstreams[0].provider: There is no preset of this name. Did you mean "openai"? For a server of your own write "openai-compatible" and "baseUrl".',
    ],
  ],
  [
    'a compatible server without an address',
    '{ "upstreams": [{ "id": "a", "provider": "openai-compatible" }] }',
    [
      'sluice.jsonc:1:17: upstreams[0]: Any OpenAI-compatible server has no address in its preset: "baseUrl" is missing. Write "baseUrl": "https://host/v1" or the like.',
    ],
  ],
  [
    'a vendor without a key',
    '{ "upstreams": [{ "id": "a", "provider": "openai" }] }',
    [
      'sluice.jsonc:1:17: upstreams[0]: OpenAI needs a key: "keys" is missing. Write "keys": ["${OPENAI_API_KEY}"].',
    ],
  ],
  [
    'a key that is empty',
    '{ "upstreams": [{ "id": "a", "provider": "openai",\n "keys": ["${EMPTY}", "${UNSET:-}"] }] }',
    [
      'sluice.jsonc:2:10: upstreams[0].keys: The upstream has no key: the environment variable EMPTY is empty or not set; the environment variable UNSET is empty or not set. Set it, or write "enabled": false to leave the upstream out.',
    ],
  ],
  [
    'a key with "Bearer" in front',
    '{ "upstreams": [{ "id": "a", "provider": "openai",\n "keys": ["Bearer sk-x"] }] }',
    [
      'sluice.jsonc:2:11: upstreams[0].keys[0]: A key holds a space or a character that a header cannot carry. Leave "Bearer" off.',
    ],
  ],
  [
    'two upstreams of one name',
    '{ "upstreams": [{ "id": "a", "provider": "ollama" },\n { "id": "a", "provider": "ollama" }] }',
    ['sluice.jsonc:2:10: upstreams[1].id: Is already the id of upstreams[0].'],
  ],
  [
    'a base URL without a scheme',
    upstream('"baseUrl": "localhost:1234"'),
    [
      'sluice.jsonc:3:12: upstreams[0].baseUrl: Is not an http:// or https:// URL. Begin it with "https://" or "http://".',
    ],
  ],
  [
    'a base URL with a password',
    upstream('"baseUrl": "https://me:canary@x"'),
    [
      'sluice.jsonc:3:12: upstreams[0].baseUrl: Must not hold a user name or password. Use "keys", or set an authorization header in "headers".',
    ],
  ],
  [
    'a proxy of an unknown kind',
    upstream('"proxy": "ftp://x"'),
    [
      'sluice.jsonc:3:10: upstreams[0].proxy: Is not a proxy URL. Write http://, https://, socks5:// or socks5h://, host and port.',
    ],
  ],
  [
    'a header of the transport',
    upstream('"headers": { "Host": "x" }'),
    ['sluice.jsonc:3:14: upstreams[0].headers.Host: The transport writes this header itself.'],
  ],
  [
    'a header twice',
    upstream('"headers": { "X-A": "1", "x-a": "2" }'),
    ['sluice.jsonc:3:26: upstreams[0].headers["x-a"]: This header is there twice.'],
  ],
  [
    'a storage of another kind',
    upstream('"enabled": true').replace(/}$/, ',"storage":{"url":"mysql://x"}}'),
    [
      'sluice.jsonc:3:38: storage.url: Is not a storage URL that is known here. Write "sqlite:" and the path of a file, as in "sqlite:./data/sluice.db".',
    ],
  ],
  [
    'no upstream',
    '{}',
    [
      'warning: sluice.jsonc:1:1: upstreams: No upstream is in use. Add one to "upstreams"; until then no request can be answered.',
    ],
  ],
];

describe('a configuration file', () => {
  it.each(bad)('with %s is reported with place, path, fault and remedy', async (_name, text, problems) => {
    expect(await problemsOf(text, { EMPTY: '' })).toEqual(problems);
  });

  it('may have comments, trailing commas, a byte order mark and Windows line ends', async () => {
    const text = `\uFEFF// mine\r\n{ /* a */ "upstreams": [{ "id": "a", "provider": "ollama", }, ],\r\n }`;
    expect(await problemsOf(text)).toEqual([]);
    expect(await problemsOf('\uFEFF{\r\n"x": 1 }')).toContainEqual(
      expect.stringContaining('sluice.jsonc:2:1: x:'),
    );
  });

  it('in UTF-16 or in no encoding is refused in words', async () => {
    const remedy = 'Check the path, or run "sluice init" to write a new one.';
    const utf16 = Buffer.from('\uFEFF{}', 'utf16le');
    expect(await problemsOf(utf16)).toEqual([
      `sluice.jsonc: The configuration cannot be read: it is UTF-16 text; save it as UTF-8. ${remedy}`,
    ]);
    expect(await problemsOf(Buffer.from([0x7b, 0xff, 0x7d]))).toEqual([
      `sluice.jsonc: The configuration cannot be read: it is not UTF-8 text. ${remedy}`,
    ]);
  });

  it('that is not there, or is a folder, is refused in words', async () => {
    const missing = await loadConfig(join(folder, 'nowhere', 'sluice.jsonc'));
    expect(missing.ok ? [] : missing.problems[0]?.message).toBe(
      'The configuration cannot be read: there is no such file.',
    );
    const directory = await loadConfig(folder);
    expect(directory.ok ? [] : directory.problems[0]?.message).toBe(
      'The configuration cannot be read: it is a folder.',
    );
  });

  it('that nests without end is refused instead of overflowing the stack', async () => {
    expect(await problemsOf('['.repeat(200_000))).toEqual([
      'sluice.jsonc:1:65: Nested deeper than 64 levels.',
    ]);
  });

  it('never crashes the gateway, whatever it holds', () => {
    const json = fc.jsonValue({ maxDepth: 4 });
    const names = fc.constantFrom(
      'server',
      'clients',
      'upstreams',
      'aliases',
      'timeouts',
      'retry',
      'storage',
      'log',
      'x',
    );
    const upstreamLike = fc.record(
      {
        id: fc.oneof(fc.string(), json),
        provider: fc.constantFrom('openai', 'ollama', 'nope'),
        keys: json,
        baseUrl: json,
        headers: json,
        aliases: json,
        proxy: fc.webUrl(),
      },
      { requiredKeys: [] },
    );
    const file = fc.oneof(json, fc.dictionary(names, fc.oneof(json, fc.array(upstreamLike))));
    fc.assert(
      fc.property(file, (value) => {
        const checked = checkConfig(value);
        if (!checked.ok) return checked.problems.length > 0;
        const resolved = resolveSettings(checked.value, { env: {} });
        return resolved.ok || resolved.problems.some((problem) => problem.severity === 'error');
      }),
      { numRuns: 500 },
    );
  });

  it('of any text gives a configuration or problems', async () => {
    const texts = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '/', '*', '$', 'a', '\n') }),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const file = join(folder, 'any.jsonc');
        writeSettled(file, text);
        const loaded = await loadConfig(file, {});
        return loaded.ok || loaded.problems.length > 0;
      }),
      { numRuns: 40 },
    );
  });
});
