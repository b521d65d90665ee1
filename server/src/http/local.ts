// The routes that the gateway answers itself: the root, the greeting that Claude Code sends, liveness and readiness.

import type { Clock, RawHeaders, Reply } from '../exchange/ports.ts';
import type { LocalRoute } from './route-table.ts';

/** What the local routes tell. */
export interface LocalFacts {
  readonly version: string;
  /** True while the gateway takes new exchanges. */
  ready(): boolean;
  readonly clock: Clock;
}

/** JSON that nobody is to keep or to take for something else. */
export const JSON_HEADERS: RawHeaders = [
  'content-type',
  'application/json',
  'cache-control',
  'no-store',
  'x-content-type-options',
  'nosniff',
];

const ENDPOINTS = [
  '/v1/chat/completions',
  '/v1/chat',
  '/v1/responses',
  '/v1/messages',
  '/v1beta/models',
  '/v1/models',
  '/health',
  '/ready',
];

function described(local: LocalRoute['local'], facts: LocalFacts): readonly [status: number, body: object] {
  switch (local) {
    case 'health':
      return [
        200,
        {
          status: 'ok',
          timestamp: new Date(facts.clock.epochMs()).toISOString(),
          uptime: Math.round(facts.clock.monotonicMs() / 1_000),
        },
      ];
    case 'hello':
      return [200, { hello: 'sluice' }];
    case 'ready':
      return facts.ready() ? [200, { status: 'ready' }] : [503, { status: 'not ready' }];
    case 'root':
      return [
        200,
        {
          status: 'ok',
          service: 'sluice',
          name: 'sluice',
          version: facts.version,
          endpoints: ENDPOINTS,
        },
      ];
  }
}

/** Answers one local route. They need no credential and reveal nothing but name, version and state. */
export function answerLocally(local: LocalRoute['local'], reply: Reply, facts: LocalFacts): void {
  const [status, body] = described(local, facts);
  reply.head(status, JSON_HEADERS);
  reply.end(JSON.stringify(body));
}
