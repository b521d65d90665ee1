// What coding agents really send, replayed to upstreams of every other format: a provider that refuses what the real one
// refuses must accept each request, and the agent gets a whole answer in its own format, with its own tools called.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import { type Json, toObject } from '../kit/agent-provider/json.ts';
import type { Asked, Turn } from '../kit/agent-provider/script.ts';
import { type ScriptedProvider, startScripted } from '../kit/agent-provider/scripted-provider.ts';
import { ask } from '../kit/client.ts';
import { type Gateway, startGateway } from '../kit/gateway.ts';
import { sharedPath } from '../kit/shared-data.ts';
import { at, wires } from '../kit/wire.ts';

/** Captures of each agent that are whole requests for an answer, and the format of those whose name begins so. */
const AGENTS: readonly (readonly [folder: string, names: RegExp, dialect: DialectId])[] = [
  ['claude-code', /^(?:0[123]|1[1-9]|2[04]|3\d|4\d|5\d|71)-/, 'anthropic-messages'],
  ['codex', /^(?:0\d|1[0-24-57-9]|2\d|3[0178]|40)-/, 'openai-responses'],
  ['gemini-cli', /^(?:0\d|1[0-47])-/, 'gemini'],
  ['opencode', /^anthropic-/, 'anthropic-messages'],
  ['opencode', /^google-/, 'gemini'],
  ['opencode', /^openai-0/, 'openai-responses'],
  ['opencode', /^openai-compatible-/, 'openai-chat'],
];

/** A model of the newest kind and a plain one, in each format. */
const TARGETS: readonly (readonly [dialect: DialectId, vendor: string, model: string])[] = [
  ['openai-chat', 'deepseek', 'deepseek-v4-pro'],
  ['openai-chat', 'openai', 'gpt-5.5'],
  ['openai-chat', 'plain', 'some-model'],
  ['openai-responses', 'openai', 'gpt-5.5'],
  ['openai-responses', 'openai', 'gpt-4.1'],
  ['anthropic-messages', 'anthropic', 'claude-opus-5-5'],
  ['anthropic-messages', 'anthropic', 'claude-sonnet-4-5'],
  ['gemini', 'gemini', 'gemini-3.1-pro-preview'],
  ['gemini', 'gemini', 'gemini-2.5-pro'],
];

/** What a target may lack so that a request is refused: pictures, documents, and the one hosted tool of a request. */
const REFUSABLE = /\((?:image-input|document-input|hosted-tool|web-search)\)/;
/** The targets that have all of it. */
const COMPLETE = /^(?:gpt-5\.5|claude-|gemini-)/;

interface Capture {
  readonly name: string;
  readonly dialect: DialectId;
  readonly url: string;
  readonly headers: Json;
  readonly body: Json;
}

function capturesOf([folder, names, dialect]: (typeof AGENTS)[number]): Capture[] {
  const path = sharedPath(`clients/captures/${folder}`);
  if (path === undefined || !existsSync(path)) return [];
  return readdirSync(path)
    .filter((file) => names.test(file))
    .sort()
    .map((file) => {
      const { url, headers, body } = toObject(JSON.parse(readFileSync(join(path, file), 'utf8')));
      const name = `${folder} ${file.replace(/\.json$/, '')}`;
      return { name, dialect, url: String(url), headers: toObject(headers), body: toObject(body) };
    });
}

const captures = AGENTS.flatMap(capturesOf);
if (captures.length === 0)
  process.stderr.write('\n*** SKIPPED: there are no captures of real agents beside this checkout.\n\n');

/** The tool with which an agent writes a file, and something to write. Inputs are as the tools of the agents ask. */
const WRITERS: readonly (readonly [RegExp, string | Json])[] = [
  [/(?:^|__)apply_patch$/, '*** Begin Patch\n*** Add File: note.txt\n+tool-ok\n*** End Patch\n'],
  [/(?:^|__)exec$/, 'text("tool-ok");'],
  [/(?:^|__)exec_command$/, { cmd: 'touch note.txt' }],
  [/^write(?:_file)?$/i, { file_path: '/note.txt', filePath: '/note.txt', content: 'tool-ok\n' }],
  [/^bash$/i, { command: 'touch note.txt', description: 'Writes' }],
];

const DONE = 'The file says tool-ok, all done.';

function script({ afterTool, tools }: Asked): Turn {
  for (const [pattern, input] of afterTool ? [] : WRITERS) {
    const name = tools.find((tool) => pattern.test(tool));
    if (name === undefined) continue;
    const thinks = 'A file is wanted.';
    return typeof input === 'string'
      ? { kind: 'custom', name, input, thinks }
      : { kind: 'tool', name, input, thinks };
  }
  return { kind: 'text', text: DONE };
}

/** Names of the tools that an answer calls. */
function called(text: string): string[] {
  const calls = [
    ...text.matchAll(/"(?:tool_use|function_call|custom_tool_call)"[^{}]*?"name":"([^"]*)"/g),
    ...text.matchAll(/"(?:functionCall|function)":\{(?:"id":"[^"]*",)?"name":"([^"]*)"/g),
  ];
  return [...new Set(calls.map((call) => String(call[1])))];
}

describe.skipIf(captures.length === 0).each(TARGETS)('an upstream of %s (%s, %s)', (to, vendor, model) => {
  let upstream: ScriptedProvider;
  let gateway: Gateway;
  beforeAll(async () => {
    upstream = await startScripted(script);
    gateway = await startGateway({
      upstreams: [
        { origin: upstream.url, dialects: [to], provider: { id: vendor }, aliases: { '*': model } },
      ],
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await upstream.stop();
  });

  test.each(captures.filter(({ dialect }) => dialect !== to))(
    'accepts what comes of $name, which gets its answer',
    async ({ dialect, url, headers, body }) => {
      const before = { asked: upstream.asked.length, refused: upstream.refused.length };
      const kept = Object.entries(headers).filter(
        ([name]) =>
          !/^(?:host|connection|content-length|accept-encoding|authorization|x-.*api-key)$/i.test(name),
      );
      const answer = await ask(gateway.port, {
        path: url,
        headers: kept.flatMap(([name, value]) => [name, String(value)]),
        body: JSON.stringify(body),
      });
      expect(upstream.refused.slice(before.refused)).toEqual([]);
      if (answer.status === 400 && !(COMPLETE.test(model) && to !== 'openai-chat')) {
        expect(answer.header('x-sluice-error')).toBe('unsupported_feature');
        expect(answer.text()).toMatch(REFUSABLE);
        expect(upstream.asked).toHaveLength(before.asked);
        return;
      }
      expect([answer.status, answer.status === 200 ? '' : answer.text()]).toEqual([200, '']);
      const [asked, ...more] = upstream.asked.slice(before.asked);
      expect([asked?.dialect, asked?.model, more]).toEqual([to, model, []]);

      const stream = dialect === 'gemini' ? url.includes(':stream') : body['stream'] === true;
      const seen = wires[dialect].understand(answer.text(), stream);
      expect([seen.complete, seen.error]).toEqual([true, undefined]);
      const { call } = upstream.issued.at(-1) ?? {};
      if (call === undefined) {
        expect(seen.text).toBe(DONE);
        return;
      }
      const [name = ''] = called(answer.text());
      const offered = JSON.stringify([body['tools'], at(body, 'input', 0, 'tools')]);
      expect(offered).toContain(`"name":${JSON.stringify(name)}`);
      expect(call.name.endsWith(name)).toBe(true);
    },
  );
});
