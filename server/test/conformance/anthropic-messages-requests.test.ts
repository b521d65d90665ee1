// Requests that real clients and libraries sent, read and written again: the same JSON must come out.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodeRequest } from '../../src/core/dialects/anthropic-messages/request.decode.ts';
import { encodeRequest } from '../../src/core/dialects/anthropic-messages/request.encode.ts';
import { isObject, type JsonObject, listOf, objectOf } from '../../src/core/model/json.ts';
import { lossReport } from '../../src/core/model/loss.ts';
import { messagesTraits } from '../kit/messages-answers.ts';
import { sharedPath } from '../kit/shared-data.ts';

interface Sent {
  readonly name: string;
  readonly body: JsonObject;
}

/** Requests that clients sent while their traffic was watched. */
function captured(): readonly Sent[] {
  const folder = sharedPath('clients/captures/claude-code');
  if (folder === undefined) return [];
  return readdirSync(folder).flatMap((name) => {
    const { body } = JSON.parse(readFileSync(`${folder}/${name}`, 'utf8'));
    return isObject(body) && Array.isArray(body['messages']) ? [{ name, body }] : [];
  });
}

/** Requests of recorded exchanges. */
function recorded(): readonly Sent[] {
  const folder = sharedPath('formats/fixtures/anthropic');
  if (folder === undefined) return [];
  return readdirSync(folder).flatMap((name) => {
    const exchanges = listOf(JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')).exchanges);
    return exchanges.flatMap((exchange, at) => {
      const body = bodyOf(objectOf(objectOf(exchange)?.['request'])?.['body']);
      return body !== undefined && Array.isArray(body['messages']) ? [{ name: `${name}#${at}`, body }] : [];
    });
  });
}

function bodyOf(body: unknown): JsonObject | undefined {
  return objectOf(typeof body === 'string' ? JSON.parse(body) : body);
}

/** `null` is absent, `stream: false` and `type: "custom"` of a tool are defaults. */
function plain(value: unknown, isBody: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => plain(item, false));
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(
    ([member, inner]) => inner !== null && !(isBody && member === 'stream' && inner === false),
  );
  return Object.fromEntries(kept.map(([member, inner]) => [member, plain(inner, false)]));
}

const sent = [...captured(), ...recorded()];

describe('requests of the Messages API', () => {
  test.skipIf(sent.length > 0)('recorded requests are not present; nothing was compared', () => {
    expect(sent).toEqual([]);
  });

  test.each(sent)('$name comes out as it went in', ({ body }) => {
    const request = decodeRequest(body, { model: undefined, stream: false });
    if ('code' in request) throw new Error(request.message);
    const losses = lossReport();
    const encoded = encodeRequest(request, {
      model: request.model,
      stream: body['stream'] === true,
      traits: messagesTraits(),
      losses,
    });
    expect(plain(JSON.parse(JSON.stringify(encoded.body)), true)).toEqual(plain(body, true));
    expect(losses.losses).toEqual([]);
  });
});
