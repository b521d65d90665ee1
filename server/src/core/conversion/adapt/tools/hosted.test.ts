import { describe, expect, test } from 'vitest';
import {
  adapted,
  functionTool,
  hostedTool,
  requestOf,
  traitsOf,
} from '../../../../../test/kit/tool-setting.ts';
import type { DialectId } from '../../../model/dialect-id.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { ChatRequest, ToolChoice, ToolDefinition } from '../../../model/request.ts';
import type { ModelTraits } from '../../../model/traits.ts';
import { hostedTools } from './hosted.ts';

const ALL: Partial<ModelTraits> = { hostedTools: ['web-search', 'web-fetch', 'code-execution', 'mcp'] };
const lower = (tools: readonly ToolDefinition[], dialect: DialectId, members: Partial<ChatRequest> = {}) =>
  adapted([hostedTools], requestOf({ tools, ...members }), traitsOf(dialect, ALL));
const configs = (tools: readonly ToolDefinition[], dialect: DialectId) =>
  lower(tools, dialect).request.tools.map(({ hosted }) => hosted?.config);
const searchIn = {
  'openai-responses': (members: JsonObject) =>
    hostedTool('openai-responses', 'web-search', { type: 'web_search', ...members }),
  'anthropic-messages': (members: JsonObject) =>
    hostedTool('anthropic-messages', 'web-search', {
      type: 'web_search_20250305',
      name: 'web_search',
      ...members,
    }),
  gemini: (members: JsonObject) =>
    hostedTool('gemini', 'web-search', { googleSearch: members }, 'googleSearch'),
  'openai-chat': (members: JsonObject) =>
    hostedTool('openai-chat', 'web-search', members, 'web_search_options'),
} as const;
const builtIn = (type: string, name: string, members: JsonObject = {}) =>
  hostedTool('anthropic-messages', 'other', { type, name, ...members });

describe('hosted tools', () => {
  test('their own format keeps them, and the request stays the same', () => {
    const request = requestOf({ tools: [searchIn['openai-responses']({}), functionTool('a')] });
    expect(adapted([hostedTools], request, traitsOf('openai-responses', { hostedTools: [] })).request).toBe(
      request,
    );
  });

  test('a request without any stays the same', () => {
    const request = requestOf({ tools: [functionTool('a')] });
    expect(adapted([hostedTools], request, traitsOf('gemini')).request).toBe(request);
  });

  test.each([
    ['alone, and the question is another one', [], undefined, 'semantic'],
    ['beside tools of the client, and the answer may be worse', [functionTool('a')], undefined, 'quality'],
    [
      'although a call is demanded, and the question is another one',
      [functionTool('a')],
      'required',
      'semantic',
    ],
  ] as const)('G55 one that the target has not is dropped: %s', (_, others, mode, severity) => {
    const tools = [...others, searchIn['anthropic-messages']({})];
    const { request, losses } = adapted(
      [hostedTools],
      requestOf({
        origin: 'anthropic-messages',
        tools,
        ...(mode === undefined ? {} : { toolChoice: { mode } }),
      }),
      traitsOf('openai-chat', { hostedTools: [] }),
    );
    expect(request.tools).toEqual(others);
    expect(losses).toMatchObject([
      { path: `tools[${others.length}]`, feature: 'hosted-tool', action: 'dropped', severity },
    ]);
    expect(losses[0]?.note).toContain('web_search_20250305');
  });

  test('what nobody else has is dropped everywhere', () => {
    for (const type of ['image_generation', 'local_shell', 'apply_patch', 'computer'] as const) {
      const { request, losses } = lower(
        [hostedTool('openai-responses', 'other', { type })],
        'anthropic-messages',
      );
      expect(request.tools).toEqual([]);
      expect(losses).toMatchObject([{ severity: 'semantic' }]);
    }
  });
});

