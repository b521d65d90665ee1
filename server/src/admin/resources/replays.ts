// Sends the request of a capture again that need not be one of this gateway: out of a bundle.

import { z } from 'zod';
import { isCaptureRecord } from '../../exchange/replay/bundle.ts';
import type { AdminApp } from '../app.ts';
import { notAvailable, refused, told } from '../app.ts';
import { replaySchema } from '../contract/replay.ts';
import type { AdminParts } from '../parts.ts';

const name = z.string().min(1).max(512);

const requestSchema = z.strictObject({
  record: z.unknown().describe('One of the exchanges of a bundle. Its attempts may be left out.'),
  model: name.optional().describe('Another model; the one that was asked for where absent.'),
  upstream: name.optional().describe('The upstream that alone may serve it.'),
});

/** Registers the endpoint. */
export function registerReplays(app: AdminApp, parts: AdminParts): void {
  app.route({
    method: 'POST',
    path: '/replays',
    name: 'replays.create',
    summary: 'Send the request of a bundled exchange, and compare both answers',
    description: 'The request goes to its provider and is billed like any other.',
    body: requestSchema,
    answer: replaySchema,
    run: async ({ body, note }) => {
      if (parts.replayRecord === undefined) return notAvailable('Replaying');
      const { record, model, upstream } = body;
      if (!isCaptureRecord(record)) {
        const message = 'The record is no captured exchange.';
        return refused({ status: 400, code: 'invalid', message, issues: [{ path: 'record', message }] });
      }
      note(`${record.id} of a bundle${model === undefined ? '' : ` as ${model}`}`);
      const to = {
        ...(model === undefined ? {} : { model }),
        ...(upstream === undefined ? {} : { upstream }),
      };
      const report = await parts.replayRecord(record, to);
      return 'code' in report ? refused(report) : told({ ...report });
    },
  });
}
