// A request of the unified API, `{provider, model, messages, stream, …}`: what it asks of whom, as a request of Chat
// Completions, or everything that is wrong with it. Members that are not known here go on as they are.

import { isObject, type JsonObject } from '../../core/model/json.ts';
import { type Issue, typeName } from './issues.ts';

/** A request, understood. */
export interface UnifiedRequest {
  /** As the client wrote it; undefined: the model alone decides who serves it. */
  readonly provider: string | undefined;
  readonly stream: boolean;
  /** The same as a body of Chat Completions. */
  readonly chat: JsonObject;
}

/** What was read, or why it could not be. */
export type UnifiedReading =
  | { readonly ok: true; readonly request: UnifiedRequest }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** Who may speak in a conversation. */
export const ROLES: readonly string[] = ['system', 'developer', 'user', 'assistant', 'tool', 'function'];

/** Reads a parsed body. `streamAsked`: the query already asks for a stream. `providers`: names that `provider` may have. */
export function readUnified(
  body: unknown,
  streamAsked: boolean,
  providers: readonly string[],
): UnifiedReading {
  if (!isObject(body)) {
    return { ok: false, issues: [{ path: [], message: `Expected object, received ${typeName(body)}` }] };
  }
  const { provider, model, messages, stream, useMcpTools, ...rest } = body as Record<string, unknown>;
  const issues = [
    ...providerIssues(provider, providers),
    ...nameIssues(model, ['model']),
    ...messagesIssues(messages),
    ...typeIssues(stream, 'boolean', ['stream']),
    ...numberIssues(rest),
    ...mcpIssues(useMcpTools),
  ];
  if (issues.length > 0) return { ok: false, issues };
  const streaming = streamAsked || stream === true;
  return {
    ok: true,
    request: {
      provider: typeof provider === 'string' ? provider : undefined,
      stream: streaming,
      chat: { ...rest, model, messages, stream: streaming },
    },
  };
}

type Path = Issue['path'];

/** undefined and null are a member that is not there. */
function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

function wrongType(expected: string, value: unknown, path: Path): Issue[] {
  const message = value === undefined ? 'Required' : `Expected ${expected}, received ${typeName(value)}`;
  return [{ path, message }];
}

function typeIssues(value: unknown, expected: 'boolean' | 'number', path: Path): Issue[] {
  return isAbsent(value) || typeName(value) === expected ? [] : wrongType(expected, value, path);
}

function nameIssues(value: unknown, path: Path): Issue[] {
  if (typeof value !== 'string') return wrongType('string', value, path);
  return value === '' ? [{ path, message: 'String must contain at least 1 character(s)' }] : [];
}

function providerIssues(provider: unknown, providers: readonly string[]): Issue[] {
  if (isAbsent(provider)) return [];
  const path = ['provider'];
  if (typeof provider !== 'string') return wrongType('string', provider, path);
  if (providers.includes(provider)) return [];
  const expected = providers.map((name) => `'${name}'`).join(' | ');
  const received = provider.slice(0, 100);
  return [{ path, message: `Invalid enum value. Expected ${expected}, received '${received}'` }];
}

function numberIssues({ temperature, max_tokens: maxTokens }: JsonObject): Issue[] {
  const issues = typeIssues(temperature, 'number', ['temperature']);
  if (isAbsent(maxTokens)) return issues;
  const path = ['max_tokens'];
  if (typeof maxTokens !== 'number') return [...issues, ...wrongType('number', maxTokens, path)];
  if (Number.isInteger(maxTokens) && maxTokens > 0) return issues;
  return [...issues, { path, message: 'Number must be an integer greater than 0' }];
}

/** Whoever asks for this waits for an answer that nobody would give. */
function mcpIssues(useMcpTools: unknown): Issue[] {
  if (useMcpTools !== true) return [];
  const message = 'Tools of MCP servers are not offered: send `tools`, and run the calls of the answer';
  return [{ path: ['useMcpTools'], message }];
}

function messagesIssues(messages: unknown): Issue[] {
  const path = ['messages'];
  if (!Array.isArray(messages)) return wrongType('array', messages, path);
  if (messages.length === 0) return [{ path, message: 'Array must contain at least 1 element(s)' }];
  return messages.flatMap((message, index) => messageIssues(message, [...path, index]));
}

function messageIssues(message: unknown, path: Path): Issue[] {
  if (!isObject(message)) return wrongType('object', message, path);
  const { role, content, tool_calls: calls, function_call: call } = message;
  const calling = role === 'assistant' && (Array.isArray(calls) || isObject(call));
  const said = calling && isAbsent(content) ? [] : contentIssues(content, [...path, 'content']);
  return [...roleIssues(role, [...path, 'role']), ...said];
}

function roleIssues(role: unknown, path: Path): Issue[] {
  if (typeof role !== 'string') return wrongType('string', role, path);
  if (ROLES.includes(role)) return [];
  const expected = ROLES.map((name) => `'${name}'`).join(' | ');
  return [{ path, message: `Invalid enum value. Expected ${expected}, received '${role.slice(0, 100)}'` }];
}

function contentIssues(content: unknown, path: Path): Issue[] {
  if (typeof content === 'string') return [];
  if (!Array.isArray(content)) return wrongType('string or array', content, path);
  return content.flatMap((part: unknown, index) => {
    if (!isObject(part)) return wrongType('object', part, [...path, index]);
    return nameIssues(part['type'], [...path, index, 'type']);
  });
}
