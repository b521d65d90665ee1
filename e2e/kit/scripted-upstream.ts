// An upstream for command-line clients: it says what a script tells it to, in Anthropic Messages or OpenAI Responses,
// and keeps every request, so that a test can see what reached the provider's side.

import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Readonly<Record<string, unknown>>;

/** What the upstream does in one turn. `custom` is the free-form tool call of Responses. */
export type Turn =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tool'; readonly name: string; readonly input: Json }
  | { readonly kind: 'custom'; readonly name: string; readonly input: string };

/** One request as it reached the upstream. */
export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Json;
  /** True when the newest turn is the result of a tool. */
  readonly afterTool: boolean;
  /** Names of the tools on offer, also of those in namespaces. */
  readonly tools: readonly string[];
}

/** A running upstream. */
export interface ScriptedUpstream {
  /** "http://127.0.0.1:port" */
  readonly url: string;
  /** Every request, oldest first. */
  readonly asked: readonly Asked[];
  stop(): Promise<void>;
}

/** Tokens that every turn costs. */
export const TURN_USAGE = { input: 1200, cacheRead: 1000, output: 34 };

/** Starts the upstream; `script` says what it does with a request for an answer. */
export async function startScripted(script: (asked: Asked) => Turn): Promise<ScriptedUpstream> {
  const all: Asked[] = [];
  const server = createServer((request, response) => {
    void readAsked(request).then((asked) => {
      all.push(asked);
      answer(asked, script, all.length, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked: all,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(
  asked: Asked,
  script: (asked: Asked) => Turn,
  number: number,
  response: ServerResponse,
): void {
  const [path] = asked.url.split('?');
  const call = `${asked.method} ${path}`;
  if (call === 'POST /v1/messages/count_tokens') {
    sendJson(response, 200, { input_tokens: TURN_USAGE.input });
  } else if (call === 'POST /v1/messages') {
    sendEvents(response, messageEvents(script(asked), asked, number));
  } else if (call === 'POST /v1/responses') {
    sendEvents(response, responseEvents(script(asked), asked, number));
  } else {
    const error = { type: 'not_found_error', message: `No ${asked.method} ${asked.url} here.` };
    sendJson(response, 404, { error });
  }
}

function sendJson(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** Each event leaves in a write of its own. */
function sendEvents(response: ServerResponse, events: readonly Json[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  for (const event of events)
    response.write(`event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`);
  response.end();
}

async function readAsked(request: IncomingMessage): Promise<Asked> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(Buffer.from(part));
  const body = toObject(parts.length === 0 ? {} : JSON.parse(Buffer.concat(parts).toString('utf8')));
  const turns = objects(body['messages'] ?? body['input']);
  // A client may put notes of its own behind the newest turn.
  const newest = turns.findLast((turn) => turn['role'] !== 'system' && turn['role'] !== 'developer');
  const afterTool =
    /^(?:function|custom_tool)_call_output$/.test(String(newest?.['type'])) ||
    objects(newest?.['content']).some((block) => block['type'] === 'tool_result');
  const additional = turns.flatMap((turn) =>
    turn['type'] === 'additional_tools' ? objects(turn['tools']) : [],
  );
  const tools = [...objects(body['tools']), ...additional].flatMap((tool) => [
    tool,
    ...objects(tool['tools']),
  ]);
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    headers: request.headers,
    body,
    afterTool,
    tools: tools.map((tool) => String(tool['name'])),
  };
}

function toObject(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}

function objects(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(toObject) : [];
}

/** https://docs.anthropic.com/en/api/messages-streaming */
function messageEvents(turn: Turn, { body }: Asked, number: number): Json[] {
  const usage = {
    input_tokens: TURN_USAGE.input,
    cache_read_input_tokens: TURN_USAGE.cacheRead,
    cache_creation_input_tokens: 0,
  };
  const message = {
    id: `msg_${number}`,
    type: 'message',
    role: 'assistant',
    model: body['model'],
    content: [],
  };
  const isText = turn.kind === 'text';
  const block = isText
    ? { type: 'text', text: '' }
    : { type: 'tool_use', id: `toolu_${number}`, name: turn.name, input: {} };
  const delta = isText
    ? { type: 'text_delta', text: turn.text }
    : { type: 'input_json_delta', partial_json: JSON.stringify(turn.input) };
  return [
    {
      type: 'message_start',
      message: { ...message, stop_reason: null, stop_sequence: null, usage: { ...usage, output_tokens: 1 } },
    },
    { type: 'content_block_start', index: 0, content_block: block },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: isText ? 'end_turn' : 'tool_use', stop_sequence: null },
      usage: { output_tokens: TURN_USAGE.output },
    },
    { type: 'message_stop' },
  ];
}

/** https://platform.openai.com/docs/api-reference/responses-streaming */
function responseEvents(turn: Turn, { body }: Asked, number: number): Json[] {
  const item = itemOf(turn, number);
  const response = {
    id: `resp_${number}`,
    object: 'response',
    created_at: 1_750_000_000,
    model: body['model'],
    output: [],
  };
  const usage = {
    input_tokens: TURN_USAGE.input + TURN_USAGE.cacheRead,
    input_tokens_details: { cached_tokens: TURN_USAGE.cacheRead },
    output_tokens: TURN_USAGE.output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: TURN_USAGE.input + TURN_USAGE.cacheRead + TURN_USAGE.output,
  };
  const delta = {
    type: 'response.output_text.delta',
    item_id: item['id'],
    output_index: 0,
    content_index: 0,
  };
  return [
    { type: 'response.created', response: { ...response, status: 'in_progress' } },
    { type: 'response.output_item.added', output_index: 0, item: { ...item, status: 'in_progress' } },
    ...(turn.kind === 'text' ? [{ ...delta, delta: turn.text }] : []),
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: { ...response, status: 'completed', output: [item], usage } },
  ].map((event, sequence_number) => ({ ...event, sequence_number }));
}

function itemOf(turn: Turn, number: number): Json {
  const call = { status: 'completed', call_id: `call_${number}` };
  switch (turn.kind) {
    case 'text':
      return {
        id: `msg_${number}`,
        type: 'message',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: turn.text, annotations: [] }],
      };
    case 'tool':
      return {
        id: `fc_${number}`,
        type: 'function_call',
        name: turn.name,
        arguments: JSON.stringify(turn.input),
        ...call,
      };
    case 'custom':
      return { id: `ctc_${number}`, type: 'custom_tool_call', name: turn.name, input: turn.input, ...call };
  }
}
