// Not built yet.

import type { ReactElement } from 'react';
import { Page } from '../../ui/card.tsx';

/** The page. */
export function RequestPage(): ReactElement {
  return <Page title="Request">…</Page>;
}
