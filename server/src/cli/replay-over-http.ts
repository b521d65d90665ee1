// Sends the request of a capture to a gateway as any client would, and compares the two answers.

import { request } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { SluiceError } from '../core/model/error.ts';
import { sluiceError } from '../core/model/error.ts';
import type { CaptureRecord } from '../exchange/detail/capture-record.ts';
import {
  capturedAnswer,
  type RepeatedRequest,
  repeatedRequest,
} from '../exchange/replay/captured-request.ts';
import { compareAnswers } from '../exchange/replay/compare.ts';
import { readAnswer } from '../exchange/replay/read-answer.ts';
import type { ReplayAnswer, ReplayReport, ReplayTarget } from '../exchange/replay/report.ts';
import { textDiff } from '../observe/capture/text-diff.ts';

/** As long as a model may take that thinks for long. */
const ANSWER_MS = 15 * 60_000;

/** Where requests go. */
export interface HttpTarget {
  /** Base URL of the gateway: "http://127.0.0.1:9208". */
  readonly url: string;
  /** Key of a client. */
  readonly key: string | undefined;
  readonly model: string | undefined;
}

/** Sends one, and answers how it went; an error where it cannot be sent. Never rejects. */
export async function replayOverHttp(
  record: CaptureRecord,
  target: HttpTarget,
): Promise<ReplayReport | SluiceError> {
  const repeated = repeatedRequest(record, target.model);
  if ('code' in repeated) return repeated;
  const answer = await send(repeated, target);
  if ('code' in answer) return answer;
  const to: ReplayTarget = target.model === undefined ? {} : { model: target.model };
  const before = capturedAnswer(record);
  const after = answerOf(repeated, answer);
  const { method, path, model, streamed, body, notes } = repeated;
  return {
    request: {
      id: record.id,
      method,
      path,
      ...(model && { model }),
      streamed,
      bytes: body.length,
      to,
      notes,
    },
    before,
    after,
    diff: compareAnswers(before, after, textDiff),
  };
}

interface HttpAnswer {
  readonly status: number;
  header(name: string): string | undefined;
  readonly body: Buffer;
  readonly whole: boolean;
  readonly tookMs: number;
}

function answerOf({ dialect, use }: RepeatedRequest, answer: HttpAnswer): ReplayAnswer {
  const { status, body, whole, tookMs } = answer;
  const read = readAnswer(dialect, use, { status, contentType: answer.header('content-type'), body, whole });
  const upstreamId = answer.header('x-sluice-upstream');
  return {
    exchangeId: answer.header('x-sluice-request-id') ?? '',
    status,
    text: read.text,
    reasoning: read.reasoning,
    toolCalls: read.toolCalls,
    readable: read.readable,
    durationMs: Math.round(tookMs),
    ...(read.model === undefined ? {} : { model: read.model }),
    ...(upstreamId === undefined ? {} : { upstreamId }),
    ...(read.stop === undefined ? {} : { stop: read.stop }),
    ...(read.usage === undefined ? {} : { usage: read.usage }),
    ...(read.error === undefined ? {} : { error: read.error }),
  };
}

function send(repeated: RepeatedRequest, { url, key }: HttpTarget): Promise<HttpAnswer | SluiceError> {
  const { method, path, query, headers, body } = repeated;
  const whole = `${url.replace(/\/+$/, '')}${path}${query}`;
  if (!/^https?:\/\//.test(whole) || !URL.canParse(whole))
    return Promise.resolve(sluiceError('invalid_request', `${url} is not the URL of a gateway.`));
  const startedMs = performance.now();
  return new Promise((resolve) => {
    const all = [...headers, 'content-length', String(body.length), 'host', new URL(whole).host];
    if (key !== undefined) all.push('authorization', `Bearer ${key}`);
    const sent = (whole.startsWith('https:') ? secureRequest : request)(
      whole,
      { method, headers: all, agent: false },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', () => {});
        answer.on('close', () =>
          resolve({
            status: answer.statusCode ?? 0,
            header: (name) => {
              const value = answer.headers[name];
              return typeof value === 'string' ? value : undefined;
            },
            body: Buffer.concat(parts),
            whole: answer.complete,
            tookMs: performance.now() - startedMs,
          }),
        );
      },
    );
    const timer = setTimeout(() => sent.destroy(new Error('it took too long')), ANSWER_MS);
    sent.on('error', (error) =>
      resolve(sluiceError('upstream_connect', `${url} did not answer: ${error.message}.`)),
    );
    sent.on('close', () => clearTimeout(timer));
    sent.end(body);
  });
}
