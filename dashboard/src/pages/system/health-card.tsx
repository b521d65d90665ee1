// How the process is: whether it takes requests, what is on its way, and what it uses of the machine.

import type { ReactElement } from 'react';
import type { Status } from '../../../../server/src/admin/contract.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Badge } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { type Figure, Figures } from '../../ui/figures.tsx';
import { useCpuShare } from './cpu-share.ts';
import { systemMessages } from './messages.ts';

/** Above this, requests wait for the process itself. */
const SLOW_LOOP_MS = 100;

/** The card. */
export function HealthCard({ status }: { readonly status: Status }): ReactElement {
  const text = useMessages(systemMessages);
  const figures = [...useWork(status), ...useProcess(status)];
  return (
    <Card
      title={text.health}
      actions={
        <>
          {status.demo && <Badge tone="caution">{text.demo}</Badge>}
          <Badge tone={status.ready ? 'good' : 'bad'}>{status.ready ? text.ready : text.notReady}</Badge>
        </>
      }
    >
      <Figures figures={figures} />
    </Card>
  );
}

function useWork(status: Status): readonly Figure[] {
  const text = useMessages(systemMessages);
  const format = useFormat();
  return [
    { name: text.version, value: status.version, hint: `${text.node} ${status.node.replace(/^v/, '')}` },
    {
      name: text.uptime,
      value: format.duration(status.uptimeMs),
      hint: <span title={format.exact(status.startedAtMs)}>{format.dateTime(status.startedAtMs)}</span>,
    },
    {
      name: text.configured,
      value: `${format.integer(status.upstreams)} · ${format.integer(status.clients)}`,
      hint: status.file === null ? text.noFile : <span title={status.file}>{status.file}</span>,
    },
    { name: text.inFlight, value: format.integer(status.inFlight) },
    {
      name: text.waiting,
      value: format.integer(status.waiting ?? undefined),
      hint: text.waitingHint,
      ...(status.waiting !== null && status.waiting > 0 ? { tone: 'caution' as const } : {}),
    },
  ];
}

function useProcess({ process, startedAtMs, uptimeMs }: Status): readonly Figure[] {
  const text = useMessages(systemMessages);
  const format = useFormat();
  const share = useCpuShare(process.cpuSeconds, uptimeMs, startedAtMs);
  return [
    {
      name: text.loopDelay,
      value: format.duration(process.loopDelayMeanMs),
      hint: text.loopDelayHint(format.duration(process.loopDelayP99Ms)),
      ...(process.loopDelayP99Ms > SLOW_LOOP_MS ? { tone: 'caution' as const } : {}),
    },
    {
      name: text.memory,
      value: format.bytes(process.rssBytes),
      hint: text.heap(format.bytes(process.heapBytes)),
    },
    {
      name: text.cpu,
      value: format.percent(share),
      hint: text.cpuHint(format.duration(process.cpuSeconds * 1_000)),
    },
  ];
}
