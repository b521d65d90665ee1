// The fields of an upstream.

import type { ReactElement, ReactNode } from 'react';
import type { ProviderView } from '../../../../server/src/admin/contract.ts';
import { useFormat } from '../../language/format.ts';
import { useMessages } from '../../language/messages.ts';
import { SelectField, TextArea, TextField } from '../../ui/field.tsx';
import { type FieldName, hasManyAddresses, LIMIT_KINDS, otherMembers } from './entry.ts';
import type { Editor } from './entry-editor.ts';
import { formMessages } from './form-messages.ts';
import { KeyInput } from './key-input.tsx';
import { ProviderOptions } from './provider-options.tsx';
import { useProviders } from './questions.ts';

interface EntryFieldsProps {
  readonly isNew: boolean;
  readonly editor: Editor;
}

/** What every field carries. */
function useGiven({ fields, faults, localFaults, type }: Editor) {
  const text = useMessages(formMessages);
  return (name: FieldName) => {
    const local = localFaults[name];
    const fault = local === undefined ? faults[name] : text[local];
    return {
      value: fields[name],
      onChange: (event: { readonly target: { readonly value: string } }) => type(name, event.target.value),
      fault,
    };
  };
}

/** All of them. */
export function EntryFields({ isNew, editor }: EntryFieldsProps): ReactElement {
  const text = useMessages(formMessages);
  const format = useFormat();
  const providers = useProviders();
  const provider = providers.find(({ id }) => id === editor.fields.provider);
  const others = otherMembers(editor.written);
  return (
    <>
      <Identity isNew={isNew} editor={editor} providers={providers} provider={provider} />
      {isNew && editor.fields.provider !== '' && (
        <KeyInput
          value={editor.keys}
          onChange={editor.giveKeys}
          provider={provider}
          fault={editor.faults['keys']}
        />
      )}
      <Order editor={editor} />
      <Models editor={editor} />
      <Limits editor={editor} />
      <Connection editor={editor} />
      {others.length > 0 && <p className="text-faint text-xs">{text.otherMembers(format.list(others))}</p>}
    </>
  );
}

interface IdentityProps extends EntryFieldsProps {
  readonly providers: readonly ProviderView[];
  readonly provider: ProviderView | undefined;
}

function Identity({ isNew, editor, providers, provider }: IdentityProps): ReactElement {
  const text = useMessages(formMessages);
  const format = useFormat();
  const given = useGiven(editor);
  const isMany = hasManyAddresses(editor.written);
  const presetHint = provider?.baseUrl === undefined ? text.baseUrlOwn : text.baseUrlPreset(provider.baseUrl);
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <SelectField
        label={text.provider}
        {...given('provider')}
        hint={provider === undefined ? undefined : text.providerHint(format.list(provider.dialects))}
      >
        <ProviderOptions providers={providers} chosen={editor.fields.provider} />
      </SelectField>
      <TextField
        label={text.id}
        {...given('id')}
        disabled={!isNew}
        hint={isNew ? text.idHint : text.idFixed}
      />
      <TextField
        label={text.baseUrl}
        {...given('baseUrl')}
        type="url"
        inputMode="url"
        placeholder={isMany ? text.baseUrlMany : (provider?.baseUrl ?? 'http://127.0.0.1:8000/v1')}
        disabled={isMany}
        hint={isNew || isMany ? presetHint : text.baseUrlKeys}
        className="sm:col-span-2"
      />
    </div>
  );
}

function Section({
  title,
  hint,
  children,
}: {
  readonly title: string;
  readonly hint?: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <fieldset className="flex min-w-0 flex-col gap-3 border-line border-t pt-3">
      <legend className="float-left mb-1 w-full font-semibold text-sm">
        {title}
        {hint !== undefined && <span className="ml-2 font-normal text-faint text-xs">{hint}</span>}
      </legend>
      {children}
    </fieldset>
  );
}

function Order({ editor }: { readonly editor: Editor }): ReactElement {
  const text = useMessages(formMessages);
  const given = useGiven(editor);
  return (
    <Section title={text.order}>
      <div className="grid gap-3 sm:grid-cols-2">
        <TextField
          label={text.priority}
          inputMode="numeric"
          placeholder="0"
          hint={text.priorityHint}
          {...given('priority')}
        />
        <TextField
          label={text.weight}
          inputMode="decimal"
          placeholder="1"
          hint={text.weightHint}
          {...given('weight')}
        />
      </div>
    </Section>
  );
}

function Models({ editor }: { readonly editor: Editor }): ReactElement {
  const text = useMessages(formMessages);
  const given = useGiven(editor);
  return (
    <Section title={text.modelsTitle}>
      <div className="grid gap-3 [&_textarea]:font-mono [&_textarea]:text-xs sm:grid-cols-2">
        <TextArea label={text.models} hint={text.modelsHint} {...given('models')} />
        <TextArea
          label={text.aliases}
          hint={text.aliasesHint}
          placeholder="fast = gpt-5-mini"
          {...given('aliases')}
        />
      </div>
    </Section>
  );
}

function Limits({ editor }: { readonly editor: Editor }): ReactElement {
  const text = useMessages(formMessages);
  return (
    <Section title={text.limits} hint={text.limitsHint}>
      <LimitRow editor={editor} section="keyLimits" title={text.limitsEach} />
      <LimitRow editor={editor} section="limits" title={text.limitsAll} />
    </Section>
  );
}

function LimitRow({
  editor,
  section,
  title,
}: {
  readonly editor: Editor;
  readonly section: 'limits' | 'keyLimits';
  readonly title: string;
}): ReactElement {
  const text = useMessages(formMessages);
  const given = useGiven(editor);
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 text-faint text-xs">{title}</legend>
      <div className="grid grid-cols-2 gap-2 sm:grid-cols-5">
        {LIMIT_KINDS.map((kind) => (
          <TextField key={kind} label={text[kind]} inputMode="numeric" {...given(`${section}.${kind}`)} />
        ))}
      </div>
    </fieldset>
  );
}

function Connection({ editor }: { readonly editor: Editor }): ReactElement {
  const text = useMessages(formMessages);
  const given = useGiven(editor);
  return (
    <Section title={text.connection}>
      <TextField label={text.proxy} hint={text.proxyHint} {...given('proxy')} />
    </Section>
  );
}
