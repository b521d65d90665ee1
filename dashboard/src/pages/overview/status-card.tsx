// The live status: one headline, and beneath it what each of the two routes answered.

import type { ReactElement } from 'react';
import type { Finding, GatewayStatus } from '../../api/status.ts';
import { Lamp } from '../../ui/lamp.tsx';
import { wordingOf, wordingOfFinding } from './wording.ts';

const timeOfDay = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** One route and its answer. */
function Row({
  path,
  finding,
}: {
  readonly path: string;
  readonly finding: Finding | undefined;
}): ReactElement {
  const { tone, text } = wordingOfFinding(finding);
  return (
    <div className="flex items-center gap-3 px-5 py-3.5 sm:px-6">
      <Lamp tone={tone} />
      <dt className="font-mono text-sm">
        <a className="underline-offset-4 hover:underline focus-visible:underline" href={path}>
          {path}
        </a>
      </dt>
      <dd className="ml-auto text-faint text-sm tabular-nums">{text}</dd>
    </div>
  );
}

/** The card; `undefined` until the first check is done. */
export function StatusCard({ status }: { readonly status: GatewayStatus | undefined }): ReactElement {
  const { tone, title, detail } = wordingOf(status);
  return (
    <section
      aria-label="Status"
      className="overflow-hidden rounded-2xl border border-line bg-surface shadow-xs"
    >
      <div className="p-5 sm:p-6" aria-live="polite">
        <h2 className="flex items-center gap-3 font-medium text-xl">
          <Lamp tone={tone} />
          {title}
        </h2>
        <p className="mt-2 text-faint leading-relaxed">{detail}</p>
      </div>
      <dl className="divide-y divide-line border-line border-t">
        <Row path="/health" finding={status?.health} />
        <Row path="/ready" finding={status?.ready} />
      </dl>
      <p className="border-line border-t px-5 py-3 text-faint text-xs tabular-nums sm:px-6">
        {status === undefined
          ? 'Not checked yet.'
          : `Last checked at ${timeOfDay.format(status.checkedAtMs)}; checked again every five seconds.`}
      </p>
    </section>
  );
}
