// Not built yet.

import type { ReactElement } from 'react';
import { Page } from '../../ui/card.tsx';

/** The page. */
export function ModelsPage(): ReactElement {
  return <Page title="Models">…</Page>;
}
