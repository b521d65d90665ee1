import { describe, expect, test } from 'vitest';
import { traitsOf } from '../../../../test/kit/tool-setting.ts';
import { lossReport } from '../../model/loss.ts';
import type { ChatRequest } from '../../model/request.ts';
import type { ModelTraits } from '../../model/traits.ts';
import { decodeRequest } from './request.decode.ts';
import { encodeRequest } from './request.encode.ts';

const PATH = { model: undefined, stream: false };
const TRAITS: Partial<ModelTraits> = {
  developerRole: true,
  maxTokensMember: 'max_completion_tokens',
  reasoning: { ...traitsOf('openai-chat').reasoning, by: 'effort', canBeOff: true },
};

function decoded(body: object): ChatRequest {
  const request = decodeRequest({ model: 'm', ...body }, PATH);
  if ('code' in request) throw new Error(request.message);
  return request;
}

function encoded(request: ChatRequest, traits: Partial<ModelTraits> = TRAITS, stream = false) {
  const report = lossReport();
  const { path, body } = encodeRequest(request, {
    model: 'm',
    stream,
    traits: traitsOf('openai-chat', traits),
    losses: report,
  });
  return { path, body, losses: report.losses };
}

const CALL = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"x":1}' } };
const USER = { role: 'user', content: 'hi' };

describe('a request of openai-chat comes back as it was', () => {
  test.each<readonly [string, object]>([
    [
      'messages of all roles, with names',
      {
        messages: [
          { role: 'developer', content: 'be brief' },
          { role: 'user', content: 'hi', name: 'ann' },
          { role: 'assistant', content: 'hello', tool_calls: [CALL] },
          { role: 'tool', tool_call_id: 'call_1', content: 'ok' },
          { role: 'system', content: 'now in French' },
          { role: 'assistant', content: null, refusal: 'no' },
          { role: 'assistant', content: null, audio: { id: 'audio_1' } },
        ],
      },
    ],
    [
      'parts of all kinds',
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'look' },
              { type: 'image_url', image_url: { url: 'https://a.example/i.png', detail: 'low' } },
              { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
              { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
              { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' } },
              { type: 'file', file: { file_id: 'file-1' } },
              { type: 'video_url', video_url: { url: 'https://a.example/v.mp4' } },
              { type: 'unheard_of', x: 1 },
            ],
          },
        ],
      },
    ],
    [
      'tools and a choice among them',
      {
        messages: [USER],
        tools: [
          {
            type: 'function',
            function: { name: 'f', description: 'd', parameters: { type: 'object' }, strict: false },
          },
          { type: 'function', function: { name: 'g' } },
          {
            type: 'custom',
            custom: { name: 'p', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'x' } } },
          },
          { type: 'unheard_of', name: 'u', x: 1 },
        ],
        tool_choice: {
          type: 'allowed_tools',
          allowed_tools: {
            mode: 'required',
            tools: [
              { type: 'function', function: { name: 'f' } },
              { type: 'custom', custom: { name: 'p' } },
            ],
          },
        },
        parallel_tool_calls: false,
        web_search_options: { search_context_size: 'low' },
      },
    ],
    [
      'settings of all kinds',
      {
        messages: [USER],
        temperature: 0,
        top_p: 1,
        top_k: 5,
        n: 2,
        seed: 1,
        stop: ['a', 'b'],
        presence_penalty: 0.5,
        frequency_penalty: -0.5,
        logit_bias: { '1': 2 },
        logprobs: true,
        top_logprobs: 3,
        max_completion_tokens: 100,
        reasoning_effort: 'low',
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'n', schema: { type: 'object' }, strict: true },
        },
        verbosity: 'low',
        modalities: ['text', 'audio'],
        audio: { voice: 'alloy', format: 'wav' },
        prompt_cache_key: 'k',
        prompt_cache_retention: '24h',
        prompt_cache_options: { mode: 'implicit' },
        service_tier: 'flex',
        user: 'u',
        safety_identifier: 's',
        metadata: { a: 'b' },
        store: false,
        prediction: { type: 'content', content: 'x' },
        min_p: 0.1,
      },
    ],
    ['reasoning that is off', { messages: [USER], reasoning_effort: 'none' }],
    ["OpenRouter's reasoning", { messages: [USER], reasoning: { max_tokens: 2000, exclude: true } }],
    ['a switch for thinking', { messages: [USER], thinking: { type: 'disabled' } }],
    ['an effort that is not on the scale', { messages: [USER], reasoning_effort: 'default' }],
    [
      'the legacy words',
      {
        messages: [
          USER,
          { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
          { role: 'function', name: 'f', content: 'ok' },
        ],
        functions: [{ name: 'f', parameters: { type: 'object' } }],
        function_call: { name: 'f' },
      },
    ],
    [
      'custom calls and thought signatures',
      {
        messages: [
          USER,
          {
            role: 'assistant',
            content: null,
            tool_calls: [
              { ...CALL, extra_content: { google: { thought_signature: 'sig' } } },
              { id: 'call_2', type: 'custom', custom: { name: 'p', input: '{' } },
            ],
          },
          { role: 'assistant', content: 'a', extra_content: { google: { thought_signature: 'sig' } } },
        ],
      },
    ],
    [
      "Mistral's thoughts and documents",
      {
        messages: [
          {
            role: 'user',
            content: [{ type: 'document_url', document_url: 'https://a.example/d.pdf', document_name: 'd' }],
          },
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
              { type: 'text', text: 'a' },
            ],
          },
        ],
      },
    ],
  ])('%s', (_, body) => {
    const { model: _model, ...back } = encoded(decoded(body)).body;
    expect(back).toEqual(body);
  });

  test('reasoning of the vendors, in the member that the target has', () => {
    const message = (members: object) => ({
      messages: [USER, { role: 'assistant', content: 'a', ...members }],
    });
    const details = [
      { type: 'reasoning.text', text: 'hm', signature: 'sig', format: 'anthropic-claude-v1', index: 0 },
      { type: 'reasoning.summary', summary: 'so', format: 'openai-responses-v1', id: 'rs_1', index: 1 },
      { type: 'reasoning.encrypted', data: 'enc', format: 'openai-responses-v1', id: 'rs_1', index: 1 },
    ];
    for (const [reasoningMember, members] of [
      ['reasoning_content', { reasoning_content: 'hm' }],
      ['reasoning', { reasoning: 'hm' }],
      ['reasoning_details', { reasoning_details: details }],
    ] as const)
      expect(encoded(decoded(message(members)), { reasoningMember }).body['messages']).toEqual(
        message(members).messages,
      );
  });

  test('cache marks, in the words of the target', () => {
    const content = [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral', ttl: '1h' } }];
    const request = decoded({ messages: [{ role: 'user', content }] });
    expect(encoded(request, { cacheMarks: 'cache_control' }).body['messages']).toEqual([
      { role: 'user', content },
    ]);
    expect(encoded(request, { cacheMarks: 'prompt_cache_breakpoint' }).body['messages']).toEqual([
      {
        role: 'user',
        content: [{ type: 'text', text: 'a', prompt_cache_breakpoint: { mode: 'explicit', ttl: '1h' } }],
      },
    ]);
    expect(encoded(request, { cacheMarks: 'none' }).body['messages']).toEqual([
      { role: 'user', content: 'a' },
    ]);
  });
});

