// Not built yet.

import type { ReactElement } from 'react';
import { Page } from '../../ui/card.tsx';

/** The page. */
export function UpstreamsPage(): ReactElement {
  return <Page title="Upstreams">…</Page>;
}
