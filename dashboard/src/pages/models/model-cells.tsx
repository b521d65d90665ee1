// What stands in the cells of a model.

import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { ModelView } from '../../../../server/src/admin/contract.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Badge } from '../../ui/badge.tsx';
import { type Place, placesOf } from './candidates.ts';
import { modelsMessages } from './messages.ts';

/** Its name, which opens it; on narrow windows with where it goes. */
export function ModelName({ model }: { readonly model: ModelView }): ReactElement {
  const text = useMessages(modelsMessages);
  const { id, owner } = model;
  return (
    <div className="min-w-0">
      <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-0.5">
        <Link
          to="."
          search={(before) => ({ ...before, of: id })}
          resetScroll={false}
          className="break-all font-mono text-[0.8125rem] hover:text-water hover:underline"
        >
          {id}
        </Link>
        {owner === 'alias' && <Badge tone="water">{text.ownerAlias}</Badge>}
        {owner === 'route' && <Badge>{text.ownerRoute}</Badge>}
      </span>
      <span className="mt-0.5 block md:hidden">
        <GoesTo model={model} />
      </span>
    </div>
  );
}

/** The place that would be asked first, and how many others there are. */
export function GoesTo({ model }: { readonly model: ModelView }): ReactElement {
  const text = useMessages(modelsMessages);
  const format = useFormat();
  const places = placesOf(model);
  const [first] = places;
  if (first === undefined)
    return (
      <Badge tone="caution" title={text.nobodyHint}>
        {text.nobody}
      </Badge>
    );
  const rest = places.length - 1;
  return (
    <span className="flex flex-wrap items-baseline gap-x-2 text-xs">
      <span className="break-all">
        <span className="text-sm">{first.upstreamId}</span>
        {first.model !== model.id && <span className="text-faint"> → {first.model}</span>}
      </span>
      {rest > 0 && <span className="whitespace-nowrap text-faint">{text.more(format.integer(rest))}</span>}
    </span>
  );
}

/** How much it takes, and below it how long its answers can be. */
export function ContextCell({ model }: { readonly model: ModelView }): ReactElement {
  const text = useMessages(modelsMessages);
  const format = useFormat();
  const { contextWindow, maxOutputTokens } = model;
  return (
    <span title={text.contextHint} className="whitespace-nowrap">
      {format.compact(contextWindow)}
      {maxOutputTokens !== undefined && (
        <span className="block text-2xs text-faint">{text.longestOf(format.compact(maxOutputTokens))}</span>
      )}
    </span>
  );
}

/** Whether a place is asked in the client's own format. */
export function FormatBadge({ native, dialect }: Pick<Place, 'native' | 'dialect'>): ReactElement {
  const text = useMessages(modelsMessages);
  return (
    <Badge
      tone={native ? 'water' : 'calm'}
      title={`${dialect}: ${native ? text.nativeHint : text.convertedHint}`}
    >
      {native ? text.native : text.converted}
    </Badge>
  );
}
