// Ready-made texts for libraries, curl and coding tools, with the address, the model and the key that were chosen.

import { Link } from '@tanstack/react-router';
import { Boxes } from 'lucide-react';
import { type ReactElement, useId, useMemo, useState } from 'react';
import { useMessages } from '../../language/messages.ts';
import { buttonLook } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { CodeBlock } from '../../ui/code.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { Empty } from '../../ui/states.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { setupMessages } from './messages.ts';
import { useClientIds, useModelIds } from './questions.ts';
import { setupCommand, undoCommand } from './snippets/commands.ts';
import { curlSnippets } from './snippets/curl.ts';
import type { Snippet, SnippetFacts } from './snippets/facts.ts';
import { librarySnippets } from './snippets/libraries.ts';
import { NOTES } from './snippets/notes.ts';
import { toolSnippets } from './snippets/tools.ts';

interface SnippetsCardProps {
  readonly origin: string;
  readonly apiKey: string | undefined;
}

const KINDS = { libraries: librarySnippets, curl: curlSnippets, tools: toolSnippets } as const;
type Kind = keyof typeof KINDS;

/** The card. */
export function SnippetsCard({ origin, apiKey }: SnippetsCardProps): ReactElement {
  const text = useMessages(setupMessages);
  const [client, setClient] = useState('');
  const [typed, setTyped] = useState<string | undefined>();
  const models = useModelIds(client);
  const model = typed ?? models?.[0] ?? '';
  const facts = useMemo(() => ({ origin, model, key: apiKey }), [origin, model, apiKey]);
  const hasNone = models?.length === 0 && typed === undefined;
  return (
    <Card title={text.snippets} hint={text.snippetsHint}>
      <div className="flex flex-wrap gap-3">
        <ClientField value={client} onChange={setClient} />
        <ModelField value={model} models={models ?? []} onChange={setTyped} />
      </div>
      {hasNone ? (
        <Empty
          icon={Boxes}
          title={text.noModel}
          action={
            <Link to="/upstreams" search={{ tab: 'add' }} className={buttonLook('primary')}>
              {text.addUpstream}
            </Link>
          }
        >
          {text.noModelHint}
        </Empty>
      ) : (
        <div className="mt-3">
          <Kinds facts={facts} />
        </div>
      )}
    </Card>
  );
}

function Kinds({ facts }: { readonly facts: SnippetFacts }): ReactElement {
  const text = useMessages(setupMessages);
  const [kind, setKind] = useState<Kind>('libraries');
  return (
    <Tabs
      label={text.kinds}
      value={kind}
      onChange={setKind}
      tabs={[
        { value: 'libraries', label: text.libraries },
        { value: 'curl', label: text.curl },
        { value: 'tools', label: text.tools },
      ]}
    >
      <Chosen key={kind} snippets={KINDS[kind](facts)} facts={facts} />
    </Tabs>
  );
}

interface ChosenProps {
  readonly snippets: readonly Snippet[];
  readonly facts: SnippetFacts;
}

function Chosen({ snippets, facts }: ChosenProps): ReactElement {
  const text = useMessages(setupMessages);
  const [id, setId] = useState('');
  const snippet = snippets.find((one) => one.id === id) ?? snippets[0];
  const note = snippet === undefined ? undefined : NOTES[snippet.id];
  return (
    <div className="flex min-w-0 flex-col gap-3 pt-3">
      <div className="flex flex-wrap items-end gap-x-4 gap-y-2">
        <SelectField
          label={text.snippet}
          className="w-64"
          value={snippet?.id ?? ''}
          onChange={(event) => setId(event.target.value)}
        >
          {snippets.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </SelectField>
        {note !== undefined && (
          <p className="min-w-0 flex-1 basis-72 pb-1.5 text-soft text-sm">{text[note]}</p>
        )}
      </div>
      {snippet !== undefined && <OneCommand snippet={snippet} facts={facts} />}
      {snippet?.parts.map(({ where, text: body }) => {
        const place = where === 'shell' ? text.shell : where;
        return (
          <div key={where} className="flex min-w-0 flex-col gap-1">
            <p className="font-medium text-faint text-xs">{place}</p>
            <CodeBlock text={body} label={`${snippet.name}: ${place}`} />
          </div>
        );
      })}
    </div>
  );
}

/** For tools that the gateway's own command sets up. */
function OneCommand({
  snippet: { id, name },
  facts,
}: {
  readonly snippet: Snippet;
  readonly facts: SnippetFacts;
}): ReactElement | null {
  const text = useMessages(setupMessages);
  const command = setupCommand(id, facts);
  if (command === undefined) return null;
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <p className="font-medium text-faint text-xs">{text.oneCommand}</p>
      <CodeBlock text={command} label={`${name}: sluice setup`} />
      <p className="text-faint text-xs">{text.oneCommandUndo(undoCommand(id))}</p>
    </div>
  );
}

interface ClientFieldProps {
  readonly value: string;
  readonly onChange: (client: string) => void;
}

function ClientField({ value, onChange }: ClientFieldProps): ReactElement | null {
  const text = useMessages(setupMessages);
  const clients = useClientIds();
  if (clients.length === 0) return null;
  return (
    <SelectField
      label={text.client}
      className="w-56"
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">{text.allClients}</option>
      {clients.map((id) => (
        <option key={id} value={id}>
          {id}
        </option>
      ))}
    </SelectField>
  );
}

interface ModelFieldProps {
  readonly value: string;
  readonly models: readonly string[];
  readonly onChange: (model: string) => void;
}

function ModelField({ value, models, onChange }: ModelFieldProps): ReactElement {
  const text = useMessages(setupMessages);
  const listId = useId();
  return (
    <>
      <TextField
        label={text.model}
        className="w-80 max-w-full"
        list={listId}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={listId}>
        {models.map((id) => (
          <option key={id} value={id} />
        ))}
      </datalist>
    </>
  );
}
