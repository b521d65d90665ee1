// What a model costs at the upstream that would be asked first, and the way to change that.

import { type ReactElement, useState } from 'react';
import { useMessages } from '../../language/messages.ts';
import { Button } from '../../ui/button.tsx';
import { Answered } from '../../ui/states.tsx';
import { DrawerSection } from './drawer-section.tsx';
import { modelsMessages } from './messages.ts';
import type { PricedModel } from './prices/places.ts';
import { PriceEditor } from './prices/price-editor.tsx';
import { PriceTable } from './prices/price-table.tsx';
import { usePrices } from './questions.ts';

/** The section. */
export function ModelPrice({ upstream, model }: PricedModel): ReactElement {
  const text = useMessages(modelsMessages);
  const [isOpen, setOpen] = useState(false);
  const asked = usePrices();
  return (
    <DrawerSection title={text.price} hint={`${upstream} · ${model}`}>
      <Answered asked={asked} lines={3}>
        {({ prices }) => {
          const listed = prices.find((one) => one.upstream === upstream && one.model === model);
          const price = listed?.price ?? null;
          return (
            <>
              {price === null ? (
                <p className="text-caution text-sm">{text.noPrice}</p>
              ) : (
                <PriceTable price={price} />
              )}
              <Button size="small" className="self-start" onClick={() => setOpen(true)}>
                {price === null ? text.setPrice : text.changePrice}
              </Button>
            </>
          );
        }}
      </Answered>
      <PriceEditor priced={isOpen ? { upstream, model } : undefined} onClose={() => setOpen(false)} />
    </DrawerSection>
  );
}
