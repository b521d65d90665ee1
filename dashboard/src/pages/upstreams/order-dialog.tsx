// The order in which upstreams are tried: groups that are moved by mouse or by buttons, and put in force together.

import { ArrowDown, ArrowUp, GripVertical, Merge } from 'lucide-react';
import { type DragEvent, type ReactElement, useState } from 'react';
import type { ConfigOutcome, UpstreamView } from '../../../../server/src/admin/contract.ts';
import { useChange } from '../../api/queries.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Failure } from '../../ui/states.tsx';
import { tell } from '../../ui/toasts.tsx';
import { upstreamMessages } from './messages.ts';
import { type Groups, groupsOf, isSameOrder, joined, joinedAbove, moved, placedAlone } from './order.ts';

interface OrderDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly upstreams: readonly UpstreamView[];
}

/** The dialog. */
export function OrderDialog({ open, onClose, upstreams }: OrderDialogProps): ReactElement {
  const text = useMessages(upstreamMessages);
  return (
    <Dialog open={open} onClose={onClose} title={text.orderTitle}>
      <Ordering upstreams={upstreams} onClose={onClose} />
    </Dialog>
  );
}

function Ordering({ upstreams, onClose }: Omit<OrderDialogProps, 'open'>): ReactElement {
  const text = useMessages(upstreamMessages);
  const format = useFormat();
  const [start] = useState(() => groupsOf(upstreams));
  const [groups, setGroups] = useState(start);
  const [said, setSaid] = useState('');
  const saving = useChange<Groups, ConfigOutcome>(
    (ids) => ({ path: '/upstream-order', body: { ids } }),
    ['/upstreams', '/config'],
  );
  const put = (next: Groups, id: string): void => {
    setGroups(next);
    const place = next.findIndex((group) => group.includes(id));
    setSaid(text.orderNow(id, place + 1, next.length));
  };
  const save = (): void =>
    saving.mutate(groups, {
      onSuccess: () => {
        tell(text.orderDone);
        onClose();
      },
    });
  const outside = upstreams.filter(({ inFile }) => !inFile).map(({ id }) => id);
  return (
    <div className="flex flex-col gap-3">
      <p className="text-faint text-sm">{text.orderHint}</p>
      <GroupList groups={groups} onPut={put} />
      {outside.length > 0 && <p className="text-faint text-xs">{text.orderOutside(format.list(outside))}</p>}
      <p className="sr-only" aria-live="polite">
        {said}
      </p>
      {saving.error !== null && <Failure error={saving.error} />}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{text.cancel}</Button>
        <Button weight="primary" disabled={isSameOrder(start, groups)} busy={saving.isPending} onClick={save}>
          {text.save}
        </Button>
      </div>
    </div>
  );
}

interface GroupListProps {
  readonly groups: Groups;
  readonly onPut: (next: Groups, id: string) => void;
}

function GroupList({ groups, onPut }: GroupListProps): ReactElement {
  const text = useMessages(upstreamMessages);
  const [dragged, setDragged] = useState<string | undefined>();
  const drop = (next: (id: string) => Groups) => () => {
    if (dragged !== undefined) onPut(next(dragged), dragged);
    setDragged(undefined);
  };
  const gap = (place: number): ReactElement => (
    <DropZone
      isOpen={dragged !== undefined}
      label={text.orderAlone}
      onDrop={drop((id) => placedAlone(groups, id, place))}
    />
  );
  return (
    <div className="flex flex-col">
      {gap(0)}
      {groups.map((group, place) => (
        <div key={group.join(' ')} className="contents">
          <section
            aria-label={text.orderGroup(place + 1, groups.length)}
            onDragOver={(event) => event.preventDefault()}
            onDrop={drop((id) => joined(groups, id, place))}
            className="rounded-lg border border-line bg-surface p-1"
          >
            <ol>
              {group.map((id) => (
                <Member
                  key={id}
                  id={id}
                  isFirst={place === 0 && group.length === 1}
                  isLast={place === groups.length - 1 && group.length === 1}
                  canJoin={place > 0}
                  onDrag={setDragged}
                  onMove={(step) => onPut(moved(groups, id, step), id)}
                  onJoin={() => onPut(joinedAbove(groups, id), id)}
                />
              ))}
            </ol>
          </section>
          {gap(place + 1)}
        </div>
      ))}
    </div>
  );
}

function DropZone({
  isOpen,
  label,
  onDrop,
}: {
  readonly isOpen: boolean;
  readonly label: string;
  readonly onDrop: () => void;
}): ReactElement {
  const [isOver, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: for the mouse; the buttons do the same.
    <div
      title={label}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={() => {
        setOver(false);
        onDrop();
      }}
      className={classes('my-0.5 h-3 rounded-md', isOpen && (isOver ? 'bg-water' : 'bg-water-soft'))}
    />
  );
}

interface MemberProps {
  readonly id: string;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly canJoin: boolean;
  readonly onDrag: (id: string | undefined) => void;
  readonly onMove: (step: 'up' | 'down') => void;
  readonly onJoin: () => void;
}

function Member({ id, isFirst, isLast, canJoin, onDrag, onMove, onJoin }: MemberProps): ReactElement {
  const text = useMessages(upstreamMessages);
  const start = (event: DragEvent): void => {
    event.dataTransfer.effectAllowed = 'move';
    // Without data some browsers do not begin.
    event.dataTransfer.setData('text/plain', id);
    onDrag(id);
  };
  return (
    <li
      draggable
      onDragStart={start}
      onDragEnd={() => onDrag(undefined)}
      title={text.dragHint}
      className="flex cursor-grab items-center gap-2 rounded-md px-1.5 py-0.5 hover:bg-sunken"
    >
      <GripVertical aria-hidden="true" className="size-4 shrink-0 text-faint" />
      <span className="min-w-0 truncate font-medium text-sm">{id}</span>
      <span className="ml-auto flex">
        <IconButton label={text.orderUp(id)} disabled={isFirst} onClick={() => onMove('up')}>
          <ArrowUp className="size-4" />
        </IconButton>
        <IconButton label={text.orderDown(id)} disabled={isLast} onClick={() => onMove('down')}>
          <ArrowDown className="size-4" />
        </IconButton>
        <IconButton label={text.orderJoin(id)} disabled={!canJoin} onClick={onJoin}>
          <Merge className="size-4" />
        </IconButton>
      </span>
    </li>
  );
}
