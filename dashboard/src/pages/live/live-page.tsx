// Not built yet.

import type { ReactElement } from 'react';
import { Page } from '../../ui/card.tsx';

/** The page. */
export function LivePage(): ReactElement {
  return <Page title="Live">…</Page>;
}
