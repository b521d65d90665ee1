// A gateway process with everything that the admin API can tell of, a provider behind it, and a caller with the admin key.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Gateway, startGateway } from '../kit/gateway.ts';

/** An answer of the admin API. */
export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look where they like.
  readonly json: any;
}

/** A provider that answers every chat as the model that was asked for, and tells which key it was asked with. */
export interface Provider {
  readonly origin: string;
  /** The Authorization headers of what it was asked, in order. */
  readonly asked: string[];
  stop(): void;
}

/** 1,000 tokens in and 500 out, whatever is asked. */
export async function startProvider(): Promise<Provider> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    let sent = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      sent += part;
    });
    request.on('end', () => {
      const { model } = JSON.parse(sent || '{}') as { readonly model?: string };
      asked.push(request.headers.authorization ?? '');
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({
          id: `c${asked.length}`,
          object: 'chat.completion',
          created: 1,
          model,
          choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'hi' } }],
          usage: { prompt_tokens: 1_000, completion_tokens: 500, total_tokens: 1_500 },
        }),
      );
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, asked, stop: () => void server.close() };
}

/** The gateway and its admin. */
export interface Administered {
  readonly gateway: Gateway;
  send(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Told>;
  /** The same below /admin/v1. */
  admin(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Told>;
  /** One chat of a client; what it is answered. */
  chat(key: string, model: string, more?: object): Promise<Told>;
}

/** Starts the gateway and gets an admin key for it. */
export async function administered(config: Readonly<Record<string, unknown>>): Promise<Administered> {
  const gateway = await startGateway({ config });
  const { origin } = gateway;
  const flags = ['--config', `${gateway.folder}/sluice.jsonc`, '--port', new URL(origin).port];
  const made = await gateway.command('dashboard', '--new-key', ...flags);
  const key = /sk-sluice-admin-[\w-]+/.exec(made.stdout + made.stderr)?.[0];
  if (key === undefined) throw new Error(`No admin key: ${made.stdout}${made.stderr}`);
  const send: Administered['send'] = async (method, path, body, headers = {}) => {
    const content =
      body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const sent = { authorization: `Bearer ${key}`, ...type, ...headers };
    const answer = await fetch(`${origin}${path}`, { method, headers: sent, ...content });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, json: parsed(text) };
  };
  return {
    gateway,
    send,
    admin: (method, path, body, headers) => send(method, `/admin/v1${path}`, body, headers),
    chat: (client, model, more = {}) =>
      send(
        'POST',
        '/v1/chat/completions',
        { model, messages: [{ role: 'user', content: 'q' }], ...more },
        { authorization: `Bearer ${client}` },
      ),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
