// The models of an upstream: those that are configured, and those that it says it offers.

import { type ReactElement, useState } from 'react';
import type { DiscoveredModels, UpstreamView } from '../../../../server/src/admin/contract.ts';
import { useChange } from '../../api/queries.ts';
import { SEARCH_FIELD } from '../../app/shortcuts.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { TextField } from '../../ui/field.tsx';
import { Failure } from '../../ui/states.tsx';
import { detailMessages } from './detail-messages.ts';
import { upstreamPath } from './questions.ts';

/** A filter is offered from so many on. */
const MANY = 12;

/** The card. */
export function ModelsCard({ upstream }: { readonly upstream: UpstreamView }): ReactElement {
  const text = useMessages(detailMessages);
  const format = useFormat();
  const discovery = useChange<void, DiscoveredModels>(
    () => ({ path: `${upstreamPath(upstream.id)}/discover` }),
    ['/upstreams', '/models'],
  );
  const offered = discovery.data?.models ?? upstream.discovered;
  const failure = discovery.data?.failure;
  return (
    <Card
      title={text.models}
      actions={
        <Button size="small" busy={discovery.isPending} onClick={() => discovery.mutate()}>
          {text.askAgain}
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        {upstream.models.length === 0 ? (
          <p className="text-faint text-sm">{text.modelsAny}</p>
        ) : (
          <Names title={text.modelsConfigured} names={upstream.models} />
        )}
        {failure !== undefined && <p className="text-caution text-sm">{failure}</p>}
        {discovery.error !== null && <Failure error={discovery.error} />}
        {offered === undefined ? (
          <p className="text-faint text-sm">{text.modelsUnknown}</p>
        ) : (
          <Names title={text.modelsOffered(format.integer(offered.length))} names={offered} filtered />
        )}
      </div>
    </Card>
  );
}

interface NamesProps {
  readonly title: string;
  readonly names: readonly string[];
  readonly filtered?: boolean;
}

function Names({ title, names, filtered = false }: NamesProps): ReactElement {
  const text = useMessages(detailMessages);
  const [typed, setTyped] = useState('');
  const hasFilter = filtered && names.length > MANY;
  const shown = hasFilter
    ? names.filter((name) => name.toLowerCase().includes(typed.trim().toLowerCase()))
    : names;
  return (
    <section>
      <h3 className="mb-1 font-medium text-faint text-xs">{title}</h3>
      {hasFilter && (
        <TextField
          label={text.filter}
          labelHidden
          type="search"
          placeholder={text.filter}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          className="mb-2 max-w-72"
          {...SEARCH_FIELD}
        />
      )}
      <ul className="flex max-h-72 flex-wrap gap-1.5 overflow-y-auto">
        {shown.map((name) => (
          <li
            key={name}
            className="max-w-full break-all rounded-md bg-sunken px-1.5 py-0.5 font-mono text-xs"
          >
            {name}
          </li>
        ))}
      </ul>
      {shown.length === 0 && names.length > 0 && <p className="text-faint text-sm">{text.noMatch}</p>}
    </section>
  );
}
