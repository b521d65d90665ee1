// Step 3: the first request, as a program sends it, or from here.

import { useMutation } from '@tanstack/react-query';
import { Send } from 'lucide-react';
import { type ReactElement, useEffect, useId, useRef, useState } from 'react';
import type { AddressesView, ModelView } from '../../../../server/src/admin/contract.ts';
import type { ApiError } from '../../api/http.ts';
import { useAsk } from '../../api/queries.ts';
import { useMessages } from '../../language/messages.ts';
import { Button } from '../../ui/button.tsx';
import { CodeBlock } from '../../ui/code.tsx';
import { TextField } from '../../ui/field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Failure } from '../../ui/states.tsx';
import { welcomeMessages } from './messages.ts';
import { type FirstRequest, sendFirst } from './send.ts';
import { type Snippet, snippetsOf } from './snippets.ts';
import { Step } from './step.tsx';

interface ModelList {
  readonly models: readonly ModelView[];
}

/** The model that is proposed: one of an upstream of the operator's own, before the demo. */
function proposed(models: readonly ModelView[]): string {
  const isOwn = ({ owner, candidates }: ModelView): boolean => owner !== 'demo' && candidates.length > 0;
  return (models.find(isOwn) ?? models[0])?.id ?? '';
}

/** The step. */
export function RequestStep({ isDone }: { readonly isDone: boolean }): ReactElement {
  const text = useMessages(welcomeMessages);
  const models = useAsk<ModelList>('/models').data?.models ?? [];
  const addresses = useAsk<AddressesView>('/addresses', {}, { everyMs: false }).data;
  const [typed, setTyped] = useState<string | undefined>();
  const listId = useId();
  const model = typed ?? proposed(models);
  const baseUrl = addresses?.formats.find(({ dialect }) => dialect === 'openai-chat')?.baseUrl;
  return (
    <Step place={3} title={text.requestTitle} hint={text.requestHint} isDone={isDone}>
      <TextField
        label={text.model}
        hint={text.modelHint}
        list={listId}
        value={model}
        onChange={(event) => setTyped(event.target.value)}
        className="max-w-sm [&_input]:font-mono"
      />
      <datalist id={listId}>
        {models.map(({ id }) => (
          <option key={id} value={id} />
        ))}
      </datalist>
      <Snippets
        snippets={snippetsOf({
          baseUrl: baseUrl ?? `${location.origin}/v1`,
          model,
          prompt: text.prompt,
          keyRequired: addresses?.keyRequired ?? false,
        })}
      />
      {addresses !== undefined && (
        <p className="text-faint text-xs">{addresses.keyRequired ? text.keyPlaceholder : text.keyNone}</p>
      )}
      <SendFromHere model={model} />
    </Step>
  );
}

function Snippets({ snippets }: { readonly snippets: readonly Snippet[] }): ReactElement {
  const text = useMessages(welcomeMessages);
  const [chosen, choose] = useState<Snippet['id']>('curl');
  const snippet = snippets.find(({ id }) => id === chosen);
  return (
    <>
      <Segmented
        label={text.language}
        value={chosen}
        options={snippets.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={choose}
        className="self-start"
      />
      {snippet !== undefined && <CodeBlock text={snippet.text} label={text.snippet(snippet.name)} wrap />}
    </>
  );
}

function SendFromHere({ model }: { readonly model: string }): ReactElement {
  const text = useMessages(welcomeMessages);
  const [answer, setAnswer] = useState('');
  const leaving = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => leaving.current?.abort(), []);
  const sending = useMutation<void, ApiError, FirstRequest>({
    mutationFn: (request) => {
      setAnswer('');
      const controller = new AbortController();
      leaving.current = controller;
      return sendFirst(request, (more) => setAnswer((before) => before + more), controller.signal);
    },
  });
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Button
          weight="primary"
          disabled={model.trim() === ''}
          busy={sending.isPending}
          onClick={() => sending.mutate({ model: model.trim(), prompt: text.prompt })}
        >
          <Send aria-hidden="true" className="size-4" />
          {text.send}
        </Button>
        <span className="text-faint text-xs">{text.sendHint}</span>
      </div>
      {!sending.isIdle && sending.error === null && (
        <section
          aria-label={text.answer}
          aria-busy={sending.isPending}
          className="min-h-16 whitespace-pre-wrap break-words rounded-lg border border-line bg-sunken p-3 text-sm"
        >
          {answer === '' && sending.isPending ? <span className="text-faint">{text.sending}</span> : answer}
        </section>
      )}
      {sending.error !== null && (
        <div className="-m-4">
          <Failure error={sending.error} />
        </div>
      )}
    </>
  );
}
