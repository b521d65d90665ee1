// Which route a request would take, and who would be asked: from the gateway itself, without sending anything.

import { type FormEvent, type ReactElement, useId, useState } from 'react';
import type {
  ClientView,
  ExplainedView,
  ExplainRequest,
  ExplainView,
  ModelView,
} from '../../../../../server/src/admin/contract.ts';
import { useAsk, useChange } from '../../../api/queries.ts';
import { useMessages } from '../../../language/messages.ts';
import { Button } from '../../../ui/button.tsx';
import { Card } from '../../../ui/card.tsx';
import { Facts } from '../../../ui/facts.tsx';
import { SelectField, TextField } from '../../../ui/field.tsx';
import { Failure } from '../../../ui/states.tsx';
import { isMembers } from '../draft/values.ts';
import { valueText } from '../form/value-words.ts';
import { routesMessages } from './messages.ts';

const FORMATS = [
  ['openai-chat', 'OpenAI Chat Completions'],
  ['openai-responses', 'OpenAI Responses'],
  ['anthropic-messages', 'Anthropic Messages'],
  ['gemini', 'Gemini'],
] as const;

/** The card. */
export function ExplainCard(): ReactElement {
  const text = useMessages(routesMessages);
  const models = useAsk<{ readonly models: readonly ModelView[] }>(
    '/models',
    { limit: 1_000 },
    { everyMs: false },
  );
  const clients = useAsk<{ readonly clients: readonly ClientView[] }>('/clients', {}, { everyMs: false });
  const [model, setModel] = useState('');
  const [client, setClient] = useState('');
  const [dialect, setDialect] = useState<(typeof FORMATS)[number][0]>('openai-chat');
  const explain = useChange<ExplainRequest, ExplainView>((body) => ({ path: '/explain', body }), []);
  const listId = useId();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (model.trim() === '') return;
    explain.mutate({ model: model.trim(), dialect, ...(client === '' ? {} : { client }) });
  };
  return (
    <Card title={text.explainTitle} hint={text.explainHint}>
      <form onSubmit={submit} className="grid items-end gap-3 sm:grid-cols-[2fr_1fr_1fr_auto]">
        <TextField
          label={text.model}
          list={listId}
          value={model}
          onChange={({ target }) => setModel(target.value)}
        />
        <datalist id={listId}>
          {models.data?.models.map(({ id }) => (
            <option key={id} value={id} />
          ))}
        </datalist>
        <SelectField label={text.client} value={client} onChange={({ target }) => setClient(target.value)}>
          <option value="">{text.anyone}</option>
          {clients.data?.clients.map(({ id }) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={text.format}
          value={dialect}
          onChange={({ target }) =>
            setDialect(FORMATS.find(([id]) => id === target.value)?.[0] ?? 'openai-chat')
          }
        >
          {FORMATS.map(([id, name]) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
        <Button type="submit" weight="primary" busy={explain.isPending} disabled={model.trim() === ''}>
          {text.explain}
        </Button>
      </form>
      {explain.error !== null && <Failure error={explain.error} />}
      {explain.data !== undefined && <Explanation told={explain.data} />}
    </Card>
  );
}

function Explanation({ told }: { readonly told: ExplainView }): ReactElement {
  const text = useMessages(routesMessages);
  const { route, order, dispatch, notes = [], error, candidates, passedOver } = told;
  return (
    <div aria-live="polite" className="mt-4 flex flex-col gap-3">
      <Facts
        facts={[
          [text.route, route === 'default' ? text.defaultRoute : route],
          [text.order, order],
          [text.dispatch, dispatchWord(dispatch)],
        ]}
      />
      {notes.length > 0 && (
        <ul className="list-disc pl-5 text-soft text-sm">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {error !== undefined && <p className="text-bad text-sm">{error.message}</p>}
      <div className="grid gap-4 md:grid-cols-2">
        <AskedList title={text.goesTo} list={candidates} none={text.nobody} />
        <AskedList title={text.passedOver} list={passedOver} />
      </div>
    </div>
  );
}

/** "hedged", whether it is told as a word or in detail. */
function dispatchWord(dispatch: unknown): string | undefined {
  if (dispatch === undefined) return undefined;
  return valueText(isMembers(dispatch) ? dispatch['type'] : dispatch);
}

function AskedList({
  title,
  list,
  none,
}: {
  readonly title: string;
  readonly list: readonly ExplainedView[];
  readonly none?: string;
}): ReactElement | null {
  if (list.length === 0 && none === undefined) return null;
  return (
    <section>
      <h3 className="mb-1 font-medium text-sm">{title}</h3>
      {list.length === 0 && <p className="text-faint text-sm">{none}</p>}
      <ol className="flex flex-col gap-1.5">
        {list.map(({ upstreamId, keyName, keyId, model, why }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a place in an order.
          <li key={index} className="text-sm">
            <p className="break-all font-mono text-xs">
              {[upstreamId, keyName ?? keyId, model].filter(Boolean).join(' · ')}
            </p>
            <p className="text-faint text-xs">{why}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}
