// Brings a request that the gateway has seen onto the bench: a captured one with its body, any other with its model and
// format alone.

import type { CaptureRecord, ExchangeView } from '../../../../../server/src/admin/contract.ts';
import { ask } from '../../../api/http.ts';
import { laidOut, modelIn } from '../wire/body.ts';
import { type Dialect, dialectOf, FORMATS } from '../wire/formats.ts';
import { objectOf } from '../wire/json.ts';
import { type Bench, opened, withModel } from './bench.ts';

/** What was brought: the whole request, its beginning, or only what the ledger knows. */
export type Brought = 'whole' | 'cut' | 'facts' | 'unknown';

const OF_MODEL = 'model:';

/** The bench with what the address asks for, and how much of it that is. Throws ApiError. */
export async function loaded(state: Bench, of: string): Promise<readonly [Bench, Brought]> {
  if (of.startsWith(OF_MODEL)) return [withModel(state, of.slice(OF_MODEL.length)), 'whole'];
  return broughtFrom(state, await ask<ExchangeView>(`/exchanges/${encodeURIComponent(of)}`));
}

/** The bench with the request of an exchange. */
export function broughtFrom(state: Bench, exchange: ExchangeView): readonly [Bench, Brought] {
  const dialect = dialectOf(exchange.dialectIn);
  if (dialect === undefined || exchange.use !== 'generate') return [state, 'unknown'];
  const request = captured(exchange)?.request;
  const { body } = request ?? {};
  const model = modelOf(exchange, dialect, request?.path, body?.text);
  if (body === undefined || body.encoding !== 'utf8')
    return [withModel({ ...state, mode: dialect }, model), 'facts'];
  const stream = request?.path.includes(':stream') === true;
  const text = body.cut ? body.text : laidOut(body.text);
  return [opened(state, { dialect, text, model, stream }), body.cut ? 'cut' : 'whole'];
}

function captured({ detail }: ExchangeView): CaptureRecord | undefined {
  if (detail?.kind !== 'capture' || objectOf(detail.content) === undefined) return undefined;
  // A detail of this kind is a CaptureRecord; see the contract.
  return detail.content as CaptureRecord;
}

function modelOf(
  { modelAsked = '' }: ExchangeView,
  dialect: Dialect,
  path: string | undefined,
  body: string | undefined,
): string {
  if (FORMATS[dialect].modelIn === 'body') return modelIn(body ?? '') ?? modelAsked;
  const inPath = /\/models\/([^:]+):/.exec(path ?? '')?.[1];
  return inPath === undefined ? modelAsked : decoded(inPath);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
