// Answers "which models are there?" over all upstreams, in the shape of whoever asks.

import type { Settings, Upstream } from '../config/settings.ts';
import {
  bareModelName,
  type ModelEntry,
  renderModel,
  renderModelList,
} from '../core/catalogue/model-list.ts';
import type { Dialect } from '../core/dialects/dialect.ts';
import { familyOf } from '../core/model/dialect-id.ts';
import { sluiceError } from '../core/model/error.ts';
import { nearest } from '../core/near.ts';
import { matchesAny, matchesGlob } from '../core/routing/glob.ts';
import type { Discovery } from './discover-models.ts';
import type { Inbound, Ports } from './ports.ts';
import { closeRecord, type ExchangeRecord } from './record.ts';
import { recorded } from './recorded.ts';
import { refuse } from './refuse.ts';
import { type Access, mayUseModel, namesBehind, usableUpstreams } from './rights/access.ts';

/** A request for the list (model undefined) or for one model of it. */
export interface ModelsCall {
  readonly name: string;
  /** The dialect whose shape and errors the caller reads. */
  readonly dialect: Dialect;
  readonly model: string | undefined;
}

const hasWildcard = (name: string): boolean => name.includes('*') || name.includes('?');

/** What one upstream contributes: names written in the configuration, aliases, and what it says itself. */
async function entriesOf(upstream: Upstream, discovery: Discovery): Promise<ModelEntry[]> {
  const named = [...upstream.models, ...Object.keys(upstream.aliases)].filter((name) => !hasWildcard(name));
  const entries: ModelEntry[] = named.map((id) => ({ id, owner: upstream.id }));
  const asks = upstream.models.length === 0 || upstream.models.some(hasWildcard);
  if (!asks) return entries;
  const offered = await discovery.offered(upstream);
  const allowed = (id: string): boolean =>
    upstream.models.length === 0 || upstream.models.some((glob) => matchesGlob(glob, id));
  return [...entries, ...offered.filter((entry) => allowed(entry.id))];
}

/** Models that routes give to this client's requests: it is served with them, whether or not an upstream lists them. */
function* givenModels(settings: Settings, client: string): Generator<string> {
  for (const { clients, defaultModel, forceModel } of settings.routes) {
    if (clients.length > 0 && !matchesAny(clients, client)) continue;
    if (forceModel !== undefined) yield forceModel;
    if (defaultModel !== undefined) yield defaultModel;
  }
}

/**
 * All models of a configuration, each name once, the upstream of highest priority first. A route that forces a model takes
 * nothing off the list: its clients may go on asking for what they know. What the client may not use is not on it.
 */
async function allModels(settings: Settings, discovery: Discovery, access: Access): Promise<ModelEntry[]> {
  const upstreams = usableUpstreams(settings.upstreams, access).filter((upstream) => upstream.enabled);
  upstreams.sort((a, b) => b.priority - a.priority);
  const lists = await Promise.all(upstreams.map((upstream) => entriesOf(upstream, discovery)));
  const byId = new Map<string, ModelEntry>();
  for (const id of Object.keys(settings.aliases)) if (!hasWildcard(id)) byId.set(id, { id, owner: 'alias' });
  for (const entry of lists.flat()) {
    const known = byId.get(entry.id);
    // A bare configured name gives way to the vendor's fuller description of the same model.
    if (known === undefined || (known.native === undefined && entry.native !== undefined))
      byId.set(entry.id, entry);
  }
  for (const id of givenModels(settings, access?.id ?? ''))
    if (!byId.has(id)) byId.set(id, { id, owner: 'route' });
  const all = [...byId.values()];
  if (access?.models === undefined) return all;
  return all.filter(({ id }) => mayUseModel(access, ...namesBehind(id, settings.aliases, upstreams)));
}

/** Names and owners of all models, as a client sees them; undefined: as one without restrictions does. */
export async function offeredModels(
  settings: Settings,
  discovery: Discovery,
  access: Access,
): Promise<readonly { readonly id: string; readonly owner: string }[]> {
  const models = await allModels(settings, discovery, access);
  return models.map(({ id, owner }) => ({ id, owner }));
}

/** Serves one models request. */
export function listModels(
  ports: Ports,
  discovery: Discovery,
  call: ModelsCall,
  inbound: Inbound,
): Promise<void> {
  const route = { name: call.name, dialect: call.dialect, use: 'resource' } as const;
  return recorded(ports, inbound, route, (record) => serve(ports, discovery, call, inbound, record));
}

async function serve(
  ports: Ports,
  discovery: Discovery,
  call: ModelsCall,
  inbound: Inbound,
  record: ExchangeRecord,
): Promise<void> {
  const { dialect } = call;
  const family = familyOf(dialect.id);
  const entries = await allModels(ports.settings(), discovery, inbound.client);
  if (inbound.reply.closed) {
    closeRecord(ports, record, { status: 499, errorCode: 'client_closed', aborted: true });
    return;
  }
  const wanted = call.model === undefined ? undefined : bareModelName(call.model);
  const entry = wanted === undefined ? undefined : entries.find((candidate) => candidate.id === wanted);

  if (wanted !== undefined && entry === undefined) {
    const near = nearest(
      wanted,
      entries.map((candidate) => candidate.id),
    );
    const error = sluiceError('model_not_found', `No configured upstream lists a model named "${wanted}".`, {
      ...(near.length === 0 ? {} : { suggestion: `Did you mean ${near.join(', ')}?` }),
    });
    closeRecord(ports, record, { status: refuse(inbound.reply, dialect, error, inbound.id), error });
    return;
  }
  const body = JSON.stringify(
    entry === undefined ? renderModelList(entries, family) : renderModel(entry, family),
  );
  const length = String(Buffer.byteLength(body));
  inbound.reply.head(200, [
    'content-type',
    'application/json',
    'content-length',
    length,
    'x-request-id',
    inbound.id,
    'x-sluice-request-id',
    inbound.id,
  ]);
  inbound.reply.end(inbound.method === 'HEAD' ? undefined : body);
  record.bytesOut = Number(length);
  closeRecord(ports, record, { status: 200 });
}
