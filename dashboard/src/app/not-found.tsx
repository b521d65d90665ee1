// Stands where an address leads nowhere.

import { Link } from '@tanstack/react-router';
import { Compass } from 'lucide-react';
import type { ReactElement } from 'react';
import { useMessages } from '../language/messages.ts';
import { buttonLook } from '../ui/button.tsx';
import { Page } from '../ui/card.tsx';
import { Empty } from '../ui/states.tsx';
import { appMessages } from './messages.ts';

/** The page. */
export function NotFound(): ReactElement {
  const text = useMessages(appMessages);
  return (
    <Page title={text.notFound}>
      <Empty
        icon={Compass}
        title={text.notFoundHint}
        action={
          <Link to="/" className={buttonLook('primary')}>
            {text.toOverview}
          </Link>
        }
      />
    </Page>
  );
}