describe('decodeRequest of openai-chat', () => {
  test.each([
    [{}, 'messages'],
    [{ messages: [{ role: 'user', content: 5 }] }, 'messages[0].content'],
    [{ messages: [{ role: 'robot' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'tool', content: '' }] }, 'messages[0].tool_call_id'],
    [{ messages: [{ role: 'user', content: [{ type: 'text', text: 1 }] }] }, 'messages[0].content[0].text'],
    [{ messages: [], tools: [{ type: 'function', function: {} }] }, 'tools[0].function.name'],
    [{ messages: [], temperature: '1' }, 'temperature'],
    [{ messages: [], stream_options: { include_usage: 1 } }, 'stream_options.include_usage'],
    [{ messages: [], metadata: { a: 1 } }, 'metadata.a'],
  ])('names the member of %j that is wrong', (body, param) => {
    expect(decodeRequest(body, PATH)).toMatchObject({ code: 'invalid_request', param });
  });

  test('G21 arguments may be an object', () => {
    const { turns } = decoded({
      messages: [
        { role: 'assistant', tool_calls: [{ id: 'a', function: { name: 'f', arguments: { x: 1 } } }] },
      ],
    });
    expect(turns[0]?.parts).toMatchObject([{ arguments: '{"x":1}' }]);
  });

  test('null counts as absent', () => {
    const request = decoded({ messages: [USER], temperature: null, tools: null, stop: null, unknown: null });
    expect(request).toEqual(decoded({ messages: [USER] }));
  });

  test('opens the wrapping of tokens of other vendors', () => {
    const reasoning_details = [
      { type: 'reasoning.text', text: 'hm', signature: 'sluice.1.s.anthropic..sig' },
    ];
    const { turns } = decoded({ messages: [{ role: 'assistant', content: 'a', reasoning_details }] });
    expect(turns[0]?.parts[0]?.token).toEqual({ vendor: 'anthropic', kind: 'signature', value: 'sig' });
  });

  test('3.11 a list of reasoning without its beginning counts as none: what was kept of the call is whole', () => {
    const last = { type: 'reasoning.encrypted', data: 'sluice.1.r.anthropic..red', index: 1 };
    const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } };
    const parts = (reasoning_details: readonly object[]) =>
      decoded({ messages: [{ role: 'assistant', content: null, reasoning_details, tool_calls: [call] }] })
        .turns[0]?.parts;
    expect(parts([last])?.map(({ type }) => type)).toEqual(['tool-call']);
    const first = { type: 'reasoning.text', text: 'hm', signature: 'sluice.1.s.anthropic..sig', index: 0 };
    expect(parts([first, last])?.map(({ type }) => type)).toEqual(['reasoning', 'reasoning', 'tool-call']);
    const foreign = { type: 'reasoning.encrypted', data: 'of OpenRouter', index: 1 };
    expect(parts([foreign])?.map(({ type }) => type)).toEqual(['reasoning', 'tool-call']);
  });
});