describe('web search', () => {
  const place = { city: 'Oslo', country: 'NO' };
  const located = { type: 'approximate', ...place };

  test.each<[DialectId, JsonObject]>([
    [
      'anthropic-messages',
      { type: 'web_search_20250305', name: 'web_search', allowed_domains: ['a.no'], user_location: located },
    ],
    [
      'openai-chat',
      { search_context_size: 'low', user_location: { type: 'approximate', approximate: place } },
    ],
    ['gemini', { googleSearch: {} }],
  ])('from openai-responses to %s', (dialect, config) => {
    const tool = searchIn['openai-responses']({
      filters: { allowed_domains: ['a.no'] },
      user_location: { ...located, region: null },
      search_context_size: 'low',
      external_web_access: true,
    });
    expect(configs([tool], dialect)).toEqual([config]);
  });

  test.each<[DialectId, JsonObject, readonly string[]]>([
    [
      'openai-responses',
      { type: 'web_search', filters: { allowed_domains: ['a.no'] }, user_location: located },
      ['max_uses'],
    ],
    ['gemini', { googleSearch: {} }, ['allowed_domains', 'max_uses', 'user_location']],
  ])('from anthropic-messages to %s, with what is missed', (dialect, config, missed) => {
    const tool = searchIn['anthropic-messages']({
      allowed_domains: ['a.no'],
      max_uses: 8,
      user_location: located,
    });
    const { request, losses } = lower([tool], dialect, { origin: 'anthropic-messages' });
    expect(request.tools[0]?.hosted?.config).toEqual(config);
    expect(losses.map(({ path, severity }) => [path, severity])).toEqual(
      missed.map((member) => [`tools[0].${member}`, 'quality']),
    );
  });

  test('from gemini and openai-chat', () => {
    expect(configs([searchIn.gemini({ excludeDomains: ['b.no'] })], 'anthropic-messages')).toEqual([
      { type: 'web_search_20250305', name: 'web_search', blocked_domains: ['b.no'] },
    ]);
    const chat = searchIn['openai-chat']({ user_location: { type: 'approximate', approximate: place } });
    expect(configs([chat], 'openai-responses')).toEqual([{ type: 'web_search', user_location: located }]);
  });

  test('only one list of domains is given to anthropic-messages', () => {
    const tool = searchIn['openai-responses']({
      filters: { allowed_domains: ['a.no'], blocked_domains: ['b.no'] },
    });
    const { request, losses } = lower([tool], 'anthropic-messages');
    expect(request.tools[0]?.hosted?.config).not.toHaveProperty('blocked_domains');
    expect(losses).toMatchObject([{ path: 'tools[0].blocked_domains' }]);
  });
});

describe('code and pages', () => {
  const code = (members: JsonObject) =>
    hostedTool('openai-responses', 'code-execution', { type: 'code_interpreter', ...members });

  test('running code', () => {
    const tool = code({ container: { type: 'auto' } });
    expect(configs([tool], 'anthropic-messages')).toEqual([
      { type: 'code_execution_20250825', name: 'code_execution' },
    ]);
    expect(configs([tool], 'gemini')).toEqual([{ codeExecution: {} }]);
    expect(lower([tool], 'gemini').losses).toEqual([]);
    expect(lower([tool], 'openai-chat').losses).toMatchObject([{ severity: 'semantic' }]);
    const back = hostedTool('gemini', 'code-execution', { codeExecution: {} }, 'codeExecution');
    expect(configs([back], 'openai-responses')).toEqual([
      { type: 'code_interpreter', container: { type: 'auto' } },
    ]);
  });

  test('a container of one account is missed', () => {
    expect(lower([code({ container: 'cntr_1' })], 'gemini').losses).toMatchObject([
      { path: 'tools[0].container', severity: 'quality' },
    ]);
  });

  test('fetching pages', () => {
    const fetch = hostedTool('anthropic-messages', 'web-fetch', {
      type: 'web_fetch_20250910',
      name: 'web_fetch',
      max_uses: 2,
    });
    expect(configs([fetch], 'gemini')).toEqual([{ urlContext: {} }]);
    expect(lower([fetch], 'gemini').losses).toMatchObject([{ path: 'tools[0].max_uses' }]);
    const back = hostedTool('gemini', 'web-fetch', { urlContext: {} }, 'urlContext');
    expect(configs([back], 'anthropic-messages')).toEqual([
      { type: 'web_fetch_20250910', name: 'web_fetch' },
    ]);
    expect(configs([back], 'openai-responses')).toEqual([]);
  });
});

