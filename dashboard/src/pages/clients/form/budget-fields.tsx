// The budgets of a client, a line of fields each.

import { Plus, X } from 'lucide-react';
import type { ReactElement } from 'react';
import { useFormat } from '../../../language/format.ts';
import { useMessages } from '../../../language/messages.ts';
import { Button, IconButton } from '../../../ui/button.tsx';
import { SelectField, TextField } from '../../../ui/field.tsx';
import type { Editor } from './client-editor.ts';
import { type BudgetFields, NEW_BUDGET, PERIODS } from './entry.ts';
import { useFault } from './fault.ts';
import { clientFormMessages } from './messages.ts';

/** The budgets, and the way to one more. */
export function BudgetFieldset({ editor }: { readonly editor: Editor }): ReactElement {
  const text = useMessages(clientFormMessages);
  const fault = useFault(editor);
  const { budgets } = editor.fields;
  const isUsed = (period: string): boolean => budgets.some((one) => one.period === period);
  const free = PERIODS.find((period) => !isUsed(period));
  const first = isUsed(NEW_BUDGET.period) ? free : NEW_BUDGET.period;
  const put = (index: number, budget: BudgetFields | undefined): void =>
    editor.type({ budgets: budgets.flatMap((one, at) => (at === index ? (budget ?? []) : one)) });
  const whole = fault('budgets');
  return (
    <div className="flex min-w-0 flex-col items-start gap-3">
      {budgets.map((budget, index) => (
        <BudgetLine
          // biome-ignore lint/suspicious/noArrayIndexKey: a budget has no name but its place.
          key={index}
          budget={budget}
          index={index}
          fault={fault}
          onChange={(next) => put(index, next)}
        />
      ))}
      {whole !== undefined && <p className="text-bad text-xs">{whole}</p>}
      {first !== undefined && (
        <Button
          size="small"
          onClick={() => editor.type({ budgets: [...budgets, { ...NEW_BUDGET, period: first }] })}
        >
          <Plus aria-hidden="true" className="size-3.5" />
          {text.addBudget}
        </Button>
      )}
    </div>
  );
}

interface BudgetLineProps {
  readonly budget: BudgetFields;
  readonly index: number;
  readonly fault: (place: string) => string | undefined;
  /** undefined: it is to be gone. */
  readonly onChange: (budget: BudgetFields | undefined) => void;
}

function BudgetLine({ budget, index, fault, onChange }: BudgetLineProps): ReactElement {
  const text = useMessages(clientFormMessages);
  const format = useFormat();
  return (
    <div className="grid w-full grid-cols-[1fr_1fr_auto] items-start gap-2 sm:grid-cols-[1fr_1fr_1fr_1.6fr_auto]">
      <SelectField
        label={text.period}
        value={budget.period}
        onChange={({ target }) =>
          onChange({ ...budget, period: PERIODS.find((one) => one === target.value) ?? 'month' })
        }
        fault={fault(`budgets[${index}].period`)}
      >
        {PERIODS.map((period) => (
          <option key={period} value={period}>
            {text[period]}
          </option>
        ))}
      </SelectField>
      <TextField
        label={text.usd}
        inputMode="decimal"
        value={budget.usd}
        onChange={({ target }) => onChange({ ...budget, usd: target.value })}
        fault={fault(`budgets[${index}].usd`)}
      />
      <IconButton
        label={text.removeBudget(format.integer(index + 1))}
        className="mt-5 sm:order-last"
        onClick={() => onChange(undefined)}
      >
        <X className="size-4" />
      </IconButton>
      <TextField
        label={text.warnAt}
        inputMode="decimal"
        value={budget.warnAt}
        onChange={({ target }) => onChange({ ...budget, warnAt: target.value })}
        fault={fault(`budgets[${index}].warnAt`)}
      />
      <SelectField
        label={text.status}
        value={budget.status}
        onChange={({ target }) => onChange({ ...budget, status: target.value === '402' ? '402' : '429' })}
        fault={fault(`budgets[${index}].status`)}
      >
        <option value="429">{text.status429}</option>
        <option value="402">{text.status402}</option>
      </SelectField>
    </div>
  );
}
