// What clients can ask for: models and where they go, their other names, what they cost, and what was used without a price.

import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Page } from '../../ui/card.tsx';
import { PeriodPicker } from '../../ui/period-picker.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { AliasesTab } from './aliases/aliases-tab.tsx';
import { modelsMessages } from './messages.ts';
import { ModelDrawer } from './model-drawer.tsx';
import { ModelsTab } from './models-tab.tsx';
import { PricesTab } from './prices/prices-tab.tsx';
import { UnpricedTab } from './prices/unpriced-tab.tsx';
import { useUnpriced } from './questions.ts';

const TABS = ['models', 'aliases', 'prices', 'unpriced'] as const;
type Tab = (typeof TABS)[number];

/** The page. */
export function ModelsPage(): ReactElement {
  const text = useMessages(modelsMessages);
  const format = useFormat();
  const { tab, of } = useSearch({ strict: false });
  const navigate = useNavigate();
  const open = TABS.find((one) => one === tab) ?? 'models';
  const unpriced = useUnpriced().data?.models.length ?? 0;
  const choose = (next: Tab): void => {
    void navigate({
      to: '.',
      search: ({ search: _search, of: _of, ...rest }) => ({ ...rest, tab: next }),
    });
  };
  const close = (): void => {
    void navigate({ to: '.', search: ({ of: _of, ...rest }) => rest });
  };
  return (
    <Page title={text.title} hint={text.hint} actions={<PeriodPicker />}>
      <Tabs
        label={text.views}
        value={open}
        tabs={[
          { value: 'models', label: text.tabModels },
          { value: 'aliases', label: text.tabAliases },
          { value: 'prices', label: text.tabPrices },
          {
            value: 'unpriced',
            label: text.tabUnpriced,
            count: unpriced === 0 ? undefined : format.integer(unpriced),
          },
        ]}
        onChange={choose}
      >
        {open === 'models' && <ModelsTab />}
        {open === 'aliases' && <AliasesTab />}
        {open === 'prices' && <PricesTab />}
        {open === 'unpriced' && <UnpricedTab />}
      </Tabs>
      <ModelDrawer name={of} onClose={close} />
    </Page>
  );
}
