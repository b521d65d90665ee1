// Tells a caller of the unified API that its request was turned away before it became an exchange.

import { dialects } from '../../core/dialects/index.ts';
import type { SluiceError } from '../../core/model/error.ts';
import type { RawHeaders, Reply } from '../ports.ts';
import { refuse } from '../refuse.ts';
import { UnifiedReply } from './reply.ts';

/** See refuse(). */
export function refuseUnified(reply: Reply, error: SluiceError, requestId: string, more?: RawHeaders): void {
  const unified = new UnifiedReply(reply);
  refuse(unified, dialects['openai-chat'], error, requestId, more);
  unified.finish({ provider: undefined, usage: undefined, latencyMs: 0 });
}
