// Keeps the gateway's status current while the page is shown.

import { useEffect, useState } from 'react';
import { checkGateway, type GatewayStatus } from './status.ts';

const pauseMs = 5_000;

/** The latest status, or undefined until the first check is done. The next check starts five seconds after one ends. */
export function useStatus(): GatewayStatus | undefined {
  const [status, setStatus] = useState<GatewayStatus>();

  useEffect(() => {
    const leaving = new AbortController();
    let timer: number | undefined;

    async function round(): Promise<void> {
      const found = await checkGateway(leaving.signal);
      if (leaving.signal.aborted) return;
      setStatus(found);
      timer = window.setTimeout(round, pauseMs);
    }

    void round();
    return () => {
      leaving.abort();
      window.clearTimeout(timer);
    };
  }, []);

  return status;
}
