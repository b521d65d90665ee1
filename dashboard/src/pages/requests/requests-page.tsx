// Not built yet.

import type { ReactElement } from 'react';
import { Page } from '../../ui/card.tsx';

/** The page. */
export function RequestsPage(): ReactElement {
  return <Page title="Requests">…</Page>;
}
