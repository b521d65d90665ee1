// Which address shows which page. Pages are loaded when they are first opened.

import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
} from '@tanstack/react-router';
import { requestsSearch } from '../pages/requests/search.ts';
import { NotFound } from './not-found.tsx';
import { PageFailure } from './page-failure.tsx';
import { type PeriodSearch, periodSearch } from './period.ts';
import { Shell } from './shell.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

/** Names in an address beside the period: which tab is open, and the like. Each page reads its own. */
export interface PageSearch extends PeriodSearch {
  readonly tab?: string;
  readonly search?: string;
  /** What a page is to be opened with: the id of an exchange, the name of a model. */
  readonly of?: string;
}

function pageSearch(raw: Readonly<Record<string, unknown>>): PageSearch {
  const { tab, search, of } = raw;
  return {
    ...periodSearch(raw),
    ...(typeof tab === 'string' ? { tab } : {}),
    ...(typeof search === 'string' && search !== '' ? { search } : {}),
    ...(typeof of === 'string' && of !== '' ? { of } : {}),
  };
}

const under = { getParentRoute: () => root, validateSearch: pageSearch } as const;

const routes = [
  createRoute({
    ...under,
    path: '/',
    component: lazyRouteComponent(() => import('../pages/overview/overview-page.tsx'), 'OverviewPage'),
  }),
  createRoute({
    ...under,
    path: '/live',
    component: lazyRouteComponent(() => import('../pages/live/live-page.tsx'), 'LivePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/requests',
    validateSearch: requestsSearch,
    component: lazyRouteComponent(() => import('../pages/requests/requests-page.tsx'), 'RequestsPage'),
  }),
  createRoute({
    ...under,
    path: '/requests/$id',
    component: lazyRouteComponent(() => import('../pages/request/request-page.tsx'), 'RequestPage'),
  }),
  createRoute({
    ...under,
    path: '/conversations',
    component: lazyRouteComponent(
      () => import('../pages/conversations/conversations-page.tsx'),
      'ConversationsPage',
    ),
  }),
  createRoute({
    ...under,
    path: '/conversations/$id',
    component: lazyRouteComponent(
      () => import('../pages/conversations/conversation-page.tsx'),
      'ConversationPage',
    ),
  }),
  createRoute({
    ...under,
    path: '/upstreams',
    component: lazyRouteComponent(() => import('../pages/upstreams/upstreams-page.tsx'), 'UpstreamsPage'),
  }),
  createRoute({
    ...under,
    path: '/upstreams/$id',
    component: lazyRouteComponent(() => import('../pages/upstreams/upstream-page.tsx'), 'UpstreamPage'),
  }),
  createRoute({
    ...under,
    path: '/models',
    component: lazyRouteComponent(() => import('../pages/models/models-page.tsx'), 'ModelsPage'),
  }),
  createRoute({
    ...under,
    path: '/clients',
    component: lazyRouteComponent(() => import('../pages/clients/clients-page.tsx'), 'ClientsPage'),
  }),
  createRoute({
    ...under,
    path: '/clients/$id',
    component: lazyRouteComponent(() => import('../pages/clients/client-page.tsx'), 'ClientPage'),
  }),
  createRoute({
    ...under,
    path: '/playground',
    component: lazyRouteComponent(() => import('../pages/playground/playground-page.tsx'), 'PlaygroundPage'),
  }),
  createRoute({
    ...under,
    path: '/configuration',
    component: lazyRouteComponent(
      () => import('../pages/configuration/configuration-page.tsx'),
      'ConfigurationPage',
    ),
  }),
  createRoute({
    ...under,
    path: '/setup',
    component: lazyRouteComponent(() => import('../pages/setup/setup-page.tsx'), 'SetupPage'),
  }),
  createRoute({
    ...under,
    path: '/system',
    component: lazyRouteComponent(() => import('../pages/system/system-page.tsx'), 'SystemPage'),
  }),
  createRoute({
    ...under,
    path: '/welcome',
    component: lazyRouteComponent(() => import('../pages/welcome/welcome-page.tsx'), 'WelcomePage'),
  }),
] as const;

const tree = root.addChildren(routes);

function make(history?: RouterHistory) {
  return createRouter({
    routeTree: tree,
    basepath: '/dashboard',
    defaultPreload: 'intent',
    defaultErrorComponent: PageFailure,
    scrollRestoration: true,
    ...(history === undefined ? {} : { history }),
  });
}

/** A router of the dashboard; `history` for tests, the browser's own where absent. */
export const makeRouter: typeof make = make;

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof make>;
  }
}
