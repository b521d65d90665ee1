// The command line's side of the operator's channel: finds the gateway of a configuration and asks it as its operator.

import { request } from 'node:http';
import type { Settings } from '../config/settings.ts';
import { isObject, parseJson, textOf } from '../core/model/json.ts';
import { type EventListener, followEvents, type StreamEnd } from './operator-stream.ts';

/** A gateway that does not say within this that it lives is none. */
const HEALTH_MS = 2_000;
/** Trying a key may take as long as its provider does. */
const ANSWER_MS = 30_000;
const ANSWER_LIMIT = 64 * 1024 * 1024;

/** What the gateway said. */
export type GatewayAnswer =
  | { readonly ok: true; readonly body: unknown }
  | {
      readonly ok: false;
      /** 0: no answer came. */
      readonly status: number;
      readonly message: string;
      readonly suggestion?: string;
    };

/** A running gateway, spoken to as its operator. */
export interface RunningGateway {
  readonly origin: string;
  /** Waits for the answer for half a minute unless told otherwise. */
  ask(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: object,
    timeoutMs?: number,
  ): Promise<GatewayAnswer>;
  /** Hears the events of a path until they end or the signal says so. */
  follow(path: string, heard: EventListener, signal: AbortSignal): Promise<StreamEnd>;
}

/** Where a gateway with these settings is reached from its own machine. */
export function gatewayOrigin({ server }: Pick<Settings, 'server'>): string {
  const { host, port } = server;
  const near = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${near.includes(':') ? `[${near}]` : near}:${port}`;
}

/** The gateway at an address, if one runs there. */
export async function findGateway(
  origin: string,
  token: string | undefined,
): Promise<RunningGateway | undefined> {
  const health = await send(origin, 'GET', '/health', HEALTH_MS, {});
  const alive = health.status === 200 && parseJson(health.text);
  if (!isObject(alive) || alive['status'] !== 'ok') return undefined;
  const headers = { authorization: `Bearer ${token ?? 'none'}` };
  return {
    origin,
    ask: async (method, path, body, timeoutMs = ANSWER_MS) => {
      const answer = await send(origin, method, path, timeoutMs, headers, body);
      return understood(answer, origin);
    },
    follow: (path, heard, signal) => followEvents(`${origin}${path}`, headers, heard, signal),
  };
}

interface RawAnswer {
  readonly status: number;
  readonly text: string;
}

function understood({ status, text }: RawAnswer, origin: string): GatewayAnswer {
  const body = parseJson(text);
  if (status >= 200 && status < 300 && body !== undefined) return { ok: true, body };
  if (status === 401)
    return {
      ok: false,
      status,
      message: `The gateway at ${origin} does not take this user for its operator.`,
      suggestion:
        'Run the command as the user who started it, with the same configuration (--config) and data folder.',
    };
  const error = isObject(body) ? body['error'] : undefined;
  if (!isObject(error))
    return {
      ok: false,
      status,
      message: `The gateway at ${origin} gave no answer that makes sense (${status}).`,
    };
  const suggestion = textOf(error['suggestion']);
  return {
    ok: false,
    status,
    message: textOf(error['message']) ?? `The gateway at ${origin} answered ${status}.`,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

/** One request on a connection of its own. Never rejects; redirects are not followed. */
function send(
  origin: string,
  method: string,
  path: string,
  timeoutMs: number,
  headers: Readonly<Record<string, string>>,
  body?: object,
): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const content = body === undefined ? undefined : JSON.stringify(body);
    const finish = (status: number, text: string): void => {
      clearTimeout(timer);
      resolve({ status, text });
    };
    const sent = request(
      `${origin}${path}`,
      {
        method,
        agent: false,
        headers: {
          ...headers,
          ...(content === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) }),
        },
      },
      (answer) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        answer.on('data', (part: Buffer) => {
          bytes += part.length;
          if (bytes > ANSWER_LIMIT) sent.destroy();
          else parts.push(part);
        });
        answer.on('end', () => finish(answer.statusCode ?? 0, Buffer.concat(parts).toString('utf8')));
        answer.on('error', () => finish(0, ''));
      },
    );
    const timer = setTimeout(() => sent.destroy(new Error('timeout')), timeoutMs);
    sent.on('error', () => finish(0, ''));
    sent.on('close', () => finish(0, ''));
    sent.end(content);
  });
}
