// Requests that real clients and recordings sent: reading and writing them again gives the same request.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { codec } from '../../src/core/dialects/openai-responses/codec.ts';
import { isObject, type JsonObject } from '../../src/core/model/json.ts';
import { lossReport } from '../../src/core/model/loss.ts';
import type { ChatRequest } from '../../src/core/model/request.ts';
import { DEFAULT_TRAITS } from '../../src/core/providers/traits/index.ts';
import { sharedPath } from '../kit/shared-data.ts';

const PATH = { model: undefined, stream: false };

function decoded(body: unknown): ChatRequest {
  const request = codec.decodeRequest(body, PATH);
  if ('code' in request) throw new Error(`${request.param}: ${request.message}`);
  return request;
}

function again(body: JsonObject): { readonly body: unknown; readonly losses: readonly unknown[] } {
  const request = decoded(body);
  const losses = lossReport();
  const { body: written } = codec.encodeRequest(request, {
    model: request.model,
    stream: request.stream,
    traits: { ...DEFAULT_TRAITS['openai-responses'], vendor: 'openai' },
    losses,
  });
  return { body: written, losses: losses.losses };
}

interface Sent {
  readonly name: string;
  readonly body: JsonObject;
}

function captures(): Sent[] {
  const folder = sharedPath('clients/captures/codex');
  if (folder === undefined) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => {
      const { body } = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as { body: unknown };
      return isObject(body) && 'input' in body ? [{ name: file, body }] : [];
    });
}

function recordings(): Sent[] {
  const root = sharedPath('formats/fixtures');
  if (root === undefined) return [];
  const found: Sent[] = [];
  for (const folder of ['openai-responses', 'deepseek', 'xai', 'azure'])
    for (const file of readdirSync(`${root}/${folder}`).filter((name) => name.endsWith('.json'))) {
      const { exchanges } = JSON.parse(readFileSync(`${root}/${folder}/${file}`, 'utf8')) as {
        exchanges: { request: { url: string; body: unknown } | null; response: { status?: number } }[];
      };
      exchanges.forEach(({ request }, index) => {
        if (request?.url.endsWith('/responses') && isObject(request.body))
          found.push({ name: `${folder}/${file}#${index}`, body: request.body });
      });
    }
  return found;
}

const sentByCodex = captures();
const recorded = recordings();

describe('requests of Codex (where the shared captures are)', () => {
  test.skipIf(sentByCodex.length === 0)('come back as they were sent', () => {
    for (const { name, body } of sentByCodex) {
      const written = again(body);
      expect(written.body, name).toEqual(body);
      expect(written.losses, name).toEqual([]);
    }
  });

  test.skipIf(sentByCodex.length === 0)('tools in the input are tools, with their namespaces', () => {
    const lite = sentByCodex.filter(({ body }) =>
      JSON.stringify(body['input']).includes('"additional_tools"'),
    );
    expect(lite.length).toBeGreaterThan(0);
    for (const { name, body } of lite) {
      const { tools, turns } = decoded(body);
      expect(tools.length, name).toBeGreaterThan(1);
      expect(tools.every(({ namespace }) => namespace !== undefined)).toBe(true);
      expect(tools.some(({ kind }) => kind === 'custom')).toBe(true);
      expect(turns.some(({ parts }) => parts.some((part) => part.type === 'vendor'))).toBe(false);
    }
  });
});

/** Documented equals: a string is a list of one text, `type: "message"` may be left out, null is absent. */
function spelledOut(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(spelledOut);
  if (!isObject(value)) return value;
  const full: Record<string, unknown> = {};
  for (const [member, inner] of Object.entries(value)) if (inner !== null) full[member] = spelledOut(inner);
  return full;
}

function spelledItem(item: unknown): unknown {
  const full = spelledOut(item);
  if (!isObject(full)) return full;
  if (full['type'] === 'reasoning' && JSON.stringify(full['content']) === '[]') {
    const { content: _none, ...rest } = full;
    return rest;
  }
  if (full['type'] !== undefined && full['type'] !== 'message') return full;
  if (typeof full['content'] !== 'string') return { type: 'message', ...full };
  const type = full['role'] === 'assistant' ? 'output_text' : 'input_text';
  const content = full['content'] === '' ? [] : [{ type, text: full['content'] }];
  return { ...full, type: 'message', content };
}

function spelled(body: unknown): unknown {
  const full = spelledOut(body);
  if (!isObject(full)) return full;
  const { input, instructions, stream, ...rest } = full;
  const items =
    typeof input === 'string'
      ? [spelledItem({ role: 'user', content: input })]
      : (input as unknown[]).map(spelledItem);
  const [first] = items;
  // A system message that comes first is what instructions are.
  const isSystem = (instructions ?? '') === '' && isObject(first) && first['role'] === 'system';
  const texts = isSystem && Array.isArray(first['content']) ? first['content'] : [];
  const leading = texts.length === 1 && isObject(texts[0]) ? { instructions: texts[0]['text'] } : {};
  return {
    ...rest,
    ...((instructions ?? '') === '' ? leading : { instructions }),
    ...(stream === true ? { stream } : {}),
    input: 'instructions' in leading ? items.slice(1) : items,
  };
}

describe('recorded requests (where the shared recordings are)', () => {
  test.skipIf(recorded.length === 0)('come back the same, apart from documented equals', () => {
    for (const { name, body } of recorded) {
      const written = again(body);
      expect(spelled(written.body), name).toEqual(spelled(body));
      expect(written.losses, name).toEqual([]);
    }
  });
});
