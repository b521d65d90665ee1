import { describe, expect, test } from 'vitest';
import type { Part } from '../../model/content.ts';
import type { JsonObject } from '../../model/json.ts';
import { lossReport } from '../../model/loss.ts';
import type { ChatRequest, Turn } from '../../model/request.ts';
import type { ModelTraits } from '../../model/traits.ts';
import { traitsFor } from '../../providers/traits/index.ts';
import { encodeRequest } from './request.encode.ts';
import { SENTINEL } from './thought-signature.ts';

const GEMINI_25 = traitsFor('gemini', 'gemini', 'gemini-2.5-flash');
const GEMINI_3: ModelTraits = { ...GEMINI_25, needsCallSignature: true, imagesInResults: 'native' };

function encoded(request: Partial<ChatRequest>, traits: ModelTraits = GEMINI_25) {
  const losses = lossReport();
  const whole: ChatRequest = {
    origin: 'openai-chat',
    model: 'x',
    stream: false,
    includeUsage: true,
    turns: [],
    tools: [],
    sampling: {},
    ...request,
  };
  const { path, body } = encodeRequest(whole, { model: 'gemini-2.5-flash', stream: false, traits, losses });
  return { path, body, features: losses.losses.map(({ feature }) => feature) };
}

const text = (words: string): Part => ({ type: 'text', text: words });
const user = (...parts: Part[]): Turn => ({ role: 'user', parts });
const model = (...parts: Part[]): Turn => ({ role: 'assistant', parts });
const call = (id: string, name: string, args: string = '{}'): Part => ({
  type: 'tool-call',
  id,
  kind: 'function',
  name,
  arguments: args,
});
const result = (callId: string, ...content: Part[]): Part => ({
  type: 'tool-result',
  callId,
  kind: 'function',
  content,
});
const IMAGE: Part = {
  type: 'media',
  kind: 'image',
  source: { type: 'base64', data: 'AA==' },
  mimeType: 'image/png',
};
const BLOB = { inlineData: { data: 'AA==', mimeType: 'image/png' } };

