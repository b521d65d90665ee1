// Not built yet.

import type { ReactElement } from 'react';
import { Page } from '../../ui/card.tsx';

/** The page. */
export function ConfigurationPage(): ReactElement {
  return <Page title="Configuration">…</Page>;
}
