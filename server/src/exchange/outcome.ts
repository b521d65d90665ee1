// Whom an attempt asks, and how it may end.

import type { Upstream } from '../config/settings.ts';
import type { SluiceError } from '../core/model/error.ts';
import type { Candidate } from '../core/routing/candidates.ts';
import type { RawHeaders } from './ports.ts';

/** A candidate of this gateway: upstream, key and the model name to send. */
export type Target = Candidate<Upstream>;

/** An error answer of an upstream, kept whole so that the client can read the provider's own words. */
export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: RawHeaders;
  readonly body: Buffer;
}

/** How one attempt ended. Only a failure that is not committed may be followed by another attempt. */
export type Outcome =
  | { readonly kind: 'answered' }
  | { readonly kind: 'left' }
  | {
      readonly kind: 'failed';
      readonly error: SluiceError;
      /** Output has reached the client; the stream was ended with an error event. */
      readonly committed: boolean;
      readonly answer: UpstreamAnswer | undefined;
    };

/** The failed kind alone. */
export type Failure = Extract<Outcome, { kind: 'failed' }>;
