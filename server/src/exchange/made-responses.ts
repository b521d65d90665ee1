// Responses that the gateway made itself, out of answers in other formats: no upstream can know their ids, so whoever comes
// back to one is answered here. https://platform.openai.com/docs/api-reference/responses

import { type SluiceError, sluiceError } from '../core/model/error.ts';
import type { Memory } from './memory.ts';
import type { Inbound, Ports } from './ports.ts';
import { closeRecord, type ExchangeRecord } from './record.ts';
import { forgetResponse } from './response-keep.ts';

/** Routes that name one response. */
const ROUTES = new Set(['responses.one', 'responses.input_items', 'responses.cancel']);

/** As the ids of our own requests are: no provider makes ids of this length. */
const OWN_ID = /^resp_[0-9a-f]{24}$/;

const GONE: SluiceError = sluiceError('not_found', 'There is no response of this id.');
const NOT_STORED: SluiceError = sluiceError(
  'not_found',
  'The gateway made this response from an answer in another format, and stores no such response: no upstream knows it.',
  { suggestion: 'Continue it with previous_response_id, or keep the answer when it comes.' },
);

/**
 * The id of a response that the gateway made and a request is about. One whose owner is known comes from an upstream, which
 * may be such a gateway itself.
 */
export function madeResponse(
  { owners }: Pick<Memory, 'owners'>,
  route: string,
  { path }: Inbound,
): string | undefined {
  if (!ROUTES.has(route)) return undefined;
  const id = path.split('/').find((segment) => OWN_ID.test(segment));
  return id === undefined || owners.find(id) !== undefined ? undefined : id;
}

/** Forgets what is kept of one where that is asked for, and closes the row; else, or where nothing is kept, why not. */
export async function answerMade(
  ports: Ports,
  inbound: Inbound,
  record: ExchangeRecord,
  id: string,
): Promise<SluiceError | undefined> {
  if (inbound.method !== 'DELETE') return NOT_STORED;
  if (!(await forgetResponse(ports.keep, inbound.client?.id, id))) return GONE;
  const body = JSON.stringify({ id, object: 'response', deleted: true });
  record.bytesOut = Buffer.byteLength(body);
  inbound.reply.head(200, [
    'content-type',
    'application/json',
    'content-length',
    String(record.bytesOut),
    'x-request-id',
    inbound.id,
    'x-sluice-request-id',
    inbound.id,
  ]);
  inbound.reply.end(body);
  closeRecord(ports, record, { status: 200 });
  return undefined;
}
