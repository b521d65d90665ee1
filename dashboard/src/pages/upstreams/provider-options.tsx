// The providers that there are, as options of a list: vendors, servers of one's own machine, and any other server.

import type { ReactElement } from 'react';
import type { ProviderView } from '../../../../server/src/admin/contract.ts';
import { useMessages } from '../../language/messages.ts';
import { formMessages } from './form-messages.ts';

/** The options. One that is chosen and not known stays chosen. */
export function ProviderOptions({
  providers,
  chosen,
}: {
  readonly providers: readonly ProviderView[];
  readonly chosen: string;
}): ReactElement {
  const text = useMessages(formMessages);
  const isGeneric = ({ local, baseUrl }: ProviderView): boolean => !local && baseUrl === undefined;
  const groups = [
    { label: text.vendors, members: providers.filter((one) => !one.local && !isGeneric(one)) },
    { label: text.local, members: providers.filter((one) => one.local) },
    { label: text.other, members: providers.filter(isGeneric) },
  ];
  return (
    <>
      <option value="">–</option>
      {chosen !== '' && providers.every(({ id }) => id !== chosen) && (
        <option value={chosen}>{chosen}</option>
      )}
      {groups.map(({ label, members }) => (
        <optgroup key={label} label={label}>
          {members.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </optgroup>
      ))}
    </>
  );
}
