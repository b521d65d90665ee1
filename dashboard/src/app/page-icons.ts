// The sign of each page.

import {
  Activity,
  Boxes,
  Cable,
  FlaskConical,
  Gauge,
  HeartPulse,
  ListTree,
  type LucideIcon,
  MessagesSquare,
  Plug,
  SlidersHorizontal,
  Users,
} from 'lucide-react';
import type { PageId } from './pages.ts';

export const pageIcons: Readonly<Record<PageId, LucideIcon>> = {
  overview: Gauge,
  live: Activity,
  requests: ListTree,
  conversations: MessagesSquare,
  upstreams: Cable,
  models: Boxes,
  clients: Users,
  playground: FlaskConical,
  configuration: SlidersHorizontal,
  setup: Plug,
  system: HeartPulse,
};
