// What Gemini's own clients send comes back the same from the model: recorded requests, where the shared data is present.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { gemini } from '../../src/core/dialects/gemini/index.ts';
import { isObject, type JsonObject } from '../../src/core/model/json.ts';
import { lossReport } from '../../src/core/model/loss.ts';
import { traitsFor } from '../../src/core/providers/traits/index.ts';
import { sharedPath } from '../kit/shared-data.ts';

interface Sent {
  readonly name: string;
  readonly url: string;
  readonly body: JsonObject;
}

function captured(): Sent[] {
  const root = sharedPath('clients/captures/gemini-cli');
  if (root === undefined) return [];
  return readdirSync(root).map((name) => {
    const { url, body } = JSON.parse(readFileSync(`${root}/${name}`, 'utf8'));
    return { name, url, body };
  });
}

/** Requests of the recorded exchanges, which many libraries made. */
function recorded(): Sent[] {
  const root = sharedPath('formats/fixtures');
  if (root === undefined) return [];
  return ['gemini', 'gemini-vertex'].flatMap((folder) =>
    readdirSync(`${root}/${folder}`).flatMap((file) => {
      const { exchanges } = JSON.parse(readFileSync(`${root}/${folder}/${file}`, 'utf8'));
      return exchanges.flatMap(
        ({ request }: { request: { url: string; body?: unknown } | null }, at: number) => {
          const body = typeof request?.body === 'string' ? JSON.parse(request.body) : request?.body;
          const generates = /:(?:stream)?generateContent/i.test(request?.url ?? '');
          return generates && isObject(body)
            ? [{ name: `${file}#${at}`, url: request?.url ?? '', body }]
            : [];
        },
      );
    }),
  );
}

/** A model that takes media in results where the request has some. */
function modelFor({ body }: Sent): string {
  return /"parts":\s*\[\s*\{\s*"inline/.test(JSON.stringify(body).split('"functionResponse"').slice(1).join())
    ? 'gemini-3-flash-preview'
    : 'gemini-2.5-pro';
}

function again(sent: Sent): { readonly path: string; readonly body: JsonObject; readonly losses: number } {
  const stream = sent.url.includes(':streamGenerateContent');
  const model = /models\/([^:/]+):/.exec(sent.url)?.[1] ?? '';
  const request = gemini.codec.decodeRequest(sent.body, { model, stream });
  if ('code' in request) throw new Error(request.message);
  const losses = lossReport();
  const traits = traitsFor('gemini', 'gemini', modelFor(sent));
  const { path, body } = gemini.codec.encodeRequest(request, { model, stream, traits, losses });
  return { path, body: JSON.parse(JSON.stringify(body)), losses: losses.losses.length };
}

/** The documented defaults: names in camelCase, enumerations in capitals, roles that nobody reads. */
function settled(value: unknown, within: string = ''): unknown {
  if (Array.isArray(value)) return value.map((entry) => settled(entry, within));
  if (!isObject(value))
    return /^(?:mode|thinkingLevel|responseModalities)$/.test(within) ? String(value).toUpperCase() : value;
  if (['args', 'response', 'parametersJsonSchema', 'parameters', 'modelArmorConfig'].includes(within))
    return value;
  const entries = Object.entries(value).map(([name, member]): [string, unknown] => {
    const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    return [camel, settled(member, camel)];
  });
  const object = Object.fromEntries(entries);
  if (within === 'systemInstruction') return { ...object, role: 'user' };
  if (within === 'contents') return { role: 'user', ...object };
  return object;
}

/** Empty objects are left out. */
function withoutEmpty(body: unknown): unknown {
  if (!isObject(body)) return body;
  return Object.fromEntries(
    Object.entries(body).filter(([, value]) => !isObject(value) || Object.keys(value).length > 0),
  );
}

const CAPTURES = captured();
const RECORDED = recorded();

describe.skipIf(CAPTURES.length === 0)('a request of Gemini CLI (skipped without the shared data)', () => {
  test.each(CAPTURES)('$name comes back as it was sent', (sent) => {
    const { body, losses } = again(sent);
    expect(body).toEqual(sent.body);
    expect(losses).toBe(0);
  });

  test.each(CAPTURES.filter(({ url }) => url.startsWith('/v1beta/models/') && !url.includes(':countTokens')))(
    '$name goes to the path it came on',
    (sent) => {
      expect(again(sent).path).toBe(sent.url);
    },
  );
});

describe.skipIf(RECORDED.length === 0)('a recorded request (skipped without the shared data)', () => {
  test.each(RECORDED)('$name comes back but for documented defaults', (sent) => {
    expect(withoutEmpty(again(sent).body)).toEqual(withoutEmpty(settled(sent.body)));
  });
});
