// The window in which exchanges are captured.

import type { CaptureStatus, CaptureWindow } from '../../exchange/detail/capture-control.ts';
import type { AdminApp } from '../app.ts';
import { notAvailable, told } from '../app.ts';
import {
  type CaptureFilterView,
  type CaptureRequest,
  captureRequestSchema,
  captureSchema,
} from '../contract/control.ts';
import type { AdminParts } from '../parts.ts';

/** Registers the endpoints. */
export function registerCapture(app: AdminApp, { capture, clock }: AdminParts): void {
  app.route({
    method: 'GET',
    path: '/capture',
    name: 'capture.get',
    summary: 'Whether exchanges are captured, and what was',
    answer: captureSchema,
    run: async () => (capture === undefined ? notAvailable('Capturing') : told(capture.status())),
  });
  app.route({
    method: 'POST',
    path: '/capture',
    name: 'capture.open',
    summary: 'Capture what comes: for 30 seconds unless told otherwise',
    body: captureRequestSchema,
    answer: captureSchema,
    run: async ({ body, note }) => {
      if (capture === undefined) return notAvailable('Capturing');
      const status: CaptureStatus = capture.open(windowOf(body, clock.epochMs()));
      note(status.untilMs === undefined ? 'open' : `until ${new Date(status.untilMs).toISOString()}`);
      return told(status);
    },
  });
  app.route({
    method: 'DELETE',
    path: '/capture',
    name: 'capture.close',
    summary: 'Capture nothing more',
    answer: captureSchema,
    run: async () => (capture === undefined ? notAvailable('Capturing') : told(capture.close())),
  });
}

function windowOf(
  { seconds, untilMs, requests, maxBytes, filter }: CaptureRequest,
  nowMs: number,
): CaptureWindow {
  const until = untilMs ?? (seconds === undefined ? undefined : nowMs + seconds * 1_000);
  return {
    ...(until === undefined ? {} : { untilMs: until }),
    ...(requests === undefined ? {} : { requests }),
    ...(maxBytes === undefined ? {} : { maxBytes }),
    ...(filter === undefined ? {} : { filter: filterOf(filter) }),
  };
}

function filterOf(filter: CaptureFilterView): NonNullable<CaptureWindow['filter']> {
  const { client, model, upstream, route, conversation, errorsOnly } = filter;
  return {
    ...(client === undefined ? {} : { client }),
    ...(model === undefined ? {} : { model }),
    ...(upstream === undefined ? {} : { upstream }),
    ...(route === undefined ? {} : { route }),
    ...(conversation === undefined ? {} : { conversation }),
    ...(errorsOnly === undefined ? {} : { errorsOnly }),
  };
}
