// Tools that the target knows under another name, or as another kind of tool, come back to the client as the client made
// them: name, namespace, kind and input (G38, G39, G56).

import { describe, expect, test } from 'vitest';
import {
  type Conversion,
  convertBody,
  convertRequest,
  convertStream,
} from '../../src/core/conversion/convert.ts';
import { dialects } from '../../src/core/dialects/index.ts';
import type { ToolCallPart } from '../../src/core/model/content.ts';
import type { DialectId } from '../../src/core/model/dialect-id.ts';
import type { SluiceError } from '../../src/core/model/error.ts';
import { createFold } from '../../src/core/model/fold.ts';
import type { JsonObject } from '../../src/core/model/json.ts';
import { lossReport } from '../../src/core/model/loss.ts';
import type { ChatResponse } from '../../src/core/model/response.ts';
import { unfold } from '../../src/core/model/unfold.ts';
import { sseEvents } from '../kit/sse-events.ts';
import { REQUEST_CASES, type RequestCase } from './matrix-cases.ts';
import { decoded, FACTS } from './matrix-run.ts';
import { DIALECT_IDS, TARGETS } from './matrix-targets.ts';

/** What the client's tool is to be called with. */
const INPUT = '{"query":"a \\"b\\" \\n c","path":"x"}';
const FREE_TEXT = 'line 1\n"line 2" \\ {';

const BENT = REQUEST_CASES.filter(({ features }) =>
  ['custom-tool', 'namespace-tool', 'tool-name'].some((feature) => features.includes(feature)),
);

function converted({ dialect, body }: RequestCase, to: DialectId): Conversion {
  return convertRequest({
    from: dialects[dialect],
    to: dialects[to],
    request: decoded(dialect, body, true),
    target: { model: 'm', stream: true, traits: TARGETS[to] },
  });
}

/** The call that the target's model makes of the only tool it was given, for the client's tool and input. */
function madeCall(conversion: Conversion, to: DialectId): ToolCallPart {
  const [asked] = conversion.setting.request.tools;
  const [given] = decoded(to, conversion.encoded.body, true).tools;
  if (asked === undefined || given === undefined || given.kind === 'hosted')
    throw new Error('There is no tool.');
  const wrapped = asked.kind === 'custom' && given.kind === 'function';
  const input = asked.kind === 'custom' ? FREE_TEXT : INPUT;
  return {
    type: 'tool-call',
    kind: given.kind,
    id: 'call_123456789',
    name: given.name,
    ...(given.namespace === undefined ? {} : { namespace: given.namespace.name }),
    arguments: wrapped ? JSON.stringify({ input }) : input,
  };
}

function answerWith(call: ToolCallPart, origin: DialectId): ChatResponse {
  return {
    origin,
    id: 'a',
    model: 'm',
    choices: [{ index: 0, parts: [call], stop: { reason: 'tool-calls' } }],
  };
}

/** The only call of an answer, as the reader of the format has it. */
function onlyCall(answer: ChatResponse | SluiceError | undefined): unknown {
  if (answer === undefined || 'code' in answer) throw new Error(answer?.message ?? 'There is no answer.');
  const [part, ...others] = answer.choices[0]?.parts ?? [];
  if (part?.type !== 'tool-call' || others.length > 0) throw new Error('There is not one call.');
  const { kind, name, namespace, id } = part;
  const input: unknown = kind === 'custom' ? part.arguments : JSON.parse(part.arguments);
  return { kind, name, namespace, id, input };
}

function expected({ setting }: Conversion): unknown {
  const [tool] = setting.request.tools;
  return {
    kind: tool?.kind,
    name: tool?.name,
    namespace: tool?.namespace?.name,
    id: 'call_123456789',
    input: tool?.kind === 'custom' ? FREE_TEXT : (JSON.parse(INPUT) as unknown),
  };
}

test('there are such requests', () => {
  expect(BENT.length).toBeGreaterThan(3);
});

describe.each(BENT)('$name', (each) => {
  const client = dialects[each.dialect].codec;

  test.each(DIALECT_IDS)('through %s, in a body', (to) => {
    const conversion = converted(each, to);
    const encoding = { ...FACTS, request: conversion.setting.request, losses: lossReport() };
    const wire: JsonObject = dialects[to].codec.encodeResponse(
      answerWith(madeCall(conversion, to), to),
      encoding,
    );
    const answer = convertBody(conversion, FACTS, JSON.parse(JSON.stringify(wire)));
    if ('code' in answer) throw new Error(answer.message);
    expect(onlyCall(client.decodeResponse(answer.body))).toEqual(expected(conversion));
  });

  test.each(DIALECT_IDS)('through %s, in a stream', (to) => {
    const conversion = converted(each, to);
    const encoding = { ...FACTS, request: conversion.setting.request, losses: lossReport() };
    let wire = '';
    const upstream = dialects[to].codec.encodeStream((piece) => (wire += piece), encoding, 'sse');
    unfold(answerWith(madeCall(conversion, to), to), (event) => upstream.event(event));
    let text = '';
    const decoder = convertStream(
      conversion,
      FACTS,
      'sse',
      (piece) => (text += piece),
      () => undefined,
    );
    for (const [name, data] of sseEvents(wire)) decoder.event(name, data);
    decoder.end();
    const read: (ChatResponse | SluiceError)[] = [];
    const reader = client.decodeStream(createFold(each.dialect, (answer) => read.push(answer)));
    for (const [name, data] of sseEvents(text)) reader.event(name, data);
    reader.end();
    expect(onlyCall(read[0])).toEqual(expected(conversion));
  });
});
