// What every migration does, by name; the compiler sees to it that none is missing.

import type { Migration } from 'kysely';
import { exchanges } from './0001-exchanges.ts';
import { kept } from './0002-kept.ts';
import { losses } from './0003-losses.ts';
import { attempts } from './0004-attempts.ts';
import { state } from './0005-state.ts';
import { money } from './0006-money.ts';
import { rollups } from './0007-rollups.ts';
import { details } from './0008-details.ts';
import { requestIds } from './0009-request-ids.ts';
import type { MigrationName } from './names.ts';

/** Every migration. */
export const MIGRATIONS: Readonly<Record<MigrationName, Migration>> = {
  '0001-exchanges': exchanges,
  '0002-kept': kept,
  '0003-losses': losses,
  '0004-attempts': attempts,
  '0005-state': state,
  '0006-money': money,
  '0007-rollups': rollups,
  '0008-details': details,
  '0009-request-ids': requestIds,
};
