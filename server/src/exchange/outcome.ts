// Whom an attempt asks, and how it may end.

import type { Upstream } from '../config/settings.ts';
import type { SaidSoFar } from '../core/conversion/resume/said-so-far.ts';
import type { Write } from '../core/dialects/dialect.ts';
import type { SluiceError } from '../core/model/error.ts';
import type { Emit } from '../core/model/event.ts';
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

/** A stream to a client that broke off after output, and what a candidate that goes on with it needs. */
export interface Broken {
  /** What the client has. It goes on listening to what follows. */
  readonly said: SaidSoFar;
  /** Takes the events that follow, and writes them; undefined where nothing can follow. Called for each one that goes on. */
  writer(write: Write): Emit | undefined;
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
      /** Given where another candidate can go on with what was committed: the client's answer is still open then. */
      readonly broken?: Broken;
    };

/** The failed kind alone. */
export type Failure = Extract<Outcome, { kind: 'failed' }>;
