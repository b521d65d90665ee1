// The fields of a client.

import type { ReactElement, ReactNode } from 'react';
import { useMessages } from '../../../language/messages.ts';
import { SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { BudgetFieldset } from './budget-fields.tsx';
import type { Editor } from './client-editor.ts';
import { LIMIT_KINDS } from './entry.ts';
import { useFault } from './fault.ts';
import { clientFormMessages } from './messages.ts';

interface ClientFieldsProps {
  readonly isNew: boolean;
  readonly editor: Editor;
}

/** All of them. */
export function ClientFields({ isNew, editor }: ClientFieldsProps): ReactElement {
  const text = useMessages(clientFormMessages);
  const { fields, type } = editor;
  return (
    <>
      {editor.isFirst && (
        <p className="rounded-lg bg-caution-soft p-3 text-caution text-sm">{text.firstWarning}</p>
      )}
      <Identity isNew={isNew} editor={editor} />
      <Scopes editor={editor} />
      <Section title={text.budgets} hint={text.budgetsHint}>
        <BudgetFieldset editor={editor} />
        {fields.budgets.length > 0 && (
          <SelectField
            label={text.unpriced}
            value={fields.unpricedModels}
            onChange={({ target }) => type({ unpricedModels: target.value === 'allow' ? 'allow' : 'refuse' })}
          >
            <option value="refuse">{text.unpricedRefuse}</option>
            <option value="allow">{text.unpricedAllow}</option>
          </SelectField>
        )}
      </Section>
      <Limits editor={editor} />
    </>
  );
}

function Identity({ isNew, editor }: ClientFieldsProps): ReactElement {
  const text = useMessages(clientFormMessages);
  const fault = useFault(editor);
  const { fields, type } = editor;
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <TextField
        label={text.id}
        value={fields.id}
        onChange={({ target }) => type({ id: target.value })}
        disabled={!isNew}
        hint={isNew ? text.idHint : text.idFixed}
        fault={fault('id')}
      />
      <TextField
        label={text.name}
        value={fields.name}
        onChange={({ target }) => type({ name: target.value })}
        hint={text.nameHint}
        fault={fault('name')}
      />
      <TextField
        type="datetime-local"
        label={text.expiresAt}
        value={fields.expiresAt}
        onChange={({ target }) => type({ expiresAt: target.value })}
        hint={text.expiresAtHint}
        fault={fault('expiresAt')}
      />
    </div>
  );
}

function Scopes({ editor }: { readonly editor: Editor }): ReactElement {
  const text = useMessages(clientFormMessages);
  const fault = useFault(editor);
  const { fields, type } = editor;
  return (
    <Section title={text.scopes}>
      <div className="grid gap-3 [&_textarea]:font-mono [&_textarea]:text-xs sm:grid-cols-2">
        <TextArea
          label={text.models}
          placeholder="gpt-5*"
          value={fields.models}
          onChange={({ target }) => type({ models: target.value })}
          hint={text.modelsHint}
          fault={fault('models')}
        />
        <TextArea
          label={text.upstreams}
          value={fields.upstreams}
          onChange={({ target }) => type({ upstreams: target.value })}
          hint={text.upstreamsHint}
          fault={fault('upstreams')}
        />
      </div>
    </Section>
  );
}

function Limits({ editor }: { readonly editor: Editor }): ReactElement {
  const text = useMessages(clientFormMessages);
  const fault = useFault(editor);
  const { fields, type } = editor;
  return (
    <Section title={text.limits} hint={text.limitsHint}>
      <div className="grid grid-cols-2 gap-2 sm:grid-cols-3">
        {LIMIT_KINDS.map((kind) => (
          <TextField
            key={kind}
            label={text[kind]}
            inputMode="numeric"
            value={fields[kind]}
            onChange={({ target }) => type({ [kind]: target.value })}
            fault={fault(`limits.${kind}`)}
          />
        ))}
      </div>
    </Section>
  );
}

interface SectionProps {
  readonly title: string;
  readonly hint?: string;
  readonly children: ReactNode;
}

function Section({ title, hint, children }: SectionProps): ReactElement {
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
