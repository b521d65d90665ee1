// Captures in one file, to be handed to somebody else or sent again elsewhere. Captures hold no secrets, and the excerpt
// of the configuration is made of what is none.

import type { Settings } from '../../config/settings.ts';
import { DIALECT_IDS } from '../../core/model/dialect-id.ts';
import { type SluiceError, sluiceError } from '../../core/model/error.ts';
import { isObject, listOf, parseJson } from '../../core/model/json.ts';
import type { CaptureRecord } from '../detail/capture-record.ts';
import type { Details, StoredDetail } from '../ports.ts';
import type { Bundle, BundledUpstream } from './bundle-file.ts';

/** The newest shape of a bundle that can be read. */
const FORMAT = 1;

/** What a bundle says of the gateway it comes from. */
export interface BundleFacts {
  readonly version: string;
  readonly nowMs: number;
  readonly settings: Settings;
}

/** One bundle of what was kept of exchanges, in the order given. What is no capture is left out. */
export function bundleOf(
  details: readonly StoredDetail[],
  { version, nowMs, settings }: BundleFacts,
): Bundle {
  const exchanges = details.map(({ text }) => parseJson(text)).filter(isCaptureRecord);
  return {
    sluiceBundle: FORMAT,
    version,
    createdAtMs: nowMs,
    exchanges,
    settings: {
      upstreams: settings.upstreams.map(bundledUpstream),
      aliases: settings.aliases,
      routes: settings.routes.map(({ id }) => id),
      conversion: settings.conversion,
    },
  };
}

/** The bundle of what was kept of these exchanges; undefined where nothing was. */
export async function gatherBundle(
  details: Pick<Details, 'get'>,
  ids: readonly string[],
  facts: BundleFacts,
): Promise<Bundle | undefined> {
  const found = await Promise.all(ids.map((id) => details.get(id)));
  const bundle = bundleOf(
    found.filter((detail) => detail !== undefined),
    facts,
  );
  return bundle.exchanges.length === 0 ? undefined : bundle;
}

function bundledUpstream({
  id,
  provider,
  enabled,
  dialects,
  models,
  aliases,
  streaming,
  priority,
}: Settings['upstreams'][number]): BundledUpstream {
  return { id, provider: provider.id, enabled, priority, dialects, models, aliases, streaming };
}

/** The bundle of a text, or why it is none. */
export function readBundle(text: string): Bundle | SluiceError {
  const json = parseJson(text);
  if (!isObject(json) || json['sluiceBundle'] === undefined) return refusal('This is no bundle of captures.');
  if (json['sluiceBundle'] !== FORMAT)
    return refusal('This bundle was made by a newer version, and cannot be read by this one.');
  const exchanges = listOf(json['exchanges']);
  const faulty = exchanges.findIndex((exchange) => !isCaptureRecord(exchange));
  if (faulty >= 0) return refusal(`Exchange ${faulty + 1} of the bundle is damaged.`);
  return json as unknown as Bundle;
}

const KINDS: readonly CaptureRecord['kind'][] = ['error', 'retried', 'capture'];

/** Whether a JSON value is a capture, as far as sending it again relies on it. */
export function isCaptureRecord(value: unknown): value is CaptureRecord {
  if (!isObject(value) || value['format'] !== FORMAT) return false;
  const { id, kind, request, reply, attempts, outcome, dialectIn, receivedAtMs, use } = value;
  if (typeof id !== 'string' || !KINDS.some((known) => known === kind)) return false;
  if (typeof receivedAtMs !== 'number' || typeof use !== 'string' || !Array.isArray(attempts)) return false;
  if (dialectIn !== undefined && !DIALECT_IDS.some((known) => known === dialectIn)) return false;
  if (!isObject(outcome) || typeof outcome['status'] !== 'number') return false;
  return (
    isMessage(request) &&
    isText(request, ['method', 'path', 'query']) &&
    (reply === undefined || isMessage(reply))
  );
}

type Json = { readonly [member: string]: unknown };

function isText(value: Json, members: readonly string[]): boolean {
  return members.every((member) => typeof value[member] === 'string');
}

/** Headers and perhaps a body. */
function isMessage(value: unknown): value is Json {
  if (!isObject(value)) return false;
  const { headers, body } = value;
  const paired = (pair: unknown): boolean =>
    Array.isArray(pair) && typeof pair[0] === 'string' && typeof pair[1] === 'string';
  if (!Array.isArray(headers) || !headers.every(paired)) return false;
  return (
    body === undefined ||
    (isObject(body) && isText(body, ['text', 'encoding']) && typeof body['bytes'] === 'number')
  );
}

function refusal(message: string): SluiceError {
  return sluiceError('invalid_request', message, {
    suggestion: 'Make one with "sluice capture export", or in the dashboard.',
  });
}
