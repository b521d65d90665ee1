// Every resource of the admin API. A new one is a file beside this one and a line below.

import type { AdminApp } from '../app.ts';
import type { AdminParts } from '../parts.ts';
import { registerAccounts } from './accounts.ts';
import { registerAddresses } from './addresses.ts';
import { registerAliases } from './aliases.ts';
import { registerAudit } from './audit.ts';
import { registerCache } from './cache.ts';
import { registerCapture } from './capture.ts';
import { registerClientUse } from './client-use.ts';
import { registerClients } from './clients.ts';
import { registerConfig } from './config.ts';
import { registerConfigSchema } from './config-schema.ts';
import { registerConversations } from './conversations.ts';
import { registerDetect } from './detect.ts';
import { registerDiscovery } from './discovery.ts';
import { registerEvents } from './events.ts';
import { registerExchanges } from './exchanges.ts';
import { registerExplain } from './explain.ts';
import { registerKeys } from './keys.ts';
import { registerModels } from './models.ts';
import { registerPlayground } from './playground.ts';
import { registerProviders } from './providers.ts';
import { registerReplays } from './replays.ts';
import { registerRoutes } from './routes.ts';
import { registerStatus } from './status.ts';
import { registerTotals } from './totals.ts';
import { registerUpstreamKeys } from './upstream-keys.ts';
import { registerUpstreams } from './upstreams.ts';

/** Registers the endpoints of one resource. */
export type RegisterResource = (app: AdminApp, parts: AdminParts) => void;

/** All of them, in the order of the documentation. */
export const RESOURCES: readonly RegisterResource[] = [
  registerStatus,
  registerTotals,
  registerExchanges,
  registerReplays,
  registerConversations,
  registerEvents,
  registerKeys,
  registerModels,
  registerClientUse,
  registerExplain,
  registerCache,
  registerCapture,
  registerConfig,
  registerConfigSchema,
  registerUpstreams,
  registerUpstreamKeys,
  registerAccounts,
  registerDiscovery,
  registerClients,
  registerRoutes,
  registerAliases,
  registerAddresses,
  registerProviders,
  registerDetect,
  registerPlayground,
  registerAudit,
];
