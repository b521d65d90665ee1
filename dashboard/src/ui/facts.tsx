// A list of names and values.

import type { ReactElement, ReactNode } from 'react';

/** Name beside value; what is undefined is left out. */
export function Facts({
  facts,
}: {
  readonly facts: readonly (readonly [name: string, value: ReactNode] | undefined)[];
}): ReactElement {
  return (
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-5 gap-y-1.5 text-sm">
      {facts.map((fact) => {
        if (fact === undefined || fact[1] === undefined) return null;
        const [name, value] = fact;
        return (
          <div key={name} className="contents">
            <dt className="text-faint">{name}</dt>
            <dd className="min-w-0 break-words">{value}</dd>
          </div>
        );
      })}
    </dl>
  );
}
