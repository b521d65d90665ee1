// The shape of a bundle: captures of exchanges in one JSON file. Types alone, so that a browser may read them too.

import type { DialectId } from '../../core/model/dialect-id.ts';
import type { CaptureRecord } from '../detail/capture-record.ts';

/** What is told of an upstream: no key, and no address. */
export interface BundledUpstream {
  readonly id: string;
  readonly provider: string;
  readonly enabled: boolean;
  readonly priority: number;
  readonly dialects: readonly DialectId[];
  readonly models: readonly string[];
  readonly aliases: Readonly<Record<string, string>>;
  readonly streaming: 'any' | 'always' | 'never';
}

/** One bundle. */
export interface Bundle {
  /** Version of this shape. */
  readonly sluiceBundle: 1;
  /** Of the program that made it. */
  readonly version: string;
  /** Epoch milliseconds. */
  readonly createdAtMs: number;
  readonly exchanges: readonly CaptureRecord[];
  readonly settings: {
    readonly upstreams: readonly BundledUpstream[];
    readonly aliases: Readonly<Record<string, string>>;
    /** Ids of the routes, in their order. */
    readonly routes: readonly string[];
    readonly conversion: {
      readonly preferNative: boolean;
      readonly strict: boolean;
      readonly lossy: string;
    };
  };
}
