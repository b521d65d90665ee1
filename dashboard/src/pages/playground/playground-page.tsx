// Not built yet.

import type { ReactElement } from 'react';
import { Page } from '../../ui/card.tsx';

/** The page. */
export function PlaygroundPage(): ReactElement {
  return <Page title="Playground">…</Page>;
}
