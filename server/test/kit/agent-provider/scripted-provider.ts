// A provider for agents, in all four formats: it says what a script tells it to, keeps every request, and refuses what the
// real provider of the format would refuse, so that a test sees that every request was fit to be sent.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DialectId } from '../../../src/core/model/dialect-id.ts';
import { chatAnswer } from './chat-answer.ts';
import { judgeChat } from './chat-judge.ts';
import { geminiAnswer } from './gemini-answer.ts';
import { judgeGemini } from './gemini-judge.ts';
import { type Json, objects, textOf, toObject } from './json.ts';
import { messagesAnswer } from './messages-answer.ts';
import { judgeMessages } from './messages-judge.ts';
import { responsesAnswer } from './responses-answer.ts';
import { judgeResponses } from './responses-judge.ts';
import {
  type Asked,
  type Issued,
  type OfferedTool,
  Refusal,
  TURN_USAGE,
  type Turn,
  type Written,
} from './script.ts';

/** A running provider. */
export interface ScriptedProvider {
  /** "http://127.0.0.1:port" */
  readonly url: string;
  /** Every request, oldest first. */
  readonly asked: readonly Asked[];
  /** Everything it said, oldest first. */
  readonly issued: readonly Issued[];
  /** Why requests were refused; empty when all were fit. */
  readonly refused: readonly string[];
  stop(): Promise<void>;
}

interface Format {
  readonly answer: (turn: Turn, asked: Asked, number: number) => Written;
  readonly judge: (asked: Asked, issued: readonly Issued[]) => void;
  readonly error: (message: string) => Json;
}

const openaiError = (message: string): Json => ({
  error: { message, type: 'invalid_request_error', param: null, code: null },
});

const FORMATS: Readonly<Record<DialectId, Format>> = {
  'openai-chat': { answer: chatAnswer, judge: judgeChat, error: openaiError },
  'openai-responses': { answer: responsesAnswer, judge: judgeResponses, error: openaiError },
  'anthropic-messages': {
    answer: messagesAnswer,
    judge: judgeMessages,
    error: (message) => ({ type: 'error', error: { type: 'invalid_request_error', message } }),
  },
  gemini: {
    answer: geminiAnswer,
    judge: judgeGemini,
    error: (message) => ({ error: { code: 400, message, status: 'INVALID_ARGUMENT' } }),
  },
};

const PATHS: readonly (readonly [RegExp, DialectId])[] = [
  [/^\/v1\/chat\/completions$/, 'openai-chat'],
  [/^\/v1\/responses$/, 'openai-responses'],
  [/^\/v1\/messages$/, 'anthropic-messages'],
  [/^\/v1beta\/models\/[^/]+:(?:streamG|g)enerateContent$/, 'gemini'],
];

/** Starts the provider; `script` says what it does with a request for an answer. */
export async function startScripted(script: (asked: Asked) => Turn, port = 0): Promise<ScriptedProvider> {
  const asked: Asked[] = [];
  const issued: Issued[] = [];
  const refused: string[] = [];
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = ''] = (request.url ?? '').split('?');
    const body = await readBody(request);
    const dialect = PATHS.find(([pattern]) => pattern.test(path))?.[1];
    if (request.method !== 'POST' || dialect === undefined) return elsewhere(request, path, response);
    const one = understand(request, body, dialect);
    asked.push(one);
    const format = FORMATS[dialect];
    try {
      format.judge(one, issued);
      const written = format.answer(script(one), one, asked.length);
      issued.push(written.issued);
      if (!one.stream) return sendJson(response, 200, written.body);
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
      // Each event leaves in a write of its own.
      for (const event of written.events) response.write(event);
      response.end();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      refused.push(error instanceof Refusal ? error.message : `the script: ${String(error.stack)}`);
      sendJson(response, 400, format.error(error.message));
    }
  }
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    issued,
    refused,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Token counts; everything else is not here. */
function elsewhere(request: IncomingMessage, path: string, response: ServerResponse): void {
  if (path === '/v1/messages/count_tokens') sendJson(response, 200, { input_tokens: TURN_USAGE.input });
  else if (path.endsWith(':countTokens')) sendJson(response, 200, { totalTokens: TURN_USAGE.input });
  else
    sendJson(response, 404, {
      error: { type: 'not_found_error', message: `No ${request.method} ${path} here.` },
    });
}

function sendJson(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<Json> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(Buffer.from(part));
  return toObject(parts.length === 0 ? {} : JSON.parse(Buffer.concat(parts).toString('utf8')));
}

function understand(request: IncomingMessage, body: Json, dialect: DialectId): Asked {
  const url = request.url ?? '';
  const inPath = /\/models\/([^/?]+):/.exec(url)?.[1];
  const offered = toolsOf(body, dialect);
  return {
    method: request.method ?? '',
    url,
    headers: request.headers,
    body,
    dialect,
    model: inPath === undefined ? textOf(body['model']) : decodeURIComponent(inPath),
    stream: dialect === 'gemini' ? url.includes(':stream') : body['stream'] === true,
    afterTool: isAfterTool(body),
    tools: offered.map((tool) => tool.name),
    offered,
  };
}

/** Whether a tool has answered since the model last spoke. A client may put notes of its own behind the result. */
function isAfterTool(body: Json): boolean {
  const turns = objects(body['messages'] ?? body['contents'] ?? body['input']);
  const isModel = (turn: Json): boolean =>
    /^(?:assistant|model)$/.test(textOf(turn['role'])) || /_call$|^reasoning$/.test(textOf(turn['type']));
  return turns
    .slice(turns.findLastIndex(isModel) + 1)
    .some(
      (turn) =>
        turn['role'] === 'tool' ||
        textOf(turn['type']).endsWith('_call_output') ||
        objects(turn['content']).some((block) => block['type'] === 'tool_result') ||
        objects(turn['parts']).some((part) => part['functionResponse'] !== undefined),
    );
}

function toolsOf(body: Json, dialect: DialectId): OfferedTool[] {
  const additional = objects(body['input']).flatMap((item) =>
    item['type'] === 'additional_tools' ? objects(item['tools']) : [],
  );
  const read = (tool: Json, namespace?: string): OfferedTool[] => {
    if (tool['type'] === 'namespace')
      return objects(tool['tools']).flatMap((inner) => read(inner, textOf(tool['name'])));
    if (dialect === 'gemini') return objects(tool['functionDeclarations']).map(offeredAs);
    return [{ ...offeredAs(toObject(tool['function'] ?? tool['custom'] ?? tool)), namespace }];
  };
  return [...objects(body['tools']), ...additional].flatMap((tool) => read(tool));
}

function offeredAs(tool: Json): OfferedTool {
  const schema = tool['parameters'] ?? tool['parametersJsonSchema'] ?? tool['input_schema'];
  return { name: textOf(tool['name']), schema: schema === undefined ? undefined : toObject(schema) };
}
