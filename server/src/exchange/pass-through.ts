// Native resources of a provider (files, batches, vector stores, caches, realtime sessions, …): bytes go both ways as they
// come, to the account that owns the resource. Uploads of any size flow: only a JSON body that may name a model is held in memory.

import type { Dialect } from '../core/dialects/dialect.ts';
import { type Family, familyOf } from '../core/model/dialect-id.ts';
import { type SluiceError, sluiceError } from '../core/model/error.ts';
import { joinUrl } from '../core/providers/join-url.ts';
import { answerMade, madeResponse } from './made-responses.ts';
import type { Memory } from './memory.ts';
import type { Owner } from './owners.ts';
import type { Inbound, OutboundRequest, Ports, RawHeaders } from './ports.ts';
import { type AddressedTarget, addressModel, modelIn } from './realtime-model.ts';
import { closeRecord, type ExchangeRecord } from './record.ts';
import { recorded } from './recorded.ts';
import { refuse } from './refuse.ts';
import { type ResourceOutcome, type ResourceTarget, relayResource } from './relay-resource.ts';
import { mayNameModel, nobodyAt, readForModel } from './resource-model.ts';
import { usableUpstreams } from './rights/access.ts';
import { resourceRefusal } from './rights/resource-access.ts';
import { admitResource } from './rights/resource-limits.ts';
import { headersFor } from './target-headers.ts';
import { runTunnel } from './tunnel.ts';

/** A matched pass-through route. */
export interface ResourceCall {
  readonly name: string;
  readonly family: Family;
  /** Words the errors. */
  readonly dialect: Dialect;
}

/** Statuses after which a bodiless request may ask the next account: it is not there, or this key may not. */
const ASK_NEXT = new Set([401, 403, 404, 429, 500, 502, 503, 504, 529]);

/** What another client has made is not there. */
const NOT_THERE = sluiceError('not_found', 'There is nothing of this id.');

/** Serves one resource request. Resolves when the answer has ended and its row is closed. */
export function passThrough(
  ports: Ports,
  memory: Memory,
  call: ResourceCall,
  inbound: Inbound,
): Promise<void> {
  const route = { name: call.name, dialect: call.dialect, use: 'resource' } as const;
  return recorded(ports, inbound, route, (record, seen, from) => serve(seen, memory, call, from, record));
}

async function serve(
  ports: Ports,
  memory: Memory,
  call: ResourceCall,
  inbound: Inbound,
  record: ExchangeRecord,
): Promise<void> {
  const ids = resourceIds(inbound);
  const learning = memory.owners.learn(ids, inbound.client?.id);
  if (learning !== undefined) await learning;
  const foreign = ids.some((id) => memory.owners.isForeign(id, inbound.client?.id));
  const denied = foreign ? NOT_THERE : resourceRefusal(ports.settings(), call.name, inbound);
  if (denied !== undefined) return deny(ports, call, inbound, record, denied);
  const made = madeResponse(memory, call.name, inbound);
  if (made !== undefined) {
    const error = await answerMade(ports, inbound, record, made);
    return error === undefined ? undefined : deny(ports, call, inbound, record, error);
  }
  const admitting = admitResource(ports, memory, call.name, inbound);
  const admission = admitting instanceof Promise ? await admitting : admitting;
  if (!admission.ok) {
    return deny(ports, call, inbound, record, admission.error, admission.headers);
  }
  try {
    await relay(ports, memory, call, inbound, record);
  } finally {
    admission.end();
  }
}

/** Tells the client why it is not served, unless it has left, and closes the row. */
function deny(
  ports: Ports,
  call: ResourceCall,
  inbound: Inbound,
  record: ExchangeRecord,
  error: SluiceError,
  headers: RawHeaders = [],
): void {
  const aborted = error.code === 'client_closed';
  const status = aborted ? error.status : refuse(inbound.reply, call.dialect, error, inbound.id, headers);
  closeRecord(ports, record, { status, error, aborted });
}

