// A client key, shown this once, with what a program needs to use it.

import { Link } from '@tanstack/react-router';
import { type ReactElement, useLayoutEffect, useRef } from 'react';
import type { AddressesView, MadeClient } from '../../../../server/src/admin/contract.ts';
import { useMessages } from '../../language/messages.ts';
import { Button } from '../../ui/button.tsx';
import { CodeBlock } from '../../ui/code.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Answered } from '../../ui/states.tsx';
import { clientMessages } from './messages.ts';
import { useAddresses } from './questions.ts';

interface ShownKeyProps {
  readonly made: Pick<MadeClient, 'key' | 'change'>;
  readonly onDone: () => void;
}

/** The key and the addresses. */
export function ShownKey({ made: { key, change }, onDone }: ShownKeyProps): ReactElement {
  const text = useMessages(clientMessages);
  const done = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => done.current?.focus(), []);
  const addresses = useAddresses();
  return (
    <div className="flex flex-col gap-4">
      <p role="status" className="text-soft text-sm">
        {text.keyOnce}
      </p>
      {!change.inForce && <p className="text-bad text-sm">{text.notInForce}</p>}
      <CodeBlock text={key} label={text.keyLabel} copy={false} wrap className="[&_pre]:break-all" />
      <div>
        <CopyButton text={key} label={text.keyCopy} what={text.keyCopy} />
      </div>
      <section className="flex min-w-0 flex-col gap-2">
        <h3 className="font-semibold text-sm">{text.keyHow}</h3>
        <p className="text-faint text-xs">{text.keyHowHint}</p>
        <Answered asked={addresses} lines={4}>
          {(view) => <Formats view={view} />}
        </Answered>
      </section>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Link to="/setup" className="text-sm text-water hover:underline">
          {text.keySetup}
        </Link>
        <Button ref={done} weight="primary" onClick={onDone}>
          {text.done}
        </Button>
      </div>
    </div>
  );
}

function Formats({ view: { formats } }: { readonly view: AddressesView }): ReactElement {
  const text = useMessages(clientMessages);
  return (
    <table className="w-full text-xs">
      <thead className="sr-only">
        <tr>
          <th scope="col">{text.keyFormat}</th>
          <th scope="col">{text.keyAddress}</th>
          <th scope="col">{text.keyCopy}</th>
        </tr>
      </thead>
      <tbody>
        {formats.map(({ dialect, name, baseUrl }) => (
          <tr key={dialect} className="border-line border-b last:border-b-0">
            <th scope="row" className="py-1 pr-3 text-left font-normal text-soft">
              {name}
            </th>
            <td className="break-all py-1 pr-2 font-mono">{baseUrl}</td>
            <td className="w-8 py-1">
              <CopyButton text={baseUrl} what={text.keyCopyAddress(name)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
