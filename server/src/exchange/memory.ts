// What the running gateway keeps between exchanges. Ids only, so that it survives a reload of the configuration.

import type { Guardian } from './guardian.ts';
import type { Owners } from './owners.ts';
import type { Pool } from './pool/pool.ts';
import type { Flights } from './reuse/flights.ts';
import type { Running } from './running.ts';
import type { WaitingRoom } from './waiting-room.ts';

/** The state that exchanges share. */
export interface Memory {
  readonly pool: Pool;
  readonly owners: Owners;
  /** Questions on their way, on routes with a cache. */
  readonly flights: Flights;
  readonly running: Running;
  readonly waiting: WaitingRoom;
  readonly guardian: Guardian;
}
