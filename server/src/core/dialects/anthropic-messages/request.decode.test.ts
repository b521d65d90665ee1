import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import type { ChatRequest } from '../../model/request.ts';
import { decodeRequest } from './request.decode.ts';

const PATH = { model: undefined, stream: false };

function decoded(members: JsonObject): ChatRequest {
  const request = decodeRequest({ model: 'm', messages: [], ...members }, PATH);
  if ('code' in request) throw new Error(request.message);
  return request;
}

describe('decodeRequest of anthropic-messages', () => {
  test('system blocks are parts of one turn, each with its cache mark', () => {
    const { turns } = decoded({
      system: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b', cache_control: { type: 'ephemeral', ttl: '1h' } },
      ],
    });
    expect(turns).toEqual([
      {
        role: 'system',
        parts: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b', cache: { ttl: '1h' } },
        ],
      },
    ]);
  });

  test('G62 messages of the role system keep their place and their own members', () => {
    const { turns } = decoded({
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'system', content: [], output_config: { effort: 'low' } },
      ],
    });
    expect(turns[1]).toEqual({ role: 'system', parts: [], ext: { output_config: { effort: 'low' } } });
  });

  test('G53 tools are functions with and without a type, and others are hosted', () => {
    const { tools } = decoded({
      tools: [
        { name: 'a', input_schema: { type: 'object' }, defer_loading: true, input_examples: [{}] },
        { name: 'b', type: 'custom', input_schema: { type: 'object' }, strict: false },
        { name: 'web_search', type: 'web_search_20250305', max_uses: 8 },
        { type: 'mcp_toolset', mcp_server_name: 'files' },
        { name: 'bash', type: 'bash_20250124' },
      ],
    });
    expect(tools.map(({ kind, name, hosted }) => [kind, name, hosted?.does])).toEqual([
      ['function', 'a', undefined],
      ['function', 'b', undefined],
      ['hosted', 'web_search', 'web-search'],
      ['hosted', 'files', 'mcp'],
      ['hosted', 'bash', 'other'],
    ]);
    expect(tools[0]).toMatchObject({ deferred: true, ext: { input_examples: [{}] } });
    expect(tools[1]?.strict).toBe(false);
  });

  test('thinking, effort and the form of the output are read apart', () => {
    const request = decoded({
      thinking: { type: 'enabled', budget_tokens: 2000, display: 'updates' },
      output_config: {
        effort: 'max',
        format: { type: 'json_schema', schema: { type: 'object' } },
        task_budget: 5,
      },
    });
    expect(request.reasoning).toEqual({
      mode: 'on',
      effort: 'max',
      budgetTokens: 2000,
      show: 'summary',
      ext: { display: 'updates' },
    });
    expect(request.output).toEqual({ type: 'schema', schema: { type: 'object' } });
    expect(request.ext).toEqual({ output_config: { task_budget: 5 } });
  });

  test('the older output_format is the same as output_config.format', () => {
    const { output, ext } = decoded({ output_format: { type: 'json_schema', schema: {} } });
    expect([output, ext]).toEqual([{ type: 'schema', schema: {} }, undefined]);
  });

  test('standard_only is the default tier of other formats, and disable_parallel_tool_use turns parallel calls off', () => {
    const request = decoded({
      service_tier: 'standard_only',
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
    });
    expect(request).toMatchObject({
      serviceTier: 'default',
      toolChoice: { mode: 'required' },
      parallelToolCalls: false,
    });
  });

  test('members that only this format has stay under their own names', () => {
    expect(decoded({ context_management: { edits: [] }, safeguards: [1] }).ext).toEqual({
      context_management: { edits: [] },
      safeguards: [1],
    });
  });

  test('thinking has its signature as token, redacted thinking is a token alone', () => {
    const { turns } = decoded({
      messages: [
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm', signature: 'abc' },
            { type: 'redacted_thinking', data: 'xyz' },
            { type: 'thinking', thinking: 'so', signature: 'sluice.1.e.openai.rs_1.enc' },
          ],
        },
      ],
    });
    expect(turns[0]?.parts).toMatchObject([
      { sections: ['hm'], token: { vendor: 'anthropic', kind: 'signature', value: 'abc' } },
      { sections: [], token: { vendor: 'anthropic', kind: 'redacted', value: 'xyz' } },
      { sections: ['so'], token: { vendor: 'openai', kind: 'encrypted', value: 'enc', itemId: 'rs_1' } },
    ]);
  });

  test('G66 the token of a call comes back to the call that it stands before', () => {
    const call = (id: string) => ({ type: 'tool_use', id, name: 'f', input: {} });
    const carrier = (value: string) => ({ type: 'redacted_thinking', data: `sluice.1.t.gemini..${value}` });
    const { turns } = decoded({
      messages: [
        { role: 'assistant', content: [carrier('a'), call('1'), call('2'), carrier('b'), call('3')] },
      ],
    });
    expect(turns[0]?.parts.map((part) => [part.type, part.token?.value])).toEqual([
      ['tool-call', 'a'],
      ['tool-call', undefined],
      ['tool-call', 'b'],
    ]);
  });

  test.each([
    [{ messages: 'hi' }, 'messages'],
    [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'user', content: [{ type: 'text', text: 1 }] }] }, 'messages[0].content[0].text'],
    [
      { messages: [{ role: 'user', content: [{ type: 'tool_use', id: 'a', name: 'b', input: 'c' }] }] },
      'messages[0].content[0].input',
    ],
    [{ tools: [{ name: 'a', input_schema: [] }] }, 'tools[0].input_schema'],
    [{ temperature: 'hot' }, 'temperature'],
    [{ stop_sequences: [1] }, 'stop_sequences[0]'],
    [{ thinking: true }, 'thinking'],
  ])('%j is refused, and the error names %s', (members, param) => {
    expect(decodeRequest({ model: 'm', messages: [], ...members }, PATH)).toMatchObject({
      code: 'invalid_request',
      param,
    });
  });
});
