// The built-in demo upstream: a small server on a loopback port of its own, so that its answers take the same way through
// the gateway as those of a real provider. Used when nothing else is configured.

import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { anthropicMessages } from './anthropic-messages.ts';
import type { DemoAnswer, DemoFormat, DemoFrame } from './format.ts';
import { gemini } from './gemini.ts';
import { isRecord, type Json } from './json.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiResponses } from './openai-responses.ts';
import { DEMO_MODEL, writeScript } from './script.ts';

/** A running demo upstream. */
export interface Demo {
  /** "http://127.0.0.1:port" */
  readonly origin: string;
  close(): void;
}

/** About the pace of a reader: thirty words a second. */
const PACE_MS = 33;
const BODY_LIMIT_BYTES = 100 * 1024 * 1024;

interface Asked {
  readonly format: DemoFormat;
  /** SSE, or Gemini's JSON array where the client did not ask for SSE. */
  readonly framing: 'sse' | 'array';
  readonly stream: boolean;
  readonly count: boolean;
}

/** Which format a path speaks; undefined for paths that the demo does not have. */
function route(url: string): Asked | undefined {
  const [path = '', query = ''] = url.split('?');
  const plain = { framing: 'sse', stream: false, count: false } as const;
  if (path.endsWith('/chat/completions')) return { ...plain, format: openaiChat };
  if (path.endsWith('/responses')) return { ...plain, format: openaiResponses };
  if (path.endsWith('/messages')) return { ...plain, format: anthropicMessages };
  if (path.endsWith('/messages/count_tokens')) return { ...plain, format: anthropicMessages, count: true };
  if (path.endsWith(':generateContent')) return { ...plain, format: gemini };
  if (path.endsWith(':countTokens')) return { ...plain, format: gemini, count: true };
  if (path.endsWith(':streamGenerateContent'))
    return {
      format: gemini,
      stream: true,
      count: false,
      framing: query.includes('alt=sse') ? 'sse' : 'array',
    };
  return undefined;
}

function readBody(request: IncomingMessage, done: (body: Buffer) => void): void {
  const parts: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > BODY_LIMIT_BYTES) request.destroy();
    else parts.push(chunk);
  });
  request.on('end', () => done(Buffer.concat(parts)));
}

function sendJson(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function encode(frame: DemoFrame, framing: Asked['framing'], first: boolean): string {
  const data = typeof frame.data === 'string' ? frame.data : JSON.stringify(frame.data);
  if (framing === 'array') return `${first ? '[' : ',\r\n'}${data}`;
  return `${frame.event === undefined ? '' : `event: ${frame.event}\n`}data: ${data}\n\n`;
}

/** Sends the frames: those that are paced wait for one beat each, all others leave with their neighbours. */
function sendFrames(
  response: ServerResponse,
  frames: readonly DemoFrame[],
  framing: Asked['framing'],
  paceMs: number,
): void {
  response.writeHead(200, {
    'content-type': framing === 'sse' ? 'text/event-stream; charset=utf-8' : 'application/json',
    'cache-control': 'no-cache',
  });
  let at = 0;
  const step = (): void => {
    if (response.destroyed) return;
    let out = '';
    do {
      const frame = frames[at];
      if (frame === undefined) break;
      out += encode(frame, framing, at === 0);
      at += 1;
    } while (frames[at]?.paced === false || (paceMs === 0 && at < frames.length));
    if (at < frames.length) {
      response.write(out);
      setTimeout(step, paceMs);
    } else {
      response.end(framing === 'array' ? `${out}\r\n]\r\n` : out);
    }
  };
  step();
}

function answer(asked: Asked, request: Json, bytes: number, response: ServerResponse, paceMs: number): void {
  const id = randomBytes(12).toString('hex');
  const ask = asked.format.read(request, bytes);
  const script = writeScript(ask, `call_${id}`);
  const facts: DemoAnswer = {
    id,
    model: DEMO_MODEL,
    created: Math.floor(Date.now() / 1000),
    script,
    request,
  };
  if (asked.count)
    sendJson(
      response,
      200,
      asked.format === gemini ? { totalTokens: script.inputTokens } : { input_tokens: script.inputTokens },
    );
  else if (asked.stream || ask.stream)
    sendFrames(response, asked.format.frames(facts), asked.framing, paceMs);
  else sendJson(response, 200, asked.format.json(facts));
}

function handle(request: IncomingMessage, response: ServerResponse, paceMs: number): void {
  const asked = route(request.url ?? '/');
  if (request.method === 'GET' && (request.url ?? '').split('?')[0]?.endsWith('/models') === true) {
    sendJson(response, 200, {
      object: 'list',
      data: [{ id: DEMO_MODEL, object: 'model', created: 1_767_225_600, owned_by: 'sluice' }],
    });
    return;
  }
  if (asked === undefined || request.method !== 'POST') {
    const error = {
      message: `The demo model has no ${request.method} ${request.url}.`,
      type: 'invalid_request_error',
      param: null,
      code: 'not_found',
    };
    sendJson(response, 404, { error });
    return;
  }
  readBody(request, (body) => {
    try {
      const parsed: unknown = JSON.parse(body.toString('utf8'));
      answer(asked, isRecord(parsed) ? parsed : {}, body.length, response, paceMs);
    } catch {
      sendJson(response, 400, {
        error: {
          message: 'The body is not JSON.',
          type: 'invalid_request_error',
          param: null,
          code: 'invalid_json',
        },
      });
    }
  });
}

/** Starts the demo upstream on a free loopback port. `paceMs` 0 sends streams as fast as they go (for tests). */
export function startDemo(paceMs: number = PACE_MS): Promise<Demo> {
  const server: Server = createServer((request, response) => handle(request, response, paceMs));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      server.unref();
      const { port } = server.address() as AddressInfo;
      resolve({
        origin: `http://127.0.0.1:${port}`,
        close: () => {
          server.close();
          server.closeAllConnections();
        },
      });
    });
  });
}
