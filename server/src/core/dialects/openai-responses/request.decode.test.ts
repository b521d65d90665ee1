import { describe, expect, test } from 'vitest';
import type { ChatRequest } from '../../model/request.ts';
import { wrapToken } from '../../model/token.ts';
import { decodeRequest } from './request.decode.ts';

const PATH = { model: undefined, stream: false };

function decoded(body: object): ChatRequest {
  const request = decodeRequest({ model: 'm', ...body }, PATH);
  if ('code' in request) throw new Error(request.message);
  return request;
}

describe('decodeRequest of openai-responses', () => {
  test('reads instructions as the first turn and a string as one of the user', () => {
    expect(decoded({ instructions: 'Be kind.', input: 'Hello' }).turns).toEqual([
      { role: 'system', parts: [{ type: 'text', text: 'Be kind.' }] },
      { role: 'user', parts: [{ type: 'text', text: 'Hello' }] },
    ]);
  });

  test('keeps items as turns, with ids, phase and members that only this format has', () => {
    const input = [
      { role: 'user', content: 'Easy' },
      {
        type: 'message',
        id: 'msg_1',
        role: 'assistant',
        status: 'completed',
        phase: 'commentary',
        content: [{ type: 'output_text', text: 'Well', annotations: [] }],
      },
    ];
    expect(decoded({ input }).turns).toEqual([
      { role: 'user', parts: [{ type: 'text', text: 'Easy' }] },
      {
        role: 'assistant',
        itemId: 'msg_1',
        phase: 'commentary',
        parts: [{ type: 'text', text: 'Well', citations: [] }],
        ext: { status: 'completed' },
      },
    ]);
  });

  test('reads images, files and sound where they are', () => {
    const content = [
      { type: 'input_image', image_url: 'data:image/png;base64,aGk=', detail: 'low' },
      { type: 'input_image', file_id: 'file_1' },
      { type: 'input_file', file_data: 'data:application/pdf;base64,aGk=', filename: 'a.pdf' },
      { type: 'input_file', file_url: 'https://a.example/b.pdf' },
      { type: 'input_audio', input_audio: { data: 'aGk=', format: 'mp3' } },
    ];
    expect(decoded({ input: [{ role: 'user', content }] }).turns[0]?.parts).toEqual([
      {
        type: 'media',
        kind: 'image',
        mimeType: 'image/png',
        source: { type: 'base64', data: 'aGk=' },
        detail: 'low',
      },
      { type: 'media', kind: 'image', source: { type: 'file', id: 'file_1' } },
      {
        type: 'media',
        kind: 'document',
        mimeType: 'application/pdf',
        source: { type: 'base64', data: 'aGk=' },
        filename: 'a.pdf',
      },
      { type: 'media', kind: 'document', source: { type: 'url', url: 'https://a.example/b.pdf' } },
      { type: 'media', kind: 'audio', mimeType: 'audio/mpeg', source: { type: 'base64', data: 'aGk=' } },
    ]);
  });

  test('reads encrypted reasoning as a token of OpenAI and opens the tokens of others', () => {
    const token = { vendor: 'anthropic', kind: 'signature', value: 'sig' } as const;
    const input = [
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ type: 'summary_text', text: 'So.' }],
        encrypted_content: 'enc',
      },
      { type: 'reasoning', id: 'rs_2', summary: [], encrypted_content: wrapToken(token) },
    ];
    const parts = decoded({ input }).turns.flatMap((turn) => turn.parts);
    expect(parts).toEqual([
      {
        type: 'reasoning',
        form: 'summary',
        sections: ['So.'],
        itemId: 'rs_1',
        token: { vendor: 'openai', kind: 'encrypted', value: 'enc', itemId: 'rs_1' },
      },
      { type: 'reasoning', form: 'summary', sections: [], itemId: 'rs_2', token },
    ]);
  });

  test('puts the token of a call back on the call, wherever its carrier stands', () => {
    const carrier = (value: string, itemId?: string): object => ({
      type: 'reasoning',
      summary: [],
      encrypted_content: wrapToken({
        vendor: 'gemini',
        kind: 'thought',
        value,
        ...(itemId === undefined ? {} : { itemId }),
      }),
    });
    const call = (id: string): object => ({ type: 'function_call', call_id: id, name: 'f', arguments: '{}' });
    const { turns } = decoded({ input: [carrier('one'), call('a'), call('b'), carrier('two', 'b')] });
    expect(turns.map(({ parts }) => parts[0]?.token?.value)).toEqual(['one', 'two']);
  });

  test('keeps items that only this format knows as they are, in their places', () => {
    const call = { type: 'web_search_call', id: 'ws_1', status: 'completed' };
    const output = { type: 'computer_call_output', call_id: 'c', output: {} };
    const turns = decoded({ input: [call, output] }).turns;
    expect(turns.map(({ role }) => role)).toEqual(['assistant', 'user']);
    expect(turns[0]?.parts).toEqual([
      { type: 'vendor', dialect: 'openai-responses', kind: 'web_search_call', raw: call },
    ]);
  });

  test('G33 tells a missing strict from one that is false', () => {
    const { tools } = decoded({
      tools: [
        { type: 'function', name: 'a' },
        { type: 'function', name: 'b', strict: false },
      ],
    });
    expect(tools.map(({ strict }) => strict)).toEqual([undefined, false]);
  });

  test('G39 reads tools of namespaces, in the list and in the input, with their namespace', () => {
    const space = (name: string): object => ({
      type: 'namespace',
      name,
      description: 'd',
      tools: [{ type: 'custom', name: 'exec', format: { type: 'grammar', syntax: 'lark', definition: 'x' } }],
    });
    const { tools, turns } = decoded({
      tools: [space('one')],
      input: [{ type: 'additional_tools', role: 'developer', tools: [space('two')] }],
    });
    expect(turns).toEqual([]);
    expect(tools).toEqual(
      ['one', 'two'].map((name) => ({
        kind: 'custom',
        name: 'exec',
        namespace: { name, description: 'd' },
        grammar: { syntax: 'lark', definition: 'x' },
      })),
    );
  });

  test.each([
    ['required', { mode: 'required' }],
    [
      { type: 'function', name: 'f' },
      { mode: 'tool', kind: 'function', name: 'f' },
    ],
    [
      { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'f' }] },
      { mode: 'subset', names: ['f'], required: true },
    ],
    [
      { type: 'mcp', server_label: 's' },
      { mode: 'hosted', type: 'mcp', choice: { type: 'mcp', server_label: 's' } },
    ],
  ])('reads the choice %j', (tool_choice, expected) => {
    expect(decoded({ tool_choice }).toolChoice).toEqual(expected);
  });

  test('knows when not to reason, and keeps words that it does not know', () => {
    expect(decoded({ reasoning: { effort: 'none' } }).reasoning).toEqual({ mode: 'off' });
    expect(
      decoded({ reasoning: { effort: 'odd', summary: 'detailed', context: 'all_turns' } }).reasoning,
    ).toEqual({
      show: 'summary',
      ext: { effort: 'odd', summary: 'detailed', context: 'all_turns' },
    });
  });

  test.each([
    [{ temperature: 'hot' }, 'temperature'],
    [{ input: 5 }, 'input'],
    [{ input: [{ role: 'user', content: [5] }] }, 'input[0].content[0]'],
    [{ input: [{ role: 'king', content: '' }] }, 'input[0].role'],
    [{ tools: [{ type: 'function' }] }, 'tools[0].name'],
    [{ text: { format: { type: 'json_schema' } } }, 'text.format.schema'],
  ])('names the member at fault: %j', (body, param) => {
    expect(decodeRequest({ model: 'm', ...body }, PATH)).toMatchObject({ code: 'invalid_request', param });
  });
});
