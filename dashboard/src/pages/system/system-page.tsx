// Not built yet.

import type { ReactElement } from 'react';
import { Page } from '../../ui/card.tsx';

/** The page. */
export function SystemPage(): ReactElement {
  return <Page title="System">…</Page>;
}
