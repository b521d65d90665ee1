// Where a request for a model would go: who would be asked, in which order, and who would not, each with the reason.

import { type ReactElement, useState } from 'react';
import type { ExplainedView, ExplainView } from '../../../../server/src/admin/contract.ts';
import { useMessages } from '../../language/messages.ts';
import { Lamp, type Tone } from '../../ui/badge.tsx';
import { Facts } from '../../ui/facts.tsx';
import { CheckField, SelectField } from '../../ui/field.tsx';
import { Answered } from '../../ui/states.tsx';
import { DIALECTS, type Dialect, dialectOf, FORMATS } from '../playground/wire/formats.ts';
import { DrawerSection } from './drawer-section.tsx';
import { modelsMessages } from './messages.ts';
import { FormatBadge } from './model-cells.tsx';
import { useClientIds, useExplained } from './questions.ts';

/** The section. */
export function ModelRoute({ name }: { readonly name: string }): ReactElement {
  const text = useMessages(modelsMessages);
  const [dialect, setDialect] = useState<Dialect>('openai-chat');
  const [client, setClient] = useState('');
  const [stream, setStream] = useState(true);
  const clients = useClientIds();
  const asked = useExplained({ model: name, dialect, stream, ...(client === '' ? {} : { client }) });
  return (
    <DrawerSection title={text.candidates} hint={text.candidatesHint}>
      <div className="flex flex-wrap items-end gap-3">
        <SelectField
          label={text.format}
          value={dialect}
          onChange={({ target }) => setDialect(dialectOf(target.value) ?? 'openai-chat')}
          className="w-44"
        >
          {DIALECTS.map((one) => (
            <option key={one} value={one}>
              {FORMATS[one].name}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={text.client}
          value={client}
          onChange={({ target }) => setClient(target.value)}
          className="w-40"
        >
          <option value="">{text.anyClient}</option>
          {clients.map((id) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </SelectField>
        <CheckField
          label={text.stream}
          checked={stream}
          onChange={({ target }) => setStream(target.checked)}
          className="pb-2"
        />
      </div>
      <Answered asked={asked} lines={4}>
        {(told) => <Explanation told={told} />}
      </Answered>
    </DrawerSection>
  );
}

function Explanation({ told }: { readonly told: ExplainView }): ReactElement {
  const text = useMessages(modelsMessages);
  const { route, order, candidates, passedOver, error } = told;
  return (
    <div className="flex min-w-0 flex-col gap-3">
      {error !== undefined && (
        <p className="rounded-lg bg-caution-soft p-3 text-sm">
          <span className="font-medium text-caution">{error.message}</span>{' '}
          <span className="text-soft">{error.suggestion}</span>
        </p>
      )}
      <ol aria-label={text.candidates} className="flex flex-col gap-2 empty:hidden">
        {candidates.map((candidate, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a place in an order.
          <Candidate key={index} candidate={candidate} place={index + 1} />
        ))}
      </ol>
      {passedOver.length > 0 && (
        <details className="text-sm">
          <summary className="w-fit text-faint text-xs hover:text-ink">
            {text.passedOver} ({passedOver.length})
          </summary>
          <ul className="mt-2 flex flex-col gap-1.5">
            {passedOver.map((one, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two may be alike.
              <li key={index}>
                <p className="break-all font-mono text-xs">{nameOf(one)}</p>
                <p className="text-faint text-xs">{one.why}</p>
              </li>
            ))}
          </ul>
        </details>
      )}
      <Facts
        facts={[
          [text.route, route === 'default' ? text.defaultRoute : route],
          [text.order, order],
        ]}
      />
    </div>
  );
}

function nameOf({ upstreamId, keyName, keyId, model }: ExplainedView): string {
  const key = keyId === 'k_none' ? undefined : (keyName ?? keyId);
  return [upstreamId, key, model].filter((part) => part !== undefined).join(' · ');
}

/** What a candidate is like at this moment. */
const STATE_TONES: Readonly<Record<string, Tone>> = {
  free: 'good',
  'half-open': 'caution',
  suspect: 'caution',
  barred: 'bad',
};

function Candidate({
  candidate,
  place,
}: {
  readonly candidate: ExplainedView;
  readonly place: number;
}): ReactElement {
  const { why, state = 'free', native, dialect } = candidate;
  return (
    <li className="flex min-w-0 gap-2.5">
      <span aria-hidden="true" className="w-4 shrink-0 text-right text-faint text-xs leading-5 tabular-nums">
        {place}
      </span>
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Lamp tone={STATE_TONES[state] ?? 'calm'} />
          <span className="break-all font-mono text-xs">{nameOf(candidate)}</span>
          {native !== undefined && <FormatBadge native={native} dialect={dialect ?? ''} />}
        </p>
        <p className="text-faint text-xs">{why}</p>
      </div>
    </li>
  );
}
