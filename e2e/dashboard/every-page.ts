// Where every page of the dashboard is, those of single things included: for tests that have to hold on all of them.

import { PAGES } from '../../dashboard/src/app/pages.ts';

/** The things that pages about one thing are opened with. */
export interface Things {
  readonly request: string;
  readonly conversation: string;
  readonly upstream: string;
  readonly client: string;
}

/** Addresses below /dashboard. */
export function everyPath({ request, conversation, upstream, client }: Things): readonly string[] {
  return [
    ...PAGES.map(({ path }) => path),
    `/requests/${encodeURIComponent(request)}`,
    `/conversations/${encodeURIComponent(conversation)}`,
    `/upstreams/${encodeURIComponent(upstream)}`,
    `/clients/${encodeURIComponent(client)}`,
    '/welcome',
    '/requests/req_that_is_not_there',
    '/no/such/page',
  ];
}
