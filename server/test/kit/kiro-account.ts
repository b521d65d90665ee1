// A simulator of Kiro's accounts: both kinds of login with tokens that rotate and end, and the service of the models, which
// answers in an AWS event stream and refuses what it does not know.

import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import type { AccountTokens } from '../../src/core/providers/account.ts';
import { type AccountRequest, json, startAccountServer } from './account-server.ts';
import { at } from './wire.ts';

/** One person's login. */
export interface KiroLogin {
  readonly name: string;
  /** Of AWS: only this registered client may renew it. */
  readonly client: { readonly id: string; readonly secret: string } | undefined;
  readonly profileArn: string;
  access: string;
  refresh: string;
  expiresAtMs: number;
  revoked: boolean;
  /** The month's quota is used up; the answer does not say until when. */
  spentUntilMs: number;
}

/** An event of an answer: its type and its payload. */
export type KiroEvent = readonly [type: string, payload: object, kind?: 'event' | 'exception'];

/** The simulator. */
export interface KiroSimulator {
  readonly origin: string;
  readonly tokenUrl: string;
  readonly logins: Map<string, KiroLogin>;
  readonly renewals: string[];
  readonly served: { readonly name: string; readonly body: unknown }[];
  asked: number;
  /** What the next answers are made of. */
  events: readonly KiroEvent[];
  /** How many bytes of the answer are written at once. */
  pieceBytes: number;
  /** The answer is cut after so many bytes, in good order of HTTP. */
  cutAfterBytes: number | undefined;
  /** The last event is held back until this resolves. */
  beforeLast: Promise<void> | undefined;
  login(name: string, kind: 'social' | 'aws'): KiroLogin;
  tokens(login: KiroLogin): AccountTokens;
  /** Kiro's own file of a login, and the file of its client. */
  tokenFile(login: KiroLogin): string;
  clientFile(login: KiroLogin): string;
  close(): Promise<void>;
}

const HOUR_MS = 3_600_000;
const CLIENT_HASH = 'e909a0580879b06ece1202964ca2f2d11dd3b4f3';

const codec: EventStreamCodec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
);

/** One message of an event stream. */
export function encodedEvent([type, payload, kind = 'event']: KiroEvent): Buffer {
  const text = (value: string): { type: 'string'; value: string } => ({ type: 'string', value });
  return Buffer.from(
    codec.encode({
      headers: {
        [`:${kind}-type`]: text(type),
        ':content-type': text('application/json'),
        ':message-type': text(kind),
      },
      body: Buffer.from(JSON.stringify(payload)),
    }),
  );
}

/** An answer that says a text. */
export function saying(text: string): readonly KiroEvent[] {
  const half = Math.ceil(text.length / 2);
  return [
    ['assistantResponseEvent', { content: text.slice(0, half) }],
    ['assistantResponseEvent', { content: text.slice(half) }],
    ['meteringEvent', { unit: 'credit', usage: 0.05 }],
    ['contextUsageEvent', { contextUsagePercentage: 7.5 }],
  ];
}

const token = (prefix: string): string => `${prefix}CANARY${randomBytes(24).toString('hex')}`;

