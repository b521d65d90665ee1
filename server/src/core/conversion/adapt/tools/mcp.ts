// Remote MCP servers that the provider calls itself, in the words of each format. Nothing is converted that would give
// the model more than the client allowed: tools that were left out, or calls that were to be approved first.

import type { DialectId } from '../../../model/dialect-id.ts';
import { isObject, type JsonObject, listOf, objectOf, textOf } from '../../../model/json.ts';
import type { ChatRequest, HostedTool } from '../../../model/request.ts';
import { defined, type Rewritten, type Unsaid, unsaid, unsaidOf } from './rewritten.ts';

/** A server in no format's words. */
interface Server {
  readonly name: string;
  readonly url: string;
  readonly token: string | undefined;
  /** Besides the token. */
  readonly headers: JsonObject;
  /** Only these; undefined = all. */
  readonly tools: readonly string[] | undefined;
  readonly unsaid: readonly Unsaid[];
}

/** The servers of one tool in the words of another format; undefined where that cannot be done faithfully. */
export function mcpServers(
  hosted: HostedTool,
  target: DialectId,
  request: ChatRequest,
): readonly Rewritten[] | undefined {
  const servers = readServers(hosted, request);
  if (servers === undefined || servers.length === 0) return undefined;
  const rewritten: Rewritten[] = [];
  for (const server of servers) {
    const one = writeServer(server, target);
    if (one === undefined) return undefined;
    rewritten.push(one);
  }
  return rewritten;
}

function readServers(hosted: HostedTool, request: ChatRequest): readonly Server[] | undefined {
  switch (hosted.dialect) {
    case 'openai-responses':
      return single(fromResponses(hosted.config));
    case 'anthropic-messages':
      return single(fromAnthropic(hosted.config, listOf(request.ext?.['mcp_servers'])));
    case 'gemini': {
      const servers = listOf(hosted.config['mcpServers']).map(fromGemini);
      return servers.every((server) => server !== undefined) ? servers : undefined;
    }
    case 'openai-chat':
      return undefined;
  }
}

function single(server: Server | undefined): readonly Server[] | undefined {
  return server === undefined ? undefined : [server];
}

function fromResponses(config: JsonObject): Server | undefined {
  const url = textOf(config['server_url']);
  // Approval is the default, and no other format can ask for it.
  if (url === undefined || config['require_approval'] !== 'never') return undefined;
  const allowed = config['allowed_tools'] ?? undefined;
  const tools = Array.isArray(allowed) ? texts(allowed) : undefined;
  if (allowed !== undefined && tools === undefined) return undefined;
  const { token, headers } = credentialOf(objectOf(config['headers']) ?? {});
  const carried = [
    'server_url',
    'server_label',
    'authorization',
    'headers',
    'allowed_tools',
    'require_approval',
  ];
  return {
    name: textOf(config['server_label']) ?? 'mcp',
    url,
    token: textOf(config['authorization']) ?? token,
    headers,
    tools,
    unsaid: unsaidOf(config, carried),
  };
}

function fromAnthropic(toolset: JsonObject, servers: readonly unknown[]): Server | undefined {
  const name = textOf(toolset['mcp_server_name']);
  const server = servers.find((one) => isObject(one) && one['name'] === name);
  if (name === undefined || !isObject(server)) return undefined;
  const url = textOf(server['url']);
  const offered = toolsOf(toolset);
  const limits = objectOf(server['tool_configuration']);
  if (url === undefined || offered === 'some-not' || limits?.['enabled'] === false) return undefined;
  const allowed =
    limits === undefined || !Array.isArray(limits['allowed_tools'])
      ? undefined
      : texts(limits['allowed_tools']);
  return {
    name,
    url,
    token: textOf(server['authorization_token']),
    headers: {},
    tools: allowed === undefined ? offered : allowed.filter((tool) => offered?.includes(tool) ?? true),
    unsaid: unsaidOf(toolset, ['mcp_server_name', 'default_config', 'configs']),
  };
}

