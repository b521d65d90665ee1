// Not built yet.

import type { ReactElement } from 'react';
import { Page } from '../../ui/card.tsx';

/** The page. */
export function OverviewPage(): ReactElement {
  return <Page title="Overview">…</Page>;
}
