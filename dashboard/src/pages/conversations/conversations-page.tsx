// Not built yet.

import type { ReactElement } from 'react';
import { Page } from '../../ui/card.tsx';

/** The page. */
export function ConversationsPage(): ReactElement {
  return <Page title="Conversations">…</Page>;
}
