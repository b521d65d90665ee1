// The pages, as a list at the left edge or in the drawer of a phone.

import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useMessages } from '../language/messages.ts';
import { appMessages } from './messages.ts';
import { pageIcons } from './page-icons.ts';
import { PAGES, type PageGroup } from './pages.ts';
import { usePeriod } from './period.ts';

const GROUPS: readonly PageGroup[] = ['observe', 'route', 'work'];

/** The list. `onChoose`: something was chosen, so that a drawer closes. */
export function Navigation({ onChoose }: { readonly onChoose?: () => void }): ReactElement {
  const text = useMessages(appMessages);
  const [period] = usePeriod();
  return (
    <nav aria-label={text.navigation} className="flex flex-col gap-5">
      {GROUPS.map((group) => (
        <div key={group}>
          <p className="px-2.5 pb-1 font-medium text-2xs text-faint uppercase tracking-wider">
            {text[group]}
          </p>
          <ul className="flex flex-col gap-px">
            {PAGES.filter((page) => page.group === group).map(({ id, path }) => {
              const Icon = pageIcons[id];
              return (
                <li key={id}>
                  <Link
                    to={path}
                    search={period}
                    {...(onChoose === undefined ? {} : { onClick: onChoose })}
                    activeOptions={{ exact: path === '/', includeSearch: false }}
                    className="flex h-9 items-center gap-2.5 rounded-lg px-2.5 text-soft transition-colors hover:bg-sunken hover:text-ink lg:h-8"
                    activeProps={{ className: 'bg-water-soft font-medium text-water! hover:bg-water-soft' }}
                  >
                    <Icon aria-hidden="true" className="size-4 shrink-0" strokeWidth={1.75} />
                    {text[id]}
                  </Link>
                </li>
              );
            })}
          </ul>
        </div>
      ))}
    </nav>
  );
}
