// What can be done with a request: send it again, take it elsewhere, catch the next one like it.

import { Link } from '@tanstack/react-router';
import { Crosshair, Download, Ellipsis, FlaskConical, RotateCw } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import type { ExchangeView } from '../../../../../server/src/admin/contract.ts';
import { API } from '../../../api/http.ts';
import { useMessages } from '../../../language/messages.ts';
import { Button, buttonLook } from '../../../ui/button.tsx';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { Menu, MenuItem } from '../../../ui/menu.tsx';
import { actionMessages } from '../action-messages.ts';
import { curlOfCapture, curlSkeleton } from '../curl.ts';
import { keptOf } from '../kept.ts';
import { CaptureNext } from './capture-next.tsx';
import { ReplayDialog } from './replay-dialog.tsx';

/** The buttons. */
export function Actions({ view }: { readonly view: ExchangeView }): ReactElement {
  const text = useMessages(actionMessages);
  const [open, setOpen] = useState<'again' | 'capture' | undefined>();
  // A dialog tells that it has closed a moment later: another one may have opened by then.
  const close = (which: 'again' | 'capture') => (): void =>
    setOpen((now) => (now === which ? undefined : now));
  const kept = keptOf(view);
  const curl = (): string =>
    kept?.kind === 'capture'
      ? curlOfCapture(kept, window.location.origin)
      : curlSkeleton(view, window.location.origin);
  return (
    <>
      <Button size="small" weight="primary" onClick={() => setOpen('again')}>
        <RotateCw aria-hidden="true" className="size-3.5" />
        {text.again}
      </Button>
      <CopyButton text={curl} label={text.curl} />
      <Link to="/playground" search={{ of: view.id }} className={buttonLook('plain', 'small')}>
        <FlaskConical aria-hidden="true" className="size-3.5" />
        {text.playground}
      </Link>
      <Menu
        trigger={
          <Button size="small" aria-label={text.more} title={text.more}>
            <Ellipsis aria-hidden="true" className="size-4" />
          </Button>
        }
      >
        <MenuItem onChoose={() => setOpen('capture')}>
          <Crosshair aria-hidden="true" className="size-4" />
          {text.captureNext}
        </MenuItem>
        <MenuItem disabled={kept === undefined} onChoose={() => downloadBundle(view.id)}>
          <Download aria-hidden="true" className="size-4" />
          {text.bundle}
        </MenuItem>
      </Menu>
      <ReplayDialog
        view={view}
        kept={kept}
        open={open === 'again'}
        onClose={close('again')}
        onCapture={() => setOpen('capture')}
      />
      <CaptureNext view={view} open={open === 'capture'} onClose={close('capture')} />
    </>
  );
}

/** The gateway answers with a file; a link is how a browser is told to keep it. */
function downloadBundle(id: string): void {
  const link = document.createElement('a');
  link.href = `${API}/exchanges/${encodeURIComponent(id)}/bundle`;
  link.download = `sluice-${id}.json`;
  document.body.append(link);
  link.click();
  link.remove();
}
