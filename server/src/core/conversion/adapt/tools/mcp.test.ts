import { describe, expect, test } from 'vitest';
import { adapted, hostedTool, requestOf, traitsOf } from '../../../../../test/kit/tool-setting.ts';
import type { DialectId } from '../../../model/dialect-id.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { ChatRequest } from '../../../model/request.ts';
import { hostedTools } from './hosted.ts';

const lower = (request: Partial<ChatRequest>, dialect: DialectId) =>
  adapted([hostedTools], requestOf(request), traitsOf(dialect, { hostedTools: ['mcp'] }));
const responses = (members: JsonObject) =>
  hostedTool('openai-responses', 'mcp', {
    type: 'mcp',
    server_label: 'wiki',
    server_url: 'https://wiki.example/mcp',
    require_approval: 'never',
    ...members,
  });
const gemini = (...mcpServers: JsonObject[]) => hostedTool('gemini', 'mcp', { mcpServers }, 'mcpServers');
const anthropic = (toolset: JsonObject, server: JsonObject = {}): Partial<ChatRequest> => ({
  origin: 'anthropic-messages',
  tools: [
    hostedTool('anthropic-messages', 'mcp', { type: 'mcp_toolset', mcp_server_name: 'wiki', ...toolset }),
  ],
  ext: {
    mcp_servers: [{ type: 'url', name: 'wiki', url: 'https://wiki.example/mcp', ...server }],
    container: 'c',
  },
});
const hostedOf = (request: Partial<ChatRequest>, dialect: DialectId) =>
  lower(request, dialect).request.tools.map(({ hosted }) => hosted);

describe('MCP servers from openai-responses', () => {
  test('anthropic-messages gets a toolset and, beside the tools, the server', () => {
    const tools = [responses({ authorization: 'secret', allowed_tools: ['ask'] })];
    expect(hostedOf({ tools }, 'anthropic-messages')).toEqual([
      {
        dialect: 'anthropic-messages',
        does: 'mcp',
        type: 'mcp_toolset',
        config: {
          type: 'mcp_toolset',
          mcp_server_name: 'wiki',
          default_config: { enabled: false },
          configs: { ask: { enabled: true } },
        },
        beside: {
          mcp_servers: [
            { type: 'url', name: 'wiki', url: 'https://wiki.example/mcp', authorization_token: 'secret' },
          ],
        },
      },
    ]);
  });

  test('gemini gets the token as a header', () => {
    const tools = [responses({ headers: { Authorization: 'Bearer secret', 'X-Team': 'a' } })];
    expect(hostedOf({ tools }, 'gemini')[0]?.config).toEqual({
      mcpServers: [
        {
          name: 'wiki',
          streamableHttpTransport: {
            url: 'https://wiki.example/mcp',
            headers: { 'X-Team': 'a', Authorization: 'Bearer secret' },
          },
        },
      ],
    });
  });

  test('headers are missed where only a token can be given', () => {
    const { losses } = lower({ tools: [responses({ headers: { 'X-Team': 'a' } })] }, 'anthropic-messages');
    expect(losses).toMatchObject([{ path: 'tools[0].headers', severity: 'quality' }]);
  });

  test.each<[string, JsonObject, DialectId]>([
    ['approval would be skipped', { require_approval: 'always' }, 'anthropic-messages'],
    ['approval is the default', { require_approval: undefined }, 'gemini'],
    [
      'some calls need approval',
      { require_approval: { never: { tool_names: ['ask'] } } },
      'anthropic-messages',
    ],
    ['tools would be allowed that were not', { allowed_tools: ['ask'] }, 'gemini'],
    ['the filter is of another kind', { allowed_tools: { read_only: true } }, 'anthropic-messages'],
    ['there is no address', { server_url: undefined, connector_id: 'connector_gmail' }, 'gemini'],
    ['the format has none', {}, 'openai-chat'],
  ])('nothing is converted where %s', (_, members, dialect) => {
    const { request, losses } = lower({ tools: [responses(members)] }, dialect);
    expect(request.tools).toEqual([]);
    expect(losses).toMatchObject([{ path: 'tools[0]', feature: 'hosted-tool', severity: 'semantic' }]);
  });
});

describe('MCP servers from anthropic-messages', () => {
  test('openai-responses gets one tool with address, token and list, and the server is gone from beside', () => {
    const request = anthropic(
      { default_config: { enabled: false }, configs: { ask: { enabled: true }, edit: { enabled: false } } },
      { authorization_token: 'secret' },
    );
    const outcome = lower(request, 'openai-responses');
    expect(outcome.request.tools[0]?.hosted?.config).toEqual({
      type: 'mcp',
      server_label: 'wiki',
      server_url: 'https://wiki.example/mcp',
      authorization: 'secret',
      allowed_tools: ['ask'],
      require_approval: 'never',
    });
    expect(outcome.request.ext).toEqual({ container: 'c' });
    expect(outcome.losses).toEqual([]);
  });

  test('a list at the server counts too', () => {
    const request = anthropic({}, { tool_configuration: { enabled: true, allowed_tools: ['ask'] } });
    expect(hostedOf(request, 'openai-responses')[0]?.config).toMatchObject({ allowed_tools: ['ask'] });
  });

  test.each<[string, JsonObject, JsonObject]>([
    ['some tools are switched off', { configs: { edit: { enabled: false } } }, {}],
    ['the server is switched off', {}, { tool_configuration: { enabled: false } }],
    ['the server is not there', { mcp_server_name: 'other' }, {}],
  ])('nothing is converted where %s', (_, toolset, server) => {
    const { request, losses } = lower(anthropic(toolset, server), 'openai-responses');
    expect(request.tools).toEqual([]);
    expect(losses).toMatchObject([{ severity: 'semantic' }]);
  });
});

describe('MCP servers from gemini', () => {
  const server = (name: string) => ({
    name,
    streamableHttpTransport: { url: `https://${name}.example`, headers: { authorization: 'bearer secret' } },
  });

  test('every server becomes a tool of its own', () => {
    const request = { origin: 'gemini', tools: [gemini(server('a'), server('b'))] } as const;
    expect(hostedOf(request, 'openai-responses').map((hosted) => hosted?.config)).toMatchObject([
      { server_label: 'a', server_url: 'https://a.example', authorization: 'secret' },
      { server_label: 'b', server_url: 'https://b.example', authorization: 'secret' },
    ]);
  });

  test('a server without an address is not converted', () => {
    const { losses } = lower({ origin: 'gemini', tools: [gemini({ name: 'a' })] }, 'openai-responses');
    expect(losses).toMatchObject([{ severity: 'semantic' }]);
  });
});
