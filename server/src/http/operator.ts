// The operator's endpoints on the wire: path and body become a call, its answer or error becomes JSON. Who the operator
// is was decided before.

import { type SluiceError, sluiceError } from '../core/model/error.ts';
import type { KeyAction, Operator, OperatorCall } from '../exchange/operator/operator.ts';
import type { Log, RawHeaders, Reply } from '../exchange/ports.ts';
import type { RequestBody } from './body.ts';
import { JSON_HEADERS } from './local.ts';
import type { OperatorRoute } from './route-table.ts';

/** What the edge needs for the operator. */
export interface OperatorAccess extends Operator {
  /** What only the operator can know; undefined while nobody can be the operator. */
  token(): string | undefined;
}

/** One authenticated request of the operator. */
export interface OperatorRequest {
  readonly operator: Operator;
  readonly route: OperatorRoute;
  /** Canonical path. */
  readonly path: string;
  readonly body: RequestBody;
  readonly reply: Reply;
  readonly id: string;
  readonly log: Log;
}

/** Questions are small. */
const BODY_LIMIT_BYTES = 64 * 1024;

function send(reply: Reply, status: number, headers: RawHeaders, id: string, body: object): void {
  const text = JSON.stringify(body);
  const own = ['content-length', String(Buffer.byteLength(text)), 'x-request-id', id];
  reply.head(status, [...JSON_HEADERS, ...own, ...headers]);
  reply.end(text);
}

/** Tells the operator's program what is wrong. */
export function refuseOperator(reply: Reply, error: SluiceError, id: string, more: RawHeaders = []): void {
  const { code, message, suggestion, status, retryAfterMs } = error;
  const headers = [...more];
  if (status === 401) headers.push('www-authenticate', 'Bearer realm="sluice operator"');
  if (retryAfterMs !== undefined)
    headers.push('retry-after', String(Math.max(1, Math.ceil(retryAfterMs / 1_000))));
  const told = { code, message, ...(suggestion === undefined ? {} : { suggestion }) };
  send(reply, status, headers, id, { error: told });
}

/** Answers one request of the operator. */
export function answerOperator(request: OperatorRequest): void {
  const { operator, reply, id, log } = request;
  const answering = async (): Promise<void> => {
    const call = await callOf(request);
    if ('code' in call) {
      refuseOperator(reply, call, id);
      return;
    }
    const answer = await operator.answer(call);
    if (answer.ok) send(reply, 200, [], id, answer.body);
    else refuseOperator(reply, answer.error, id);
  };
  answering().catch((defect: unknown) => {
    log.error('A request of the operator failed.', { requestId: id, error: String(defect) });
    if (reply.started) reply.cut();
    else refuseOperator(reply, sluiceError('internal', 'The gateway failed on this request.'), id);
  });
}

async function callOf({ route, path, body }: OperatorRequest): Promise<OperatorCall | SluiceError> {
  switch (route.operator) {
    case 'keys':
      return { what: 'keys' };
    case 'explain': {
      const read = await body.read(BODY_LIMIT_BYTES);
      return Buffer.isBuffer(read) ? { what: 'explain', body: read } : read;
    }
    default:
      return keyCall(route.operator, path);
  }
}

/** /admin/keys/{upstream}/{key}/{action}: ids need no encoding, so that an encoded one is none. */
function keyCall(action: KeyAction, path: string): OperatorCall {
  const [, , , upstreamId = '', keyId = ''] = path.split('/');
  return { what: 'key', action, upstreamId, keyId };
}
