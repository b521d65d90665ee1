// Everything a gateway test starts, stopped again after it.

import { afterEach } from 'vitest';
import { type Behaviour, type FaultUpstream, startFaultUpstream } from './fault-upstream.ts';
import { type Gateway, type GatewaySetup, startGateway } from './gateway.ts';

const running: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.stop();
});

/** A provider for one test. */
export async function provider(script?: Behaviour): Promise<FaultUpstream> {
  const upstream = await startFaultUpstream(script);
  running.push({ stop: () => upstream.close() });
  return upstream;
}

/** A gateway for one test. */
export async function gatewayWith(setup: GatewaySetup): Promise<Gateway> {
  const gateway = await startGateway(setup);
  running.push(gateway);
  return gateway;
}
