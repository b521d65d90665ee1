// Not built yet.

import type { ReactElement } from 'react';
import { Page } from '../../ui/card.tsx';

/** The page. */
export function SetupPage(): ReactElement {
  return <Page title="Set-up">…</Page>;
}
