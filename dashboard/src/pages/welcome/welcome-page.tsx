// Not built yet.

import type { ReactElement } from 'react';
import { Page } from '../../ui/card.tsx';

/** The page. */
export function WelcomePage(): ReactElement {
  return <Page title="Welcome">…</Page>;
}
