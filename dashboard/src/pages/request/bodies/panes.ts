// The four messages of a captured exchange, each with its headers and its body as lines.

import type {
  CapturedAttempt,
  CapturedBody,
  CapturedHeaders,
  CaptureRecord,
} from '../../../../../server/src/admin/contract.ts';
import { type BodyKind, type BodyLine, readableBody } from './lines.ts';

/** Which of the four. */
export type PaneId = 'clientRequest' | 'upstreamRequest' | 'upstreamAnswer' | 'clientAnswer';

/** In the order in which they happened. */
export const PANES: readonly PaneId[] = [
  'clientRequest',
  'upstreamRequest',
  'upstreamAnswer',
  'clientAnswer',
];

/** One of them; `lines` empty where there is no body, or one that is no text. */
export interface Pane {
  /** "POST /v1/messages", "200". */
  readonly head: string;
  readonly headers: CapturedHeaders;
  readonly body: CapturedBody | undefined;
  readonly lines: readonly BodyLine[];
  readonly kind: BodyKind | undefined;
}

function pane(head: string, headers: CapturedHeaders, body: CapturedBody | undefined): Pane {
  const read = body === undefined ? undefined : readableBody(body, headers);
  return { head, headers, body, lines: read?.lines ?? [], kind: read?.kind };
}

/** What there is of each; absent where it never happened, or nothing of it was kept. */
export function panesOf(
  { request, reply }: CaptureRecord,
  attempt: CapturedAttempt | undefined,
): Readonly<Record<PaneId, Pane | undefined>> {
  const sent = attempt?.request;
  const answer = attempt?.answer;
  return {
    clientRequest: pane(`${request.method} ${request.path}${request.query}`, request.headers, request.body),
    upstreamRequest:
      sent === undefined
        ? undefined
        : pane(`${sent.method} ${sent.origin}${sent.target}`, sent.headers, sent.body),
    upstreamAnswer:
      answer === undefined ? undefined : pane(String(answer.status), answer.headers, answer.body),
    clientAnswer: reply === undefined ? undefined : pane(String(reply.status), reply.headers, reply.body),
  };
}
