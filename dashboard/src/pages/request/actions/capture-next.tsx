// Opens a capture window for one request of the same client and model.

import type { ReactElement } from 'react';
import type {
  CaptureFilterView,
  CaptureView,
  ExchangeView,
} from '../../../../../server/src/admin/contract.ts';
import { useAsk, useChange } from '../../../api/queries.ts';
import { useMessages } from '../../../language/messages.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { uiMessages } from '../../../ui/messages.ts';
import { Failure } from '../../../ui/states.tsx';
import { tell } from '../../../ui/toasts.tsx';
import { actionMessages } from '../action-messages.ts';

interface CaptureNextProps {
  readonly view: ExchangeView;
  readonly open: boolean;
  readonly onClose: () => void;
}

/** Which requests are like this one. */
function filterLike({ clientId, modelAsked }: ExchangeView): CaptureFilterView {
  return {
    ...(clientId === undefined ? {} : { client: clientId }),
    ...(modelAsked === undefined ? {} : { model: modelAsked }),
  };
}

/** The dialog. */
export function CaptureNext({ view, open, onClose }: CaptureNextProps): ReactElement {
  const text = useMessages(actionMessages);
  const common = useMessages(uiMessages);
  const standing = useAsk<CaptureView>('/capture', {}, { enabled: open, everyMs: false }).data;
  const filter = filterLike(view);
  const start = useChange<void, CaptureView>(
    () => ({ path: '/capture', body: { requests: 1, filter } }),
    ['/capture'],
  );
  const words = [
    ...(filter.client === undefined ? [] : [text.ofClient(filter.client)]),
    ...(filter.model === undefined ? [] : [text.ofModel(filter.model)]),
  ];
  const begin = (): void =>
    start.mutate(undefined, {
      onSuccess: () => {
        tell(text.captureStarted);
        onClose();
      },
    });
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={text.captureTitle}
      footer={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button weight="primary" busy={start.isPending} onClick={begin}>
            {text.captureStart}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 text-sm">
        <p className="text-soft">{text.captureHint}</p>
        <p>
          <span className="text-faint">{text.captureFits}:</span>{' '}
          {words.length === 0 ? text.anyRequest : words.join(', ')}
        </p>
        {standing?.open === true && <p className="text-caution">{text.captureReplaces}</p>}
        {start.error !== null && <Failure error={start.error} />}
      </div>
    </Dialog>
  );
}
