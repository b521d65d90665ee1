import { describe, expect, test } from 'vitest';
import { traitsOf } from '../../../../test/kit/tool-setting.ts';
import { type Loss, lossReport } from '../../model/loss.ts';
import type { ChatRequest, Turn } from '../../model/request.ts';
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

/** A request from another format. */
function foreign(turns: readonly Turn[], more: Partial<ChatRequest> = {}): ChatRequest {
  return {
    origin: 'anthropic-messages',
    model: 'm',
    stream: true,
    includeUsage: true,
    turns,
    tools: [],
    sampling: {},
    ...more,
  };
}

const call = (id: string, args = '{}') =>
  ({ type: 'tool-call', id, kind: 'function', name: 'f', arguments: args }) as const;
const result = (callId: string, text: string) =>
  ({ type: 'tool-result', callId, kind: 'function', content: [{ type: 'text', text }] }) as const;
const image = {
  type: 'media',
  kind: 'image',
  source: { type: 'base64', data: 'AAAA' },
  mimeType: 'image/png',
} as const;

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
});

describe('encodeRequest of openai-chat', () => {
  test('G49 results come right after the calls, before anything else that the user says', () => {
    const { body } = encoded(
      foreign([
        { role: 'user', parts: [{ type: 'text', text: 'go' }] },
        { role: 'assistant', parts: [{ type: 'text', text: 'ok' }, call('a'), call('b')] },
        { role: 'user', parts: [{ type: 'text', text: 'and?' }, result('a', '1'), result('b', '2')] },
      ]),
    );
    expect(body['messages']).toMatchObject([
      { role: 'user', content: 'go' },
      { role: 'assistant', content: 'ok', tool_calls: [{ id: 'a' }, { id: 'b' }] },
      { role: 'tool', tool_call_id: 'a', content: '1' },
      { role: 'tool', tool_call_id: 'b', content: '2' },
      { role: 'user', content: 'and?' },
    ]);
  });

  test('G51 images of results follow in one message of the user', () => {
    const { body } = encoded(
      foreign([
        { role: 'assistant', parts: [call('a'), call('b')] },
        {
          role: 'user',
          parts: [
            { ...result('a', '1'), content: [image] },
            { ...result('b', '2'), content: [{ type: 'text', text: '2' }, image] },
            { type: 'text', text: 'see?' },
          ],
        },
      ]),
      { imagesInResults: 'after' },
    );
    const messages = body['messages'] as readonly { role: string; content: unknown }[];
    expect(messages.map(({ role }) => role)).toEqual(['assistant', 'tool', 'tool', 'user']);
    expect(messages[1]?.content).not.toBe('');
    expect(messages[2]?.content).toBe('2');
    expect(messages[3]?.content).toMatchObject([
      { type: 'text' },
      { type: 'image_url' },
      { type: 'text' },
      { type: 'image_url' },
      { type: 'text', text: 'see?' },
    ]);
  });

  test('says in words that a call has failed', () => {
    const { body } = encoded(
      foreign([{ role: 'user', parts: [{ ...result('a', 'no such file'), isError: true }] }]),
    );
    expect(body['messages']).toEqual([{ role: 'tool', tool_call_id: 'a', content: 'Error: no such file' }]);
  });

  test('G52 G45 calls alone have null content and never empty arguments', () => {
    const { body } = encoded(
      foreign([{ role: 'assistant', parts: [{ type: 'text', text: '' }, call('a', '')] }]),
    );
    expect(body['messages']).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
    ]);
  });

  test('G22 a turn of which nothing is left vanishes', () => {
    const { body } = encoded(foreign([{ role: 'assistant', parts: [{ type: 'text', text: '' }] }]));
    expect(body['messages']).toEqual([]);
  });

  test('G54 says nothing of a choice without tools', () => {
    const { body } = encoded(foreign([], { toolChoice: { mode: 'required' }, parallelToolCalls: false }));
    expect(body).not.toHaveProperty('tool_choice');
    expect(body).not.toHaveProperty('parallel_tool_calls');
  });

  test('G61 the role developer goes only where it is known', () => {
    const turns: Turn[] = [{ role: 'developer', parts: [{ type: 'text', text: 'x' }] }];
    expect(encoded(foreign(turns), { developerRole: false }).body['messages']).toMatchObject([
      { role: 'system' },
    ]);
    expect(encoded(foreign(turns), { developerRole: true }).body['messages']).toMatchObject([
      { role: 'developer' },
    ]);
  });

  test('G71 a vendor that wants reasoning before calls always gets its member', () => {
    const traits = { reasoningMember: 'reasoning_content', replaysReasoningText: true } as const;
    const thought = { type: 'reasoning', form: 'text', sections: ['hm'] } as const;
    const messages = (parts: Turn['parts']) =>
      encoded(foreign([{ role: 'assistant', parts }]), traits).body['messages'];
    expect(messages([thought, call('a')])).toMatchObject([{ reasoning_content: 'hm' }]);
    expect(messages([call('a')])).toMatchObject([{ reasoning_content: '' }]);
  });

  test('G79 asks for usage where stream options are understood', () => {
    const asked = (streamOptions: boolean) => encoded(foreign([]), { streamOptions }, true).body;
    expect(asked(true)).toMatchObject({ stream: true, stream_options: { include_usage: true } });
    expect(asked(false)).not.toHaveProperty('stream_options');
  });

  test('names the limit as the target does', () => {
    const request = foreign([], { maxOutputTokens: 9 });
    expect(encoded(request, { maxTokensMember: 'max_tokens' }).body).toMatchObject({ max_tokens: 9 });
    expect(encoded(request, { maxTokensMember: 'max_completion_tokens' }).body).toMatchObject({
      max_completion_tokens: 9,
    });
  });

  test('documents of text become text with a title, others get a name', () => {
    const document = { type: 'media', kind: 'document' } as const;
    const { body } = encoded(
      foreign([
        {
          role: 'user',
          parts: [
            { ...document, source: { type: 'text', text: 'body' }, title: 'T' },
            { ...document, source: { type: 'base64', data: 'AAAA' }, mimeType: 'application/pdf' },
          ],
        },
      ]),
    );
    expect(body['messages']).toMatchObject([
      {
        content: [
          { type: 'text', text: 'Document: T\n\nbody' },
          { type: 'file', file: { filename: 'document.pdf', file_data: 'data:application/pdf;base64,AAAA' } },
        ],
      },
    ]);
  });

  test.each<readonly [string, Partial<ChatRequest>]>([
    ['max-tool-calls', { maxToolCalls: 3 }],
    ['previous-response', { state: { previousResponseId: 'resp_1' } }],
    ['cached-content', { promptCache: { resource: 'cachedContents/1' } }],
    [
      'hosted-tool',
      {
        tools: [
          { kind: 'hosted', name: 'x', hosted: { dialect: 'gemini', does: 'other', type: 'x', config: {} } },
        ],
      },
    ],
    [
      'vendor-part',
      {
        turns: [
          {
            role: 'assistant',
            parts: [{ type: 'vendor', dialect: 'gemini', kind: 'x', raw: {} }, call('a')],
          },
        ],
      },
    ],
    [
      'reasoning-history',
      {
        turns: [
          { role: 'assistant', parts: [{ type: 'reasoning', form: 'text', sections: ['x'] }, call('a')] },
        ],
      },
    ],
  ])('reports %s', (feature, members) => {
    const { losses } = encoded(foreign([], members), { reasoningMember: 'none' });
    expect(losses.map((loss: Loss) => loss.feature)).toEqual([feature]);
  });

  test('members of another format do not go upstream', () => {
    const { body } = encoded(
      foreign([{ role: 'user', parts: [{ type: 'text', text: 'a', ext: { x: 1 } }], ext: { y: 1 } }], {
        ext: { z: 1 },
      }),
    );
    expect(body).toEqual({ model: 'm', messages: [{ role: 'user', content: 'a' }] });
  });
});
