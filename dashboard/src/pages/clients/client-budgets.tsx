// The budgets of a client with everything that can be said of them.

import type { ReactElement } from 'react';
import { useMessages } from '../../language/messages.ts';
import { Card } from '../../ui/card.tsx';
import { Skeleton } from '../../ui/states.tsx';
import { BudgetMeter } from './budget-meter.tsx';
import { clientMessages } from './messages.ts';
import { type Use, usePeriodLengthMs } from './questions.ts';

/** The card. */
export function ClientBudgets({ use }: { readonly use: Use | undefined }): ReactElement {
  const text = useMessages(clientMessages);
  const lengthMs = usePeriodLengthMs();
  return (
    <Card title={text.budgets}>
      {use === undefined ? (
        <Skeleton className="h-16 w-full" />
      ) : use.budgets.length === 0 ? (
        <p className="text-faint text-sm">{text.budgetsNone}</p>
      ) : (
        <div className="flex flex-col gap-4">
          {use.budgets.map((budget) => (
            <BudgetMeter
              key={budget.per}
              full
              budget={budget}
              recent={{ costNanoUsd: use.costNanoUsd, lengthMs }}
            />
          ))}
        </div>
      )}
    </Card>
  );
}
