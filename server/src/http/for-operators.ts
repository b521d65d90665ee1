// Which requests are those of people who run the gateway or look at it, and not of programs that use models.

import type { IncomingMessage } from 'node:http';
import type { Routing } from './routes.ts';

/** True for a person who opens a page. */
export function isBrowserPage(request: IncomingMessage): boolean {
  return request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
}

/** True for what is answered to operators and people with a browser. */
export function isForOperators(request: IncomingMessage, routing: Routing): boolean {
  if (!routing.found) return routing.allow === undefined && routing.error.code === 'not_found';
  const { route } = routing.match;
  if (route.kind === 'local') return route.local === 'root' && isBrowserPage(request);
  return route.kind === 'operator' || route.kind === 'metrics' || route.kind === 'admin';
}
