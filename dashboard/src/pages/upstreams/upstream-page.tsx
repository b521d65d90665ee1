// Not built yet.

import type { ReactElement } from 'react';
import { Page } from '../../ui/card.tsx';

/** The page. */
export function UpstreamPage(): ReactElement {
  return <Page title="Upstream">…</Page>;
}