describe('encodeRequest of gemini', () => {
  test.each([
    ['gemini-2.5-pro', false, '/v1beta/models/gemini-2.5-pro:generateContent'],
    ['models/a b', true, '/v1beta/models/a%20b:streamGenerateContent?alt=sse'],
    ['tunedModels/mine', false, '/v1beta/tunedModels/mine:generateContent'],
    ['org/\ud800', false, '/v1beta/models/org/%EF%BF%BD:generateContent'],
  ])('the path of %j', (name, stream, path) => {
    const request: ChatRequest = {
      origin: 'gemini',
      model: '',
      stream,
      includeUsage: true,
      turns: [],
      tools: [],
      sampling: {},
    };
    expect(
      encodeRequest(request, { model: name, stream, traits: GEMINI_25, losses: lossReport() }).path,
    ).toBe(path);
  });

  test('instructions go ahead, turns of one role together, empty turns away', () => {
    const { body } = encoded({
      turns: [
        { role: 'system', parts: [text('be')] },
        { role: 'developer', parts: [text('good')] },
        user(text('a')),
        user(text('b')),
        model(text('')),
        user(text('c')),
      ],
    });
    expect(body['systemInstruction']).toEqual({ role: 'user', parts: [{ text: 'be' }, { text: 'good' }] });
    expect(body['contents']).toEqual([
      { role: 'user', parts: [{ text: 'a' }, { text: 'b' }] },
      { role: 'user', parts: [{ text: 'c' }] },
    ]);
  });

  test('G46 G48 parallel responses stand alone in one content, in the order of the calls', () => {
    const { body } = encoded({
      turns: [
        user(text('go')),
        model(call('1', 'f', ''), call('2', 'g', '[1]')),
        user(text('and now'), result('2', text('{"b":2}'))),
        user({ ...result('1', text('bad')), isError: true } as Part),
      ],
    });
    expect(body['contents']).toEqual([
      { role: 'user', parts: [{ text: 'go' }] },
      {
        role: 'model',
        parts: [
          { functionCall: { id: '1', name: 'f', args: {} } },
          { functionCall: { id: '2', name: 'g', args: { input: [1] } } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { id: '1', name: 'f', response: { error: 'bad' } } },
          { functionResponse: { id: '2', name: 'g', response: { b: 2 } } },
        ],
      },
      { role: 'user', parts: [{ text: 'and now' }] },
    ]);
  });

  test('G47 images of results stand after all responses, and inside of them from Gemini 3 on', () => {
    const turns = [user(text('go')), model(call('1', 'f')), user(result('1', text('see'), IMAGE))];
    const response = { id: '1', name: 'f', response: { output: 'see' } };
    expect(encoded({ turns }).body['contents']).toMatchObject([
      {},
      {},
      { role: 'user', parts: [{ functionResponse: response }] },
      { role: 'user', parts: [BLOB] },
    ]);
    expect((encoded({ turns }, GEMINI_3).body['contents'] as JsonObject[])[2]).toEqual({
      role: 'user',
      parts: [{ functionResponse: { ...response, parts: [BLOB] } }],
    });
  });

  test('G66 the first call of the current turn gets the documented placeholder where it has no signature', () => {
    const { body, features } = encoded(
      {
        turns: [
          user(text('a')),
          model(call('0', 'f')),
          user(result('0', text('x'))),
          model(text('done')),
          user(text('b')),
          model(call('1', 'f'), call('2', 'f')),
          user(result('1', text('x')), result('2', text('y'))),
        ],
      },
      GEMINI_3,
    );
    const slots = (body['contents'] as { parts: { thoughtSignature?: string }[] }[]).flatMap(({ parts }) =>
      parts.map(({ thoughtSignature }) => thoughtSignature),
    );
    expect(slots.filter((slot) => slot !== undefined)).toEqual([SENTINEL]);
    expect(slots.indexOf(SENTINEL)).toBe(5);
    expect(Buffer.from(SENTINEL, 'base64').toString()).toBe('skip_thought_signature_validator');
    expect(features).toEqual(['call-signature']);
  });

  test('tokens stand on the part they came with; reasoning without one is left out', () => {
    const token = { vendor: 'gemini', kind: 'thought', value: 'c2ln' } as const;
    const { body } = encoded({
      turns: [
        user(text('a')),
        model(
          { type: 'reasoning', form: 'text', sections: ['lost'] },
          { type: 'reasoning', form: 'text', sections: ['kept'], token },
          { ...call('1', 'f'), token } as Part,
          { type: 'text', text: '', token },
        ),
      ],
    });
    expect((body['contents'] as JsonObject[])[1]).toEqual({
      role: 'model',
      parts: [
        { text: 'kept', thought: true, thoughtSignature: 'c2ln' },
        { functionCall: { id: '1', name: 'f', args: {} }, thoughtSignature: 'c2ln' },
        { text: '', thoughtSignature: 'c2ln' },
      ],
    });
  });

  test('G41 functions go with parametersJsonSchema, or with OpenAPI types where nothing else is taken', () => {
    const parameters = { type: 'object', properties: { type: { type: ['string', 'null'] } } };
    const tools = [
      { kind: 'function', name: 'f', parameters },
      { kind: 'function', name: 'g' },
    ] as const;
    expect(encoded({ tools }).body['tools']).toEqual([
      { functionDeclarations: [{ name: 'f', parametersJsonSchema: parameters }, { name: 'g' }] },
    ]);
    expect(encoded({ tools }, { ...GEMINI_25, toolSchema: 'gemini-openapi' }).body['tools']).toEqual([
      {
        functionDeclarations: [
          {
            name: 'f',
            parameters: { type: 'OBJECT', properties: { type: { type: 'STRING', nullable: true } } },
          },
          { name: 'g' },
        ],
      },
    ]);
  });

  test.each([
    [{ mode: 'auto' }, { mode: 'AUTO' }],
    [{ mode: 'required' }, { mode: 'ANY' }],
    [{ mode: 'none' }, { mode: 'NONE' }],
    [
      { mode: 'tool', kind: 'function', name: 'f' },
      { mode: 'ANY', allowedFunctionNames: ['f'] },
    ],
    [
      { mode: 'subset', names: ['f'], required: true },
      { mode: 'ANY', allowedFunctionNames: ['f'] },
    ],
    [
      { mode: 'subset', names: ['f'], required: false },
      { mode: 'VALIDATED', allowedFunctionNames: ['f'] },
    ],
  ] as const)('the choice %j', (toolChoice, functionCallingConfig) => {
    const tools = [{ kind: 'function', name: 'f' }] as const;
    expect(encoded({ tools, toolChoice }).body['toolConfig']).toEqual({ functionCallingConfig });
    expect(encoded({ toolChoice }).body).not.toHaveProperty('toolConfig');
  });

  test('strict functions are validated', () => {
    const tools = [{ kind: 'function', name: 'f', strict: true }] as const;
    expect(encoded({ tools }).body['toolConfig']).toEqual({ functionCallingConfig: { mode: 'VALIDATED' } });
  });

  test('numbers, form and reasoning', () => {
    const { body } = encoded({
      sampling: { temperature: 0, topK: 3, n: 2, stop: ['a'], logprobs: { top: 2 } },
      maxOutputTokens: 9,
      output: { type: 'schema', name: 'n', schema: { type: 'object' } },
      reasoning: { mode: 'on', budgetTokens: 100 },
      modalities: ['text', 'image'],
    });
    expect(body['generationConfig']).toEqual({
      temperature: 0,
      topK: 3,
      candidateCount: 2,
      stopSequences: ['a'],
      responseLogprobs: true,
      logprobs: 2,
      maxOutputTokens: 9,
      responseMimeType: 'application/json',
      responseJsonSchema: { type: 'object' },
      responseModalities: ['TEXT', 'IMAGE'],
      thinkingConfig: { thinkingBudget: 100, includeThoughts: true },
    });
  });

  test('a user turn that says nothing does not end the current turn', () => {
    const turns = [user(text('Go')), model(call('a', 'f')), user()];
    const { body } = encoded({ turns, origin: 'gemini' }, GEMINI_3);
    expect(body).toMatchObject({ contents: [{}, { parts: [{ thoughtSignature: SENTINEL }] }] });
  });

  test('results in pieces are put together as they were said', () => {
    const output = (...words: string[]): unknown => {
      const turns = [user(text('Go')), model(call('a', 'f')), user(result('a', ...words.map(text)))];
      const contents = encoded({ turns }).body['contents'] as {
        parts: { functionResponse?: { response: unknown } }[];
      }[];
      return contents[2]?.parts[0]?.functionResponse?.response;
    };
    expect(output('{"sky":"', 'grey"}')).toEqual({ sky: 'grey' });
    expect(output('[1,', '2]')).toEqual({ output: '[1,2]' });
    expect(output('{"a":1}', '{"b":2}')).toEqual({ output: '{"a":1}\n{"b":2}' });
    expect(output('one', 'two')).toEqual({ output: 'one\ntwo' });
    expect(output('{"id":12345678901234567890}')).toEqual({ output: '{"id":12345678901234567890}' });
  });

  test('numbers of more digits than can be kept are told', () => {
    const turns = (args: string): Turn[] => [user(text('Go')), model(call('a', 'f', args))];
    expect(encoded({ turns: turns('{"id":12345678901234567890}') }).features).toEqual(['big-number']);
    expect(encoded({ turns: turns('{"id":"12345678901234567890"}') }).features).toEqual([]);
  });

  test('thoughts are asked for unless there are to be none', () => {
    const shown = (reasoning: ChatRequest['reasoning']): unknown => {
      const { generationConfig } = encoded(reasoning === undefined ? {} : { reasoning }).body;
      const { thinkingConfig } = generationConfig as { thinkingConfig: JsonObject };
      return thinkingConfig['includeThoughts'];
    };
    expect(shown({ mode: 'on', budgetTokens: 1024 })).toBe(true);
    expect(shown({ mode: 'off' })).toBeUndefined();
    expect(shown({ mode: 'on', budgetTokens: 1024, show: 'none' })).toBeUndefined();
  });

  test('names of participants and of media are told', () => {
    const named: Part = { ...IMAGE, filename: 'a.png', title: 'A' } as Part;
    const turns = [{ ...user(text('Hi'), named), name: 'ada' }];
    expect(encoded({ turns }).features).toEqual(['participant-name', 'media-name', 'media-name']);
  });

  test('what cannot be said is reported', () => {
    const { features } = encoded({
      parallelToolCalls: false,
      verbosity: 'low',
      endUser: { id: 'u' },
      sampling: { stop: ['1', '2', '3', '4', '5', '6'], logitBias: { 5: 1 } },
      state: { previousResponseId: 'r' },
      tools: [
        {
          kind: 'hosted',
          name: 'web_search',
          hosted: { dialect: 'openai-responses', does: 'web-search', type: 'web_search', config: {} },
        },
      ],
    });
    expect(features).toEqual([
      'parallel-tool-calls',
      'verbosity',
      'end-user',
      'logit-bias',
      'stop-sequences',
      'hosted-tool',
      'stored-conversation',
    ]);
  });
});
