// How much a model was used in the period of the page.

import type { ReactElement } from 'react';
import type { ModelView, Overview } from '../../../../server/src/admin/contract.ts';
import { useAsk } from '../../api/queries.ts';
import { periodQuery, usePeriod } from '../../app/period.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Figures } from '../../ui/figures.tsx';
import { PeriodPicker } from '../../ui/period-picker.tsx';
import { Answered } from '../../ui/states.tsx';
import { countedAs } from './candidates.ts';
import { DrawerSection } from './drawer-section.tsx';
import { modelsMessages } from './messages.ts';

/** The section. */
export function ModelUse({ model }: { readonly model: ModelView }): ReactElement {
  const text = useMessages(modelsMessages);
  const format = useFormat();
  const [period] = usePeriod();
  const names = countedAs(model);
  const asked = useAsk<Overview>('/overview', { ...periodQuery(period), model: names });
  const isOther = names.length !== 1 || names[0] !== model.id;
  return (
    <DrawerSection title={text.use} {...(isOther ? { hint: text.countedUnder(format.list(names)) } : {})}>
      <div className="flex">
        <PeriodPicker />
      </div>
      <Answered asked={asked} lines={2}>
        {({ totals }) => (
          <Figures
            figures={[
              { name: text.requests, value: format.integer(totals.requests) },
              {
                name: text.errors,
                value: format.integer(totals.errors),
                ...(totals.errors > 0 ? { tone: 'bad' } : {}),
              },
              { name: text.tokens, value: format.compact(sumOf(totals.tokens)) },
              { name: text.cost, value: format.money(totals.costNanoUsd) },
              {
                name: text.ttft,
                value: format.duration(totals.ttft.count === 0 ? undefined : totals.ttft.p50Ms),
              },
            ]}
          />
        )}
      </Answered>
    </DrawerSection>
  );
}

function sumOf(tokens: Overview['totals']['tokens']): number {
  return Object.values(tokens).reduce((sum, count) => sum + count, 0);
}
