// Step 2: a provider and its key, tested at once.

import { type ReactElement, useState } from 'react';
import type {
  EntryBody,
  EntryOutcome,
  ProviderView,
  UpstreamView,
} from '../../../../server/src/admin/contract.ts';
import { useChange } from '../../api/queries.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { Failure } from '../../ui/states.tsx';
import { faultsByField, suggestedId } from '../upstreams/entry.ts';
import { formMessages } from '../upstreams/form-messages.ts';
import { KeyInput, keysOf, NO_KEYS } from '../upstreams/key-input.tsx';
import { ProviderOptions } from '../upstreams/provider-options.tsx';
import { useProviders } from '../upstreams/questions.ts';
import { TryUpstream } from '../upstreams/try-upstream.tsx';
import { welcomeMessages } from './messages.ts';
import { Step } from './step.tsx';

interface KeyStepProps {
  readonly upstreams: readonly UpstreamView[];
  readonly isDone: boolean;
}

/** The step. */
export function KeyStep({ upstreams, isDone }: KeyStepProps): ReactElement {
  const text = useMessages(welcomeMessages);
  const format = useFormat();
  const [added, setAdded] = useState<EntryOutcome | undefined>();
  const real = upstreams.filter(({ provider }) => provider !== 'demo').map(({ id }) => id);
  return (
    <Step place={2} title={text.keyTitle} hint={text.keyHint} isDone={isDone}>
      <p className="text-soft text-sm">{real.length === 0 ? text.demo : text.keyHave(format.list(real))}</p>
      {added === undefined ? (
        <KeyForm upstreams={upstreams} onAdded={setAdded} />
      ) : (
        <>
          <TryUpstream id={added.id} attempt={added.change.etag} />
          <div>
            <Button size="small" onClick={() => setAdded(undefined)}>
              {text.keyAnother}
            </Button>
          </div>
        </>
      )}
    </Step>
  );
}

interface KeyFormProps {
  readonly upstreams: readonly UpstreamView[];
  readonly onAdded: (outcome: EntryOutcome) => void;
}

function KeyForm({ upstreams, onAdded }: KeyFormProps): ReactElement {
  const text = useMessages(welcomeMessages);
  const words = useMessages(formMessages);
  const providers = useProviders();
  const [chosen, choose] = useState('');
  const [keys, setKeys] = useState(NO_KEYS);
  const [baseUrl, setBaseUrl] = useState('');
  const adding = useChange<EntryBody, EntryOutcome>(
    (body) => ({ path: '/upstreams', body }),
    ['/upstreams', '/keys', '/status', '/models', '/config'],
  );
  const provider = providers.find(({ id }) => id === chosen);
  const given = keysOf(keys);
  const faults = adding.error === null ? {} : faultsByField(adding.error.issues);
  const isReady = provider !== undefined && (given.length > 0 || !provider.needsKey);
  const add = (): void => {
    const address = baseUrl.trim() === '' ? {} : { baseUrl: baseUrl.trim() };
    const entry = { id: suggestedId(chosen, upstreams), provider: chosen, ...address };
    adding.mutate(given.length === 0 ? entry : { ...entry, keys: given }, { onSuccess: onAdded });
  };
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) add();
      }}
    >
      <SelectField
        label={words.provider}
        value={chosen}
        onChange={(event) => {
          choose(event.target.value);
          adding.reset();
        }}
        className="max-w-sm"
      >
        <ProviderOptions providers={providers} chosen={chosen} />
      </SelectField>
      {provider !== undefined && needsAddress(provider) && (
        <TextField
          label={words.baseUrl}
          type="url"
          placeholder={provider.baseUrl ?? 'http://127.0.0.1:8000/v1'}
          value={baseUrl}
          onChange={(event) => setBaseUrl(event.target.value)}
          hint={provider.baseUrl === undefined ? words.baseUrlOwn : words.baseUrlPreset(provider.baseUrl)}
          fault={faults['baseUrl']}
        />
      )}
      {provider !== undefined && (
        <KeyInput value={keys} onChange={setKeys} provider={provider} fault={faults['keys'] ?? faults['']} />
      )}
      {adding.error !== null && adding.error.issues.length === 0 && <Failure error={adding.error} />}
      <div>
        <Button type="submit" weight="primary" disabled={!isReady} busy={adding.isPending}>
          {text.keyAdd}
        </Button>
      </div>
    </form>
  );
}

/** Providers in the cloud have one address; a server of one's own may be anywhere. */
function needsAddress({ baseUrl, local }: ProviderView): boolean {
  return baseUrl === undefined || local;
}
