// Not built yet.

import type { ReactElement } from 'react';
import { Page } from '../../ui/card.tsx';

/** The page. */
export function ConversationPage(): ReactElement {
  return <Page title="Conversation">…</Page>;
}
