// Takes an upstream out of use and shows how what it serves comes to its end.

import type { ReactElement } from 'react';
import type { UpstreamView } from '../../../../server/src/admin/contract.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Failure } from '../../ui/states.tsx';
import { upstreamMessages } from './messages.ts';
import { useSwitch, useUpstreams } from './questions.ts';

interface DrainProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly upstream: UpstreamView;
}

/** The dialog. */
export function DrainDialog({ open, onClose, upstream }: DrainProps): ReactElement {
  const text = useMessages(upstreamMessages);
  const drain = useSwitch(upstream.id);
  const close = (): void => {
    drain.reset();
    onClose();
  };
  const isBegun = drain.isPending || drain.isSuccess;
  return (
    <Dialog
      open={open}
      onClose={close}
      title={text.drainTitle(upstream.id)}
      footer={
        <>
          <Button onClick={close}>{isBegun ? text.close : text.cancel}</Button>
          {!isBegun && (
            <Button weight="primary" onClick={() => drain.mutate('drain')}>
              {text.drainStart}
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-2 text-sm">
        <p className="text-soft">{text.drainText}</p>
        <Left id={upstream.id} isBegun={isBegun} />
        {drain.error !== null && <Failure error={drain.error} />}
      </div>
    </Dialog>
  );
}

const LOOK_MS = 700;

/** What it serves at this moment, also while the gateway waits for it. */
function Left({ id, isBegun }: { readonly id: string; readonly isBegun: boolean }): ReactElement {
  const text = useMessages(upstreamMessages);
  const format = useFormat();
  const { data } = useUpstreams(LOOK_MS);
  const upstream = data?.upstreams.find((one) => one.id === id);
  const inFlight = upstream?.inFlight ?? 0;
  const count = format.integer(inFlight);
  const isEmpty = isBegun && inFlight === 0 && upstream?.enabled !== true;
  return (
    <p aria-live="polite" className="min-h-6 font-medium tabular-nums">
      {isEmpty ? text.drainEmpty : isBegun ? text.drainWaiting(count) : text.drainLeft(count)}
    </p>
  );
}
