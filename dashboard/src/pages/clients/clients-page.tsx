// Not built yet.

import type { ReactElement } from 'react';
import { Page } from '../../ui/card.tsx';

/** The page. */
export function ClientsPage(): ReactElement {
  return <Page title="Clients">…</Page>;
}
