// The link of a row in a long table. A link of the router watches the whole address, and hundreds of those made anew every
// second are felt; this one is a plain one that asks the router to go where it leads when it is followed.

import { useRouter } from '@tanstack/react-router';
import type { MouseEvent, ReactElement, ReactNode } from 'react';
import { ROW_LINK, rowLinkLook } from './row-keys.ts';

interface RowLinkProps {
  /** Below the page's own root, with its parts encoded. */
  readonly path: string;
  /** What follows in the address; what is undefined is left out. */
  readonly search?: Readonly<Record<string, string | number | undefined>>;
  readonly title?: string;
  readonly className?: string;
  readonly children: ReactNode;
}

/** The link; it covers its row. */
export function RowLink({ path, search, title, className, children }: RowLinkProps): ReactElement {
  const router = useRouter();
  const address = `${path}${queryOf(search)}`;
  const follow = (event: MouseEvent): void => {
    const elsewhere = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (event.defaultPrevented || event.button !== 0 || elsewhere) return;
    event.preventDefault();
    router.history.push(`${rootOf(router.basepath)}${address}`);
  };
  return (
    <a
      {...ROW_LINK}
      href={`${rootOf(router.basepath)}${address}`}
      onClick={follow}
      title={title}
      className={className === undefined ? rowLinkLook : `${className} ${rowLinkLook}`}
    >
      {children}
    </a>
  );
}

function rootOf(basepath: string): string {
  return basepath === '/' ? '' : basepath;
}

/** As the router writes it. */
export function queryOf(search: RowLinkProps['search'] = {}): string {
  const said = Object.entries(search).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return said.length === 0 ? '' : `?${new URLSearchParams(said)}`;
}
