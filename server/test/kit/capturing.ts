// A gateway whose exchanges are captured: the capture as the program makes it, and details in memory.

import type { CaptureRecord } from '../../src/exchange/detail/capture-record.ts';
import type { Details, StoredDetail } from '../../src/exchange/ports.ts';
import { type Capture, createCapture } from '../../src/observe/capture/capture.ts';
import { redactedDetails } from '../../src/observe/capture/redacted-details.ts';
import { createRedactor } from '../../src/observe/redact.ts';
import { until } from './client.ts';
import type { Gateway, GatewaySetup } from './gateway.ts';
import { gatewayWith } from './setting.ts';

/** Details in memory; a later one takes the place of an earlier one. */
class FakeDetails implements Details {
  readonly all: StoredDetail[] = [];

  put(detail: StoredDetail): void {
    const at = this.all.findIndex(({ id }) => id === detail.id);
    if (at < 0) this.all.push(detail);
    else this.all[at] = detail;
  }

  get(id: string): Promise<StoredDetail | undefined> {
    return Promise.resolve(this.all.find((detail) => detail.id === id));
  }
}

/** A gateway, its capture, and what it keeps. */
export interface Capturing {
  readonly gateway: Gateway;
  readonly capture: Capture;
  readonly details: FakeDetails;
  /** Epoch milliseconds of the capture's clock; moves only when told. */
  nowMs: number;
  /** What was kept of a request, once it is. */
  kept(requestId: string | undefined): Promise<CaptureRecord>;
}

/** Starts it; no window is open. The secrets of the upstreams are known to it. */
export async function capturingGateway(setup: GatewaySetup, holdingBytes?: number): Promise<Capturing> {
  const details = new FakeDetails();
  const redactor = createRedactor();
  redactor.know(setup.upstreams.flatMap(({ secrets = ['sk-upstream-secret-0001'] }) => secrets));
  const state = { nowMs: Date.now() };
  const kept = redactedDetails(details, redactor);
  const capture = createCapture({
    details: kept,
    redactor,
    clock: { epochMs: () => state.nowMs },
    ...(holdingBytes === undefined ? {} : { holdingBytes }),
  });
  const gateway = await gatewayWith({ ...setup, details: kept, lenses: [capture.lens] });
  return {
    gateway,
    capture,
    details,
    get nowMs() {
      return state.nowMs;
    },
    set nowMs(now) {
      state.nowMs = now;
    },
    kept: async (requestId) => {
      await until(() => details.all.some(({ id }) => id === requestId));
      return JSON.parse(details.all.find(({ id }) => id === requestId)?.text ?? '');
    },
  };
}
