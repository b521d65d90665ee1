// How facts on models are written down: one file of rules per vendor.

import type { DialectId } from '../../model/dialect-id.ts';
import type { TraitsOverride } from '../../model/traits.ts';

/** Facts on some models, wherever they are served or at some providers only. */
export interface TraitsRule {
  /** Provider ids; absent = anyone who serves the model. */
  readonly providers?: readonly string[];
  /** absent = whatever format it is spoken to in. */
  readonly dialect?: DialectId;
  /** Globs in lower case, matched against the whole name and against the bare one (see ./bare-name.ts). */
  readonly models: readonly string[];
  readonly traits: TraitsOverride;
}
