// One request of the unified API, `POST /v1/chat`: an exchange of Chat Completions in other clothes. Everything between
// reading the request and wording the answer is the ordinary exchange: routing, conversion, failover, ledger.

import { type SluiceError, sluiceError } from '../../core/model/error.ts';
import type { DialectCall } from '../context.ts';
import type { Inbound, Ports } from '../ports.ts';
import type { ExchangeRecord } from '../record.ts';
import { usableUpstreams } from '../rights/access.ts';
import { ChatInbound } from './chat-inbound.ts';
import { invalidRequest } from './invalid.ts';
import { providerNames, upstreamsNamed } from './providers.ts';
import { UnifiedReply } from './reply.ts';
import { readUnified, type UnifiedReading, type UnifiedRequest } from './request.ts';

/** What a unified request needs. */
export interface UnifiedSetting {
  readonly ports: Ports;
  /** A generation in the format of Chat Completions. */
  readonly call: DialectCall;
  /** Runs one exchange to its end; see exchange(). */
  run(call: DialectCall, inbound: Inbound): Promise<void>;
}

/** Serves one request. Resolves when its answer has ended and its row is closed. Never rejects. */
export async function unifiedChat(setting: UnifiedSetting, inbound: Inbound): Promise<void> {
  const { ports, call, run } = setting;
  const { query, asked } = takeStream(inbound.query);
  const reply = new UnifiedReply(inbound.reply);
  let request: UnifiedRequest | undefined;
  let only: readonly string[] | undefined;
  let record: ExchangeRecord | undefined;

  const read = (body: Buffer): Buffer | SluiceError => {
    const upstreams = usableUpstreams(ports.settings().upstreams, inbound.client);
    const providers = providerNames(upstreams);
    const reading = readBody(body, asked, providers);
    if (!reading.ok) {
      if (record !== undefined) record.bytesIn = body.length;
      reply.replaceError(invalidRequest(reading.issues, providers));
      return INVALID;
    }
    request = reading.request;
    reply.stream = request.stream;
    only = request.provider === undefined ? undefined : upstreamsNamed(upstreams, request.provider);
    return encode(request.chat);
  };
  const opened = (row: ExchangeRecord): void => {
    record = row;
  };
  await run({ ...call, only: () => only, opened }, new ChatInbound(inbound, { query, reply, read }));
  reply.finish({
    provider: request?.provider ?? record?.upstreamId,
    usage: record?.usage,
    estimated: record?.usageEstimated === true,
    cost: record?.cost,
    latencyMs: ports.clock.monotonicMs() - inbound.receivedMs,
  });
}

const INVALID: SluiceError = sluiceError('invalid_request', 'Invalid request');
const TOO_DEEP: SluiceError = sluiceError('invalid_json', 'The body is nested too deeply.');

function readBody(body: Buffer, streamAsked: boolean, providers: readonly string[]): UnifiedReading {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    return { ok: false, issues: [{ path: [], message: 'The body is not valid JSON' }] };
  }
  return readUnified(json, streamAsked, providers);
}

/** JSON that was parsed can be nested too deeply to be written again. */
function encode(chat: unknown): Buffer | SluiceError {
  try {
    return Buffer.from(JSON.stringify(chat));
  } catch {
    return TOO_DEEP;
  }
}

/** `?stream=true` is for the gateway; the other parameters go on. */
function takeStream(query: string): { readonly query: string; readonly asked: boolean } {
  const pairs = query.slice(1).split('&');
  const rest = pairs.filter((pair) => pair !== '' && !pair.startsWith('stream='));
  const asked = pairs.some((pair) => /^stream=(?:true|1)$/i.test(pair));
  return { query: rest.length === 0 ? '' : `?${rest.join('&')}`, asked };
}