/** Asks those who may have the resource, one after the other where that is harmless. */
async function relay(
  ports: Ports,
  memory: Memory,
  call: ResourceCall,
  inbound: Inbound,
  record: ExchangeRecord,
): Promise<void> {
  let targets = addressedTargets(ports, memory, call.family, inbound, record);
  let body: Buffer | undefined;
  if (mayNameModel(ports.settings(), call.name, inbound)) {
    const read = await readForModel(ports.settings(), inbound);
    if ('code' in read) return deny(ports, call, inbound, record, read);
    const { only } = read;
    if (only !== undefined) targets = targets.filter(({ target }) => target.upstream.id === only);
    if (only !== undefined && targets.length === 0)
      return deny(ports, call, inbound, record, nobodyAt(only, call.family));
    body = read.body;
    record.modelAsked = read.model;
  }
  const repeatable = inbound.method === 'GET' || inbound.method === 'HEAD' || inbound.method === 'DELETE';
  const tries = repeatable ? targets : targets.slice(0, 1);

  let outcome: ResourceOutcome | undefined;
  for (const [index, { target, query }] of tries.entries()) {
    record.attempts += 1;
    record.dialectOut = target.dialect;
    record.upstreamId = target.upstream.id;
    record.keyId = target.key.id;
    const last = index === tries.length - 1;
    outcome = await relayResource({
      ports,
      inbound,
      record,
      target,
      memory,
      request: requestFor(inbound, target, query, repeatable, body),
      mayAskNext: (status) => !last && ASK_NEXT.has(status),
    });
    if (outcome.kind === 'switched') {
      const { headers, connection } = outcome;
      return runTunnel({ ports, memory, inbound, record, target, headers, upstream: connection });
    }
    if (outcome.kind !== 'next') break;
  }

  if (outcome?.kind === 'answered') {
    closeRecord(ports, record, { status: outcome.status });
  } else if (outcome?.kind === 'left') {
    closeRecord(ports, record, { status: 499, errorCode: 'client_closed', aborted: true });
  } else {
    const error =
      outcome?.error ??
      sluiceError(
        'dialect_unavailable',
        `No configured upstream is of the ${call.family} family, which this path belongs to.`,
        {
          suggestion: `Add an upstream that speaks it, for example with provider "${call.family}".`,
        },
      );
    const status = inbound.reply.started ? 200 : refuse(inbound.reply, call.dialect, error, inbound.id);
    closeRecord(ports, record, { status, error });
  }
}

/** Path segments and upload ids that may name a resource. */
function resourceIds(inbound: Inbound): string[] {
  const ids = inbound.path.split('/').flatMap((segment) => [segment, segment.split(':')[0] ?? '']);
  const upload = /[?&]upload_id=([^&]*)/.exec(inbound.query)?.[1];
  return upload === undefined ? ids : [upload, ...ids];
}

/** Targets of a family, each with the query that it is sent. Only the model of a WebSocket stands in the query. */
function addressedTargets(
  ports: Ports,
  memory: Memory,
  family: Family,
  inbound: Inbound,
  record: ExchangeRecord,
): AddressedTarget[] {
  const { upgrade, query } = inbound;
  const targets = findTargets(ports, memory, family, inbound);
  const model = upgrade === undefined ? undefined : modelIn(query);
  if (model === undefined) return targets.map((target) => ({ target, query }));
  record.modelAsked = model;
  return addressModel(ports.settings(), targets, model, query);
}

/** Targets of a family: the owner of the named resource alone where it is known, else every account by priority, cooling ones last. */
function findTargets(ports: Ports, memory: Memory, family: Family, inbound: Inbound): ResourceTarget[] {
  const targets: ResourceTarget[] = [];
  const usable = usableUpstreams(ports.settings().upstreams, inbound.client);
  const upstreams = usable.filter((upstream) => upstream.enabled);
  upstreams.sort((a, b) => b.priority - a.priority);
  for (const upstream of upstreams) {
    const dialect = upstream.dialects.find((id) => familyOf(id) === family);
    // An account serves models alone: it has no files, batches or the like.
    if (dialect !== undefined && upstream.provider.accounts === undefined)
      for (const key of upstream.keys.filter(({ disabled }) => disabled !== true))
        targets.push({ upstream, key, dialect });
  }
  for (const id of resourceIds(inbound)) {
    const owner = memory.owners.find(id);
    const owned = owner === undefined ? undefined : targets.find((target) => isOwner(target, owner));
    if (owned !== undefined) return [owned];
  }
  const cools = ({ upstream, key }: ResourceTarget): boolean =>
    memory.pool.standings.rests(upstream.id, key.id);
  return [...targets.filter((target) => !cools(target)), ...targets.filter(cools)];
}

function isOwner(target: ResourceTarget, owner: Owner): boolean {
  return target.upstream.id === owner.upstreamId && target.key.id === owner.keyId;
}

function requestFor(
  inbound: Inbound,
  target: ResourceTarget,
  query: string,
  bodiless: boolean,
  read: Buffer | undefined,
): OutboundRequest {
  const { upstream, key, dialect } = target;
  const url = joinUrl(upstream.baseUrls[dialect] ?? '', inbound.path, query);
  const hasBody = !bodiless || (inbound.bodyLength ?? 0) > 0;
  return {
    destination: { origin: url.origin, proxy: upstream.proxy },
    method: inbound.method,
    target: url.target,
    headers: [
      ...headersFor(inbound.headers, { upstream, key }, dialect),
      ...(inbound.upgrade?.headers ?? []),
    ],
    body:
      read !== undefined
        ? { kind: 'bytes', parts: [read], length: read.length }
        : hasBody
          ? { kind: 'stream', length: inbound.bodyLength, pipe: (sink) => inbound.pipeBody(sink) }
          : { kind: 'none' },
    decode: false,
    connectMs: upstream.timeouts.connectMs,
  };
}
