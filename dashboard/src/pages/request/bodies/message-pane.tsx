// One of the four messages: its first line, its headers, and its body, which can be folded away and copied.

import { ChevronRight } from 'lucide-react';
import type { ReactElement } from 'react';
import { useFormat } from '../../../language/format.ts';
import { useMessages } from '../../../language/messages.ts';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { actionMessages } from '../action-messages.ts';
import { BodyText, type Marks } from './body-text.tsx';
import type { Pane } from './panes.ts';

interface MessagePaneProps {
  readonly title: string;
  readonly pane: Pane | undefined;
  /** What is said where there is nothing to show. */
  readonly absent: string;
  readonly marks: Marks;
}

/** The message. */
export function MessagePane({ title, pane, absent, marks }: MessagePaneProps): ReactElement {
  const text = useMessages(actionMessages);
  const format = useFormat();
  const body = pane?.body;
  return (
    <details open className="group/message">
      <summary className="mb-1.5 flex list-none items-center gap-1.5 rounded-md [&::-webkit-details-marker]:hidden">
        <ChevronRight
          aria-hidden="true"
          className="size-3.5 shrink-0 text-faint transition-transform group-open/message:rotate-90"
        />
        <h3 className="whitespace-nowrap font-medium text-sm">{title}</h3>
        <span className="min-w-0 truncate font-mono text-faint text-xs" title={pane?.head}>
          {pane?.head}
        </span>
        {body !== undefined && (
          <span className="ml-auto whitespace-nowrap text-faint text-xs tabular-nums">
            {format.bytes(body.bytes)}
          </span>
        )}
      </summary>
      {pane === undefined ? (
        <p className="text-faint text-sm">{absent}</p>
      ) : (
        <div className="flex min-w-0 flex-col gap-2">
          <div className="flex items-start gap-1">
            <div className="min-w-0 flex-1">
              <Headers pane={pane} />
            </div>
            {body !== undefined && <CopyButton text={body.text} what={text.copyBody(title)} />}
          </div>
          <Body title={title} pane={pane} marks={marks} />
        </div>
      )}
    </details>
  );
}

function Body({
  title,
  pane,
  marks,
}: Pick<MessagePaneProps, 'title' | 'marks'> & { readonly pane: Pane }): ReactElement {
  const text = useMessages(actionMessages);
  const format = useFormat();
  const { body, lines, kind } = pane;
  if (body === undefined) return <p className="text-faint text-sm">{text.noBody}</p>;
  return (
    <>
      {body.encoding === 'base64' ? (
        <p className="min-h-10 pt-2 text-faint text-sm">{text.binary}</p>
      ) : (
        <BodyText label={title} lines={lines} marks={marks} spaced={kind === 'stream'} />
      )}
      {body.cut && <p className="mt-1 text-caution text-xs">{text.cutBody(format.bytes(body.bytes))}</p>}
    </>
  );
}

function Headers({ pane: { headers } }: { readonly pane: Pane }): ReactElement | null {
  const text = useMessages(actionMessages);
  if (headers.length === 0) return null;
  return (
    <details className="rounded-lg border border-line px-3 py-1.5 text-xs">
      <summary className="text-faint">{text.headers(String(headers.length))}</summary>
      <dl className="mt-1.5 grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)] gap-x-3 gap-y-0.5 font-mono">
        {headers.map(([name, value], index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a name may come twice, and the list never changes.
          <div key={index} className="contents">
            <dt className="break-words text-faint">{name}</dt>
            <dd className="break-words [overflow-wrap:anywhere]">{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
