import { describe, expect, test } from 'vitest';
import type { ChatRequest } from '../../model/request.ts';
import { wrapToken } from '../../model/token.ts';
import { base64Of } from './base64.ts';
import { decodeRequest } from './request.decode.ts';

function decoded(body: object): ChatRequest {
  const request = decodeRequest(body, { model: 'models/m', stream: true });
  if ('code' in request) throw new Error(request.message);
  return request;
}

const HELLO = { role: 'user', parts: [{ text: 'hello' }] };

describe('decodeRequest of gemini', () => {
  test('takes model and streaming from the path', () => {
    expect(decoded({ contents: [HELLO] })).toMatchObject({ model: 'm', stream: true, includeUsage: true });
  });

  test('G91 snake_case and lower-case enumerations read the same as camelCase and capitals', () => {
    const camel = decoded({
      contents: [
        { role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: 'AA==' } }] },
        {
          role: 'model',
          parts: [{ functionCall: { name: 'f', args: { a_b: 1 } }, thoughtSignature: 'c2ln' }],
        },
        { role: 'user', parts: [{ functionResponse: { name: 'f', response: { output: 'x' } } }] },
      ],
      systemInstruction: { parts: [{ text: 'be' }] },
      tools: [{ functionDeclarations: [{ name: 'f', parametersJsonSchema: { type: 'object' } }] }],
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } },
      generationConfig: {
        maxOutputTokens: 5,
        thinkingConfig: { thinkingLevel: 'LOW', includeThoughts: true },
      },
    });
    const snake = decoded({
      contents: [
        { role: 'user', parts: [{ inline_data: { mime_type: 'image/png', data: 'AA==' } }] },
        {
          role: 'model',
          parts: [{ function_call: { name: 'f', args: { a_b: 1 } }, thought_signature: 'c2ln' }],
        },
        { role: 'function', parts: [{ function_response: { name: 'f', response: { output: 'x' } } }] },
      ],
      system_instruction: 'be',
      tools: [{ function_declarations: [{ name: 'f', parameters_json_schema: { type: 'OBJECT' } }] }],
      tool_config: { function_calling_config: { mode: 'any', allowed_function_names: ['f'] } },
      generation_config: {
        max_output_tokens: '5',
        thinking_config: { thinking_level: 'low', include_thoughts: true },
      },
    });
    expect(snake).toEqual(camel);
    expect(camel.toolChoice).toEqual({ mode: 'tool', kind: 'function', name: 'f' });
    expect(camel.reasoning).toEqual({ effort: 'low', show: 'summary' });
  });

  test('calls and responses without ids are paired by name and order, with ids that stay the same', () => {
    const body = {
      contents: [
        {
          role: 'model',
          parts: [{ functionCall: { name: 'f' } }, { functionCall: { name: 'f', args: {} } }],
        },
        {
          role: 'user',
          parts: [
            { functionResponse: { name: 'f', response: { output: '1' } } },
            { functionResponse: { name: 'f', response: { error: 'bad' } } },
          ],
        },
      ],
    };
    const [calls, results] = decoded(body).turns;
    const ids = calls?.parts.map((part) => (part.type === 'tool-call' ? part.id : ''));
    expect(ids?.[0]).toMatch(/^call_[0-9a-f]{16}$/);
    expect(new Set(ids).size).toBe(2);
    expect(results?.parts.map((part) => (part.type === 'tool-result' ? part.callId : ''))).toEqual(ids);
    expect(results?.parts[1]).toMatchObject({
      isError: true,
      name: 'f',
      content: [{ type: 'text', text: 'bad' }],
    });
    expect(decoded(body)).toEqual(decoded(body));
  });

  test('a file of the Files API is a file, any other address is one', () => {
    const uri = (fileUri: string) =>
      decoded({ contents: [{ parts: [{ fileData: { fileUri } }] }] }).turns[0]?.parts[0];
    expect(uri('https://generativelanguage.googleapis.com/v1beta/files/abc')).toMatchObject({
      source: { type: 'file' },
    });
    expect(uri('https://www.youtube.com/watch?v=1')).toMatchObject({
      kind: 'video',
      source: { type: 'url' },
    });
    expect(uri('gs://bucket/a.pdf')).toMatchObject({ source: { type: 'url' } });
    expect(uri('files/abc')).toMatchObject({ source: { type: 'file', id: 'files/abc' } });
  });

  test('a wrapped token is opened, as base64 and as it is, and takes its streamed thoughts back', () => {
    const token = { vendor: 'anthropic', kind: 'signature', value: 'Sig+/=' } as const;
    for (const slot of [wrapToken(token), base64Of(wrapToken(token)) ?? '']) {
      const { turns } = decoded({
        contents: [
          {
            role: 'model',
            parts: [
              { text: 'Let me', thought: true },
              { text: ' think', thought: true },
              { text: '', thought: true, thoughtSignature: slot },
              { text: 'Done' },
            ],
          },
        ],
      });
      expect(turns[0]?.parts).toEqual([
        { type: 'reasoning', form: 'text', sections: ['Let me think'], token },
        { type: 'text', text: 'Done' },
      ]);
    }
  });

  test('streamed thoughts are put together also where each piece is a content of its own', () => {
    const token = { vendor: 'openai', kind: 'encrypted', value: 'E==', itemId: 'rs_1' } as const;
    const model = (part: object) => ({ role: 'model', parts: [part] });
    const { turns } = decoded({
      contents: [
        HELLO,
        model({ text: 'Let me', thought: true }),
        model({ text: ' think', thought: true }),
        model({ text: '', thought: true, thoughtSignature: base64Of(wrapToken(token)) }),
        model({ functionCall: { id: '1', name: 'f' } }),
      ],
    });
    expect(turns.slice(1).map(({ parts }) => parts)).toMatchObject([
      [{ type: 'reasoning', sections: ['Let me think'], token, itemId: 'rs_1' }],
      [{ type: 'tool-call' }],
    ]);
  });

  test('a role that only objects know is refused like any other', () => {
    const body = { contents: [{ role: 'constructor', parts: [] }] };
    expect(decodeRequest(body, { model: 'm', stream: false })).toMatchObject({ param: 'contents[0].role' });
  });

  test('thoughts with a signature of Google stay as they came', () => {
    const parts = [
      { text: 'a', thought: true },
      { text: 'b', thought: true, thoughtSignature: 'c2ln' },
    ];
    expect(decoded({ contents: [{ role: 'model', parts }] }).turns[0]?.parts).toEqual([
      { type: 'reasoning', form: 'text', sections: ['a'] },
      {
        type: 'reasoning',
        form: 'text',
        sections: ['b'],
        token: { vendor: 'gemini', kind: 'thought', value: 'c2ln' },
      },
    ]);
  });

  test('hosted tools are definitions of their own', () => {
    const { tools } = decoded({
      contents: [HELLO],
      tools: [
        { googleSearch: {}, functionDeclarations: [{ name: 'f' }] },
        { url_context: {} },
        { googleMaps: {} },
      ],
    });
    expect(tools.map(({ name, hosted }) => [name, hosted?.does])).toEqual([
      ['f', undefined],
      ['googleSearch', 'web-search'],
      ['urlContext', 'web-fetch'],
      ['googleMaps', 'other'],
    ]);
  });

  test('schemas of OpenAPI become JSON Schema', () => {
    const { tools, output } = decoded({
      contents: [HELLO],
      tools: [
        {
          functionDeclarations: [
            {
              name: 'f',
              parameters: {
                type: 'OBJECT',
                properties: {
                  type: { type: 'STRING', nullable: true },
                  list: {
                    type: 'ARRAY',
                    max_items: '5',
                    items: { type: 'STRING', format: 'enum', enum: ['A'] },
                  },
                },
              },
            },
          ],
        },
      ],
      generationConfig: {
        responseMimeType: 'application/json',
        responseSchema: { type: 'INTEGER', format: 'int64' },
      },
    });
    expect(tools[0]?.parameters).toEqual({
      type: 'object',
      properties: {
        type: { type: ['string', 'null'] },
        list: { type: 'array', maxItems: 5, items: { type: 'string', enum: ['A'] } },
      },
    });
    expect(output).toEqual({ type: 'schema', schema: { type: 'integer', format: 'int64' } });
  });

  test('a budget of 0 switches reasoning off, -1 leaves it to the model', () => {
    const wish = (thinkingBudget: number) =>
      decoded({ contents: [HELLO], generationConfig: { thinkingConfig: { thinkingBudget } } }).reasoning;
    expect([wish(0), wish(-1), wish(512)]).toEqual([
      { mode: 'off' },
      { mode: 'auto' },
      { mode: 'on', budgetTokens: 512 },
    ]);
  });

  test('what no other format has is kept aside', () => {
    const { ext, promptCache, metadata, state, serviceTier } = decoded({
      contents: [HELLO],
      safety_settings: [{ category: 'C' }],
      cachedContent: 'cachedContents/1',
      labels: { a: 'b' },
      store: false,
      serviceTier: 'STANDARD',
      generationConfig: { speechConfig: { x: 1 } },
      toolConfig: { retrievalConfig: { y: 1 }, functionCallingConfig: { mode: 'VALIDATED' } },
    });
    expect(ext).toEqual({
      safetySettings: [{ category: 'C' }],
      generationConfig: { speechConfig: { x: 1 } },
      toolConfig: { retrievalConfig: { y: 1 }, functionCallingConfig: { mode: 'VALIDATED' } },
    });
    expect({ promptCache, metadata, state, serviceTier }).toEqual({
      promptCache: { resource: 'cachedContents/1' },
      metadata: { a: 'b' },
      state: { store: false },
      serviceTier: 'default',
    });
  });

  test.each([
    [{}, 'contents'],
    [{ contents: 5 }, 'contents'],
    [{ contents: [HELLO, { role: 'robot', parts: [] }] }, 'contents[1].role'],
    [{ contents: [{ parts: [{ text: 5 }] }] }, 'contents[0].parts[0].text'],
    [
      { contents: [{ parts: [{ functionCall: { name: 'f', args: 'x' } }] }] },
      'contents[0].parts[0].functionCall.args',
    ],
    [{ contents: [HELLO], generationConfig: { temperature: 'hot' } }, 'generationConfig.temperature'],
    [{ contents: [HELLO], tools: [{ functionDeclarations: [{}] }] }, 'tools[0].functionDeclarations[0].name'],
  ])('%j is refused by the path of what is wrong', (body, param) => {
    expect(decodeRequest(body, { model: 'm', stream: false })).toMatchObject({
      code: 'invalid_request',
      param,
    });
  });
});
