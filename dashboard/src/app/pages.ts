// Every page with its address and its keys. Data alone: the navigation, the shortcuts, the command palette and the tests of
// all pages are made from it.

/** Under which heading a page stands. */
export type PageGroup = 'observe' | 'route' | 'work';

/** A page that stands in the navigation. */
export interface PageFacts {
  readonly id: PageId;
  /** Below /dashboard. */
  readonly path: PagePath;
  readonly group: PageGroup;
  /** Pressed after "g". */
  readonly key: string;
}

export type PageId =
  | 'overview'
  | 'live'
  | 'requests'
  | 'conversations'
  | 'upstreams'
  | 'models'
  | 'clients'
  | 'playground'
  | 'configuration'
  | 'setup'
  | 'system';

export type PagePath =
  | '/'
  | '/live'
  | '/requests'
  | '/conversations'
  | '/upstreams'
  | '/models'
  | '/clients'
  | '/playground'
  | '/configuration'
  | '/setup'
  | '/system';

/** In the order of the navigation. */
export const PAGES: readonly PageFacts[] = [
  { id: 'overview', path: '/', group: 'observe', key: 'o' },
  { id: 'live', path: '/live', group: 'observe', key: 'l' },
  { id: 'requests', path: '/requests', group: 'observe', key: 'r' },
  { id: 'conversations', path: '/conversations', group: 'observe', key: 'a' },
  { id: 'upstreams', path: '/upstreams', group: 'route', key: 'u' },
  { id: 'models', path: '/models', group: 'route', key: 'm' },
  { id: 'clients', path: '/clients', group: 'route', key: 'c' },
  { id: 'playground', path: '/playground', group: 'work', key: 'p' },
  { id: 'configuration', path: '/configuration', group: 'work', key: 'f' },
  { id: 'setup', path: '/setup', group: 'work', key: 's' },
  { id: 'system', path: '/system', group: 'work', key: 'y' },
];