/** Which tools of a toolset are on; 'some-not' where all are but a few. */
function toolsOf(toolset: JsonObject): readonly string[] | undefined | 'some-not' {
  const configs = Object.entries(objectOf(toolset['configs']) ?? {});
  const isOn = (config: unknown, otherwise: boolean) => {
    const enabled = objectOf(config)?.['enabled'];
    return typeof enabled === 'boolean' ? enabled : otherwise;
  };
  const byDefault = isOn(toolset['default_config'], true);
  if (!byDefault) return configs.filter(([, config]) => isOn(config, false)).map(([name]) => name);
  return configs.every(([, config]) => isOn(config, true)) ? undefined : 'some-not';
}

function fromGemini(value: unknown): Server | undefined {
  const server = objectOf(value);
  const transport = objectOf(server?.['streamableHttpTransport']);
  const url = textOf(transport?.['url']);
  if (transport === undefined || url === undefined) return undefined;
  return {
    name: textOf(server?.['name']) ?? 'mcp',
    url,
    ...credentialOf(objectOf(transport['headers']) ?? {}),
    tools: undefined,
    unsaid: [],
  };
}

/** The bearer token among the headers, and the rest of them. */
function credentialOf(all: JsonObject): { token: string | undefined; headers: JsonObject } {
  const headers: Record<string, unknown> = {};
  let token: string | undefined;
  for (const [name, value] of Object.entries(all)) {
    const bearer = typeof value === 'string' ? /^Bearer\s+(.+)$/i.exec(value)?.[1] : undefined;
    if (name.toLowerCase() === 'authorization' && bearer !== undefined) token = bearer;
    else headers[name] = value;
  }
  return { token, headers };
}

function texts(values: readonly unknown[]): string[] {
  return values.filter((value) => typeof value === 'string');
}

function writeServer(server: Server, target: DialectId): Rewritten | undefined {
  switch (target) {
    case 'openai-responses':
      return toResponses(server);
    case 'anthropic-messages':
      return toAnthropic(server);
    case 'gemini':
      return toGemini(server);
    case 'openai-chat':
      return undefined;
  }
}

function toResponses({ name, url, token, headers, tools, unsaid: missing }: Server): Rewritten {
  const config = defined({
    type: 'mcp',
    server_label: name,
    server_url: url,
    authorization: token,
    headers: Object.keys(headers).length === 0 ? undefined : headers,
    allowed_tools: tools,
    require_approval: 'never',
  });
  return { name, hosted: { dialect: 'openai-responses', does: 'mcp', type: 'mcp', config }, unsaid: missing };
}

function toAnthropic({ name, url, token, headers, tools, unsaid: missing }: Server): Rewritten {
  const config = defined({
    type: 'mcp_toolset',
    mcp_server_name: name,
    default_config: tools === undefined ? undefined : { enabled: false },
    configs:
      tools === undefined ? undefined : Object.fromEntries(tools.map((tool) => [tool, { enabled: true }])),
  });
  const server = defined({ type: 'url', name, url, authorization_token: token });
  return {
    name,
    hosted: {
      dialect: 'anthropic-messages',
      does: 'mcp',
      type: 'mcp_toolset',
      config,
      beside: { mcp_servers: [server] },
    },
    unsaid: Object.keys(headers).length === 0 ? missing : [...missing, unsaid('headers')],
  };
}

/** Gemini has no list of allowed tools. */
function toGemini({ name, url, token, headers, tools, unsaid: missing }: Server): Rewritten | undefined {
  if (tools !== undefined) return undefined;
  const all = { ...headers, ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) };
  const transport = defined({ url, headers: Object.keys(all).length === 0 ? undefined : all });
  const config = { mcpServers: [{ name, streamableHttpTransport: transport }] };
  return { name, hosted: { dialect: 'gemini', does: 'mcp', type: 'mcpServers', config }, unsaid: missing };
}
