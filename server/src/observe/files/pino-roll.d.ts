// The package has no types; what is used of it is described in rolling.ts.

declare module 'pino-roll' {
  import type { RollingOptions, RollingStream } from './rolling.ts';

  function roll(options: RollingOptions): Promise<RollingStream>;
  export = roll;
}