/** Starts the simulator. */
export async function startKiroSimulator(): Promise<KiroSimulator> {
  const find = (test: (login: KiroLogin) => boolean): KiroLogin | undefined =>
    [...simulator.logins.values()].find(test);

  const renew = (body: unknown, response: ServerResponse): void => {
    const shown = String(at(body, 'refreshToken'));
    simulator.renewals.push(shown);
    const login = find(({ refresh }) => refresh === shown);
    const client = login?.client;
    const isKnown =
      client === undefined
        ? at(body, 'grantType') === undefined
        : at(body, 'clientId') === client.id && at(body, 'clientSecret') === client.secret;
    if (login === undefined || login.revoked || !isKnown) {
      json(response, 401, { message: 'Invalid refresh token provided' });
      return;
    }
    rotate(login);
    const { access: accessToken, refresh: refreshToken, profileArn } = login;
    json(response, 200, {
      accessToken,
      refreshToken,
      expiresIn: 3600,
      ...(client === undefined ? { profileArn } : { tokenType: 'Bearer' }),
    });
  };

  const generate = async (
    login: KiroLogin,
    request: AccountRequest,
    response: ServerResponse,
  ): Promise<void> => {
    const body: unknown = JSON.parse(request.text);
    if (login.spentUntilMs > Date.now()) {
      json(response, 402, { message: 'You have reached the limit.', reason: 'MONTHLY_REQUEST_COUNT' });
      return;
    }
    const fault = faultIn(body);
    if (fault !== undefined) {
      json(response, 400, { message: `Improperly formed request. ${fault}`, reason: null });
      return;
    }
    simulator.served.push({ name: login.name, body });
    const encoded = simulator.events.map(encodedEvent);
    const whole = Buffer.concat(encoded);
    const sent = whole.subarray(0, simulator.cutAfterBytes ?? whole.length);
    const last = whole.length - (encoded.at(-1)?.length ?? 0);
    response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
    for (let from = 0; from < sent.length; ) {
      if (from === last) await simulator.beforeLast;
      const to = from < last ? Math.min(last, from + simulator.pieceBytes) : from + simulator.pieceBytes;
      response.write(sent.subarray(from, to));
      from = to;
    }
    response.end();
  };

  const service = async (request: AccountRequest, response: ServerResponse): Promise<void> => {
    simulator.asked += 1;
    const login = find(({ access }) => access === request.bearer);
    if (login === undefined || login.expiresAtMs <= Date.now() || login.revoked) {
      json(response, 403, { message: 'The bearer token included in the request is invalid.', reason: null });
      return;
    }
    const routes: Readonly<Record<string, () => void | Promise<void>>> = {
      '/generateAssistantResponse': () => generate(login, request, response),
      '/ListAvailableModels': () =>
        json(response, 200, {
          models: [{ modelId: 'claude-sonnet-4.5', modelName: 'Claude Sonnet 4.5' }, { modelId: 'auto' }],
        }),
      '/getUsageLimits': () => json(response, 200, usageOf(login)),
    };
    const route = routes[request.path];
    if (route === undefined) json(response, 404, { message: 'UnknownOperationException' });
    else await route();
  };

  const server = await startAccountServer((request, response) =>
    request.path === '/token' ? renew(JSON.parse(request.text), response) : service(request, response),
  );

  const simulator: KiroSimulator = {
    origin: server.origin,
    tokenUrl: `${server.origin}/token`,
    logins: new Map(),
    renewals: [],
    served: [],
    asked: 0,
    events: saying('Said by Kiro.'),
    pieceBytes: 64,
    cutAfterBytes: undefined,
    beforeLast: undefined,
    login: (name, kind) => {
      const login: KiroLogin = {
        name,
        client: kind === 'aws' ? { id: 'client-1', secret: token('cs') } : undefined,
        profileArn: 'arn:aws:codewhisperer:us-east-1:1:profile/ABC',
        access: token('aoa'),
        refresh: token('aor'),
        expiresAtMs: Date.now() + HOUR_MS,
        revoked: false,
        spentUntilMs: 0,
      };
      simulator.logins.set(name, login);
      return login;
    },
    tokens: ({ access, refresh, client, profileArn, expiresAtMs }) => ({
      accessToken: access,
      refreshToken: refresh,
      expiresAtMs,
      region: 'us-east-1',
      ...(client === undefined ? { profileArn } : { clientId: client.id, clientSecret: client.secret }),
    }),
    tokenFile: ({ access, refresh, expiresAtMs, client, profileArn }) =>
      JSON.stringify({
        accessToken: access,
        refreshToken: refresh,
        expiresAt: new Date(expiresAtMs).toISOString(),
        region: 'us-east-1',
        ...(client === undefined
          ? { profileArn, authMethod: 'social', provider: 'Github' }
          : { clientIdHash: CLIENT_HASH, authMethod: 'IdC', provider: 'BuilderId' }),
      }),
    clientFile: ({ client }) => JSON.stringify({ clientId: client?.id, clientSecret: client?.secret }),
    close: () => server.close(),
  };
  return simulator;
}

/** New tokens; the old ones are worth nothing. */
function rotate(login: KiroLogin): void {
  login.expiresAtMs = Date.now() + HOUR_MS;
  login.access = token('aoa');
  login.refresh = token('aor');
}

/** What the service would not take; undefined: nothing. */
function faultIn(body: unknown): string | undefined {
  const now = at(body, 'conversationState', 'currentMessage', 'userInputMessage');
  const results = at(now, 'userInputMessageContext', 'toolResults');
  const history = (at(body, 'conversationState', 'history') ?? []) as readonly object[];
  if (at(now, 'modelId') === undefined) return 'no model';
  if (at(now, 'content') === '' && results === undefined) return 'no content';
  const sides = history.map((turn) => Object.keys(turn)[0]);
  const alternates = sides.every(
    (side, index) => side === (index % 2 === 0 ? 'userInputMessage' : 'assistantResponseMessage'),
  );
  if (!alternates || sides.length % 2 === 1) return 'the history does not alternate';
  const uses = history.some((turn) => at(turn, 'assistantResponseMessage', 'toolUses') !== undefined);
  const tools = at(now, 'userInputMessageContext', 'tools');
  if ((uses || results !== undefined) && tools === undefined) return 'tools were used and none are defined';
  const members = Object.keys(body as object).filter(
    (name) => !/^(conversationState|profileArn)$/.test(name),
  );
  return members.length > 0 ? `unknown: ${members.join(', ')}` : undefined;
}

function usageOf({ name, spentUntilMs }: KiroLogin): object {
  const spent = spentUntilMs > Date.now();
  return {
    nextDateReset: (spent ? spentUntilMs : Date.now() + HOUR_MS) / 1000,
    subscriptionInfo: { subscriptionTitle: 'KIRO FREE' },
    userInfo: { email: `${name}@example.org`, userId: `u-${name}` },
    usageBreakdownList: [
      { resourceType: 'CREDIT', displayNamePlural: 'Credits', currentUsage: spent ? 50 : 5, usageLimit: 50 },
    ],
  };
}