describe('tools that are built into models and run by the client', () => {
  test.each([
    ['bash_20250124', 'bash', 'command'],
    ['text_editor_20250728', 'str_replace_based_edit_tool', 'insert_text'],
    ['memory_20250818', 'memory', 'old_path'],
  ])('%s becomes the function %s', (type, name, property) => {
    const { request, losses } = lower([builtIn(type, name)], 'openai-chat', { origin: 'anthropic-messages' });
    const [tool] = request.tools;
    expect(tool).toMatchObject({ kind: 'function', name });
    expect(tool).not.toHaveProperty('hosted');
    expect(tool?.parameters?.['properties']).toHaveProperty(property);
    expect(losses).toMatchObject([{ path: 'tools[0]', action: 'emulated', severity: 'quality' }]);
  });

  test('an old editor can undo and names the inserted text otherwise', () => {
    const { request } = lower([builtIn('text_editor_20250124', 'str_replace_editor')], 'gemini');
    const properties = request.tools[0]?.parameters?.['properties'];
    expect(properties).not.toHaveProperty('insert_text');
    expect(properties).toHaveProperty('command.enum', expect.arrayContaining(['undo_edit']));
  });

  test('a computer is not one of them', () => {
    expect(lower([builtIn('computer_20250124', 'computer')], 'gemini').losses).toMatchObject([
      { severity: 'semantic' },
    ]);
  });
});

describe('search for tools', () => {
  const search = (members: JsonObject) =>
    hostedTool('openai-responses', 'tool-search', { type: 'tool_search', ...members });

  test('it stays where tools can be deferred', () => {
    const request = requestOf({ tools: [search({})] });
    const traits = traitsOf('openai-responses', { deferredTools: true });
    expect(adapted([hostedTools], request, traits).request).toBe(request);
  });

  test('elsewhere it is not needed, unless the client alone knows what there is', () => {
    const { request, losses } = lower([search({}), search({ execution: 'client' })], 'gemini');
    expect(request.tools).toEqual([]);
    expect(losses.map(({ feature, severity }) => [feature, severity])).toEqual([
      ['tool-search', 'hint'],
      ['tool-search', 'quality'],
    ]);
  });
});

describe('a choice of hosted tools', () => {
  const search = searchIn['openai-responses']({});
  const choose = (tools: readonly ToolDefinition[], dialect: DialectId, toolChoice: ToolChoice) =>
    lower(tools, dialect, { toolChoice });
  const preview: ToolChoice = {
    mode: 'hosted',
    type: 'web_search_preview',
    choice: { type: 'web_search_preview' },
  };

  test('it follows its tool', () => {
    expect(choose([search], 'anthropic-messages', preview).request.toolChoice).toEqual({
      mode: 'hosted',
      type: 'web_search_20250305',
      choice: { type: 'tool', name: 'web_search' },
    });
    const named: ToolChoice = { mode: 'tool', kind: 'function', name: 'web_search' };
    expect(
      choose([searchIn['anthropic-messages']({})], 'openai-responses', named).request.toolChoice,
    ).toEqual({
      mode: 'subset',
      names: ['web_search'],
      required: true,
    });
    const bash: ToolChoice = { mode: 'hosted', type: 'tool', choice: { type: 'tool', name: 'bash' } };
    expect(choose([builtIn('bash_20250124', 'bash')], 'gemini', bash).request.toolChoice).toEqual({
      mode: 'tool',
      kind: 'function',
      name: 'bash',
    });
  });

  test.each<[DialectId, readonly ToolDefinition[]]>([
    ['gemini', [search]],
    ['gemini', [functionTool('a')]],
    ['openai-chat', [hostedTool('openai-responses', 'other', { type: 'web_search_preview' })]],
  ])('where %s cannot say it, the model is free', (dialect, tools) => {
    const { request, losses } = choose(tools, dialect, preview);
    expect(request.toolChoice).toEqual({ mode: 'auto' });
    expect(losses.at(-1)).toMatchObject({ path: 'tool_choice', severity: 'quality' });
  });

  test('the names of a subset follow', () => {
    const code = hostedTool('openai-responses', 'code-execution', { type: 'code_interpreter' });
    const subset: ToolChoice = { mode: 'subset', names: ['a', 'code_interpreter'], required: true };
    const tools = [functionTool('a'), code];
    expect(choose(tools, 'anthropic-messages', subset).request.toolChoice).toMatchObject({
      names: ['a', 'code_execution'],
    });
    expect(choose(tools, 'gemini', subset).request.toolChoice).toMatchObject({ names: ['a'] });
    expect(choose([code], 'gemini', { ...subset, names: ['code_interpreter'] }).request.toolChoice).toEqual({
      mode: 'auto',
    });
  });
});
