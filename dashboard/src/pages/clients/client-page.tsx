// Not built yet.

import type { ReactElement } from 'react';
import { Page } from '../../ui/card.tsx';

/** The page. */
export function ClientPage(): ReactElement {
  return <Page title="Client">…</Page>;
}
