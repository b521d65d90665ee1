// Where keys are given: pasted, one per line, or as the name of a variable. What is pasted is not shown in the clear.

import type { ReactElement } from 'react';
import type { ProviderView } from '../../../../server/src/admin/contract.ts';
import { useMessages } from '../../language/messages.ts';
import { TextArea, TextField } from '../../ui/field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { linesOf } from './entry.ts';
import { formMessages } from './form-messages.ts';

/** What was given. */
export interface GivenKeys {
  readonly how: 'paste' | 'variable';
  readonly pasted: string;
  readonly variable: string;
}

/** Nothing yet. */
export const NO_KEYS: GivenKeys = { how: 'paste', pasted: '', variable: '' };

/** The keys as the gateway takes them in an entry: themselves, or a reference. */
export function keysOf({ how, pasted, variable }: GivenKeys): readonly string[] {
  if (how === 'paste') return linesOf(pasted);
  const name = variable.trim().replace(/^\$\{?|\}$/g, '');
  return name === '' ? [] : [`\${${name}}`];
}

interface KeyInputProps {
  readonly value: GivenKeys;
  readonly onChange: (value: GivenKeys) => void;
  readonly provider: ProviderView | undefined;
  readonly fault?: string | undefined;
}

/** The fields. */
export function KeyInput({ value, onChange, provider, fault }: KeyInputProps): ReactElement {
  const text = useMessages(formMessages);
  return (
    <div className="flex flex-col gap-2">
      <Segmented
        label={text.keysHow}
        value={value.how}
        options={[
          { value: 'paste', label: text.keysPaste },
          { value: 'variable', label: text.keysVariable },
        ]}
        onChange={(how) => onChange({ ...value, how })}
        className="self-start"
      />
      {value.how === 'paste' ? (
        <TextArea
          label={text.keys}
          rows={2}
          autoComplete="off"
          value={value.pasted}
          onChange={(event) => onChange({ ...value, pasted: event.target.value })}
          hint={<KeyHint provider={provider} />}
          fault={fault}
          className="[&_textarea]:font-mono [&_textarea]:[-webkit-text-security:disc]"
        />
      ) : (
        <TextField
          label={text.variable}
          placeholder={provider?.environment[0]}
          value={value.variable}
          onChange={(event) => onChange({ ...value, variable: event.target.value })}
          hint={text.variableHint}
          fault={fault}
        />
      )}
    </div>
  );
}

function KeyHint({ provider }: { readonly provider: ProviderView | undefined }): ReactElement {
  const text = useMessages(formMessages);
  const { keyHint, keysPage } = provider ?? {};
  return (
    <>
      {provider?.needsKey === false ? text.keysNone : text.keysHint}
      {keyHint !== undefined && ` ${text.keysBegin(keyHint)}`}
      {keysPage !== undefined && /^https:\/\//.test(keysPage) && (
        <>
          {' '}
          <a href={keysPage} target="_blank" rel="noreferrer noopener" className="text-water underline">
            {text.keysPage}
          </a>
        </>
      )}
    </>
  );
}
