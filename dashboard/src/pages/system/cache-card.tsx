// The response cache: how well it serves, and throwing answers away.

import { type ReactElement, useState } from 'react';
import type { CacheView } from '../../../../server/src/admin/contract.ts';
import { useWish } from '../../app/wish.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { type Figure, Figures } from '../../ui/figures.tsx';
import { systemMessages } from './messages.ts';
import { PurgeDialog } from './purge-dialog.tsx';

/** The card. */
export function CacheCard({ cache }: { readonly cache: CacheView | null }): ReactElement {
  const text = useMessages(systemMessages);
  const [open, setOpen] = useState(false);
  useWish('purge', () => setOpen(cache !== null));
  return (
    <Card
      id="cache"
      title={text.cache}
      actions={
        cache !== null && (
          <Button size="small" onClick={() => setOpen(true)}>
            {text.purge}
          </Button>
        )
      }
    >
      {cache === null ? (
        <p className="text-faint text-sm">{text.cacheOff}</p>
      ) : (
        <>
          <CacheFigures cache={cache} />
          {!cache.connected && (
            <p role="status" className="mt-3 text-caution text-sm">
              {text.disconnected}
            </p>
          )}
        </>
      )}
      <PurgeDialog open={open} onClose={() => setOpen(false)} />
    </Card>
  );
}

function CacheFigures({ cache }: { readonly cache: CacheView }): ReactElement {
  const text = useMessages(systemMessages);
  const format = useFormat();
  const asked = cache.hits + cache.misses;
  const figures: readonly Figure[] = [
    {
      name: text.hitRate,
      value: format.percent(asked === 0 ? undefined : cache.hits / asked),
      hint: text.hits(format.integer(cache.hits), format.integer(asked)),
    },
    { name: text.entries, value: format.integer(cache.entries) },
    { name: text.size, value: format.bytes(cache.bytes) },
    { name: text.stored, value: format.integer(cache.stored) },
    { name: text.store, value: cache.store === 'redis' ? text.storeRedis : text.storeMemory },
  ];
  return <Figures figures={figures} />;
}
