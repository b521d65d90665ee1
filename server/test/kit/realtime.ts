// Realtime sessions for tests: a provider of WebSockets, a gateway in front of it, and a client that has one open.

import { afterEach } from 'vitest';
import type { Gateway } from './gateway.ts';
import { gatewayWith } from './setting.ts';
import {
  type Opened,
  type Opening,
  openWebSocket,
  startWebSocketServer,
  type WebSocketEnd,
  type WebSocketServer,
  type Wish,
} from './web-socket.ts';

/** Gemini's Live API: https://ai.google.dev/api/live */
export const LIVE_PATH = '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent';

const servers: WebSocketServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

/** A realtime provider for one test that accepts everything, or does what it is told. */
export async function realtimeProvider(
  script: (wish: Wish) => void = (wish) => void wish.accept(),
): Promise<WebSocketServer> {
  const server = await startWebSocketServer(script);
  servers.push(server);
  return server;
}

/** An open session, and what is between its ends. */
export interface Session {
  readonly gateway: Gateway;
  readonly client: WebSocketEnd;
  readonly upstream: WebSocketEnd;
}

/** Opens a session through a gateway. */
export async function openSession(): Promise<Session> {
  const ends: WebSocketEnd[] = [];
  const server = await realtimeProvider((wish) => void ends.push(wish.accept()));
  const gateway = await gatewayWith({ upstreams: [{ origin: server.origin }] });
  const client = opened(await openWebSocket(gateway.port, { path: '/v1/realtime?model=gpt-realtime' }));
  const [upstream] = ends;
  if (upstream === undefined) throw new Error('The upstream saw no session.');
  return { gateway, client, upstream };
}

/** The open end. */
export function opened(result: Opened): WebSocketEnd {
  if (!result.open) throw new Error(`Refused with ${result.status}: ${result.body}`);
  return result.end;
}

/** Opens a WebSocket that will be refused. */
export async function refusal(port: number, opening: Opening): Promise<Extract<Opened, { open: false }>> {
  const result = await openWebSocket(port, opening);
  if (result.open) throw new Error('The WebSocket was opened.');
  return result;
}
