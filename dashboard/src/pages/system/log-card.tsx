// How much is logged.

import type { ReactElement } from 'react';
import type { LogLevelView } from '../../../../server/src/admin/contract.ts';
import { useAsk, useChange } from '../../api/queries.ts';
import { useMessages } from '../../language/messages.ts';
import { Card } from '../../ui/card.tsx';
import { SelectField } from '../../ui/field.tsx';
import { Answered, Failure } from '../../ui/states.tsx';
import { tell } from '../../ui/toasts.tsx';
import { systemMessages } from './messages.ts';

type Level = LogLevelView['level'];

const LEVELS: readonly Level[] = ['trace', 'debug', 'info', 'warn', 'error', 'silent'];

/** The card. */
export function LogCard(): ReactElement {
  const text = useMessages(systemMessages);
  const asked = useAsk<LogLevelView>('/log-level');
  const setting = useChange<Level, LogLevelView>(
    (level) => ({ path: '/log-level', method: 'PUT', body: { level } }),
    ['/log-level', '/audit'],
  );
  const choose = (value: string): void => {
    const level = LEVELS.find((one) => one === value);
    if (level !== undefined) setting.mutate(level, { onSuccess: (now) => tell(text.logSet(now.level)) });
  };
  return (
    <Card title={text.log} hint={text.logHint}>
      <Answered asked={asked} lines={2}>
        {({ level }) => (
          <SelectField
            label={text.logLevel}
            className="max-w-56"
            value={setting.isPending ? setting.variables : level}
            onChange={(event) => choose(event.target.value)}
          >
            {LEVELS.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </SelectField>
        )}
      </Answered>
      {setting.error !== null && <Failure error={setting.error} />}
    </Card>
  );
}
