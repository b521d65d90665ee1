// Endpoints of other gateways, in their shapes, for programs that watch them.

import type { AdminApp } from '../app.ts';
import type { AdminParts } from '../parts.ts';
import { registerCompatibleKeys } from './keys.ts';
import { registerCompatibleStats } from './stats.ts';
import { registerCompatibleStatus } from './status.ts';

/** All of them. */
export const COMPATIBLE: readonly ((app: AdminApp, parts: AdminParts) => void)[] = [
  registerCompatibleStatus,
  registerCompatibleStats,
  registerCompatibleKeys,
];
