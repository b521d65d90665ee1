// One route as a form, made of the schema of a route.

import { type ReactElement, useMemo, useState } from 'react';
import type { EntryOutcome, RouteView } from '../../../../../server/src/admin/contract.ts';
import { forget, useChange } from '../../../api/queries.ts';
import { useMessages } from '../../../language/messages.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { uiMessages } from '../../../ui/messages.ts';
import { Failure } from '../../../ui/states.tsx';
import { tell } from '../../../ui/toasts.tsx';
import { SHOWS_CONFIGURATION } from '../draft/review-dialog.tsx';
import { isMembers, type Members, pathText, same, valueAt, withEdit } from '../draft/values.ts';
import { membersOf } from '../form/fields.ts';
import { Settings } from '../form/setting.tsx';
import { type FormValues, FormValuesContext } from '../form/values-of-form.ts';
import type { JsonSchema } from '../schema.ts';
import { routesMessages } from './messages.ts';

interface DrawerProps {
  readonly route: RouteView | 'new' | undefined;
  /** Schema of one route. */
  readonly schema: JsonSchema;
  readonly etag: string;
  readonly onClose: () => void;
}

interface Saving {
  readonly isNew: boolean;
  readonly body: Members;
}

/** The drawer. */
export function RouteDrawer({ route, schema, etag, onClose }: DrawerProps): ReactElement {
  const text = useMessages(routesMessages);
  const common = useMessages(uiMessages);
  const isNew = route === 'new';
  const before = useMemo<Members>(
    () => (route === undefined || route === 'new' ? {} : (route.written ?? {})),
    [route],
  );
  const [edited, setEdited] = useState({ of: before, value: before });
  const value = edited.of === before ? edited.value : before;
  const saving = useSaving(etag);
  const close = (): void => {
    saving.reset();
    setEdited({ of: before, value: before });
    onClose();
  };
  const save = (): void =>
    saving.mutate(
      { isNew, body: value },
      {
        onSuccess: ({ id, change }) => {
          tell(change.inForce ? text.saved(id) : text.notInForce, change.inForce ? 'good' : 'bad');
          close();
        },
        onError: () => void forget('/config', '/routes'),
      },
    );
  const id = String(value['id'] ?? '');
  return (
    <Dialog
      kind="drawer"
      open={route !== undefined}
      onClose={close}
      title={isNew ? text.addTitle : text.editTitle(id)}
      footer={
        <>
          <Button onClick={close}>{common.cancel}</Button>
          <Button
            weight="primary"
            busy={saving.isPending}
            disabled={id === '' || same(value, before)}
            onClick={save}
          >
            {text.save}
          </Button>
        </>
      }
    >
      {saving.error !== null && <Failure error={saving.error} />}
      {saving.error?.status === 412 && <p className="mb-2 text-caution text-sm">{text.changedMeanwhile}</p>}
      {!isNew && <p className="text-faint text-xs">{text.otherName}</p>}
      <RouteForm
        schema={schema}
        isNew={isNew}
        value={value}
        before={before}
        faults={saving.error?.issues ?? []}
        onChange={(next) => setEdited({ of: before, value: next })}
      />
    </Dialog>
  );
}

function useSaving(etag: string) {
  return useChange<Saving, EntryOutcome>(({ isNew, body }) => {
    const headers = { 'if-match': etag };
    return isNew
      ? { path: '/routes', headers, body }
      : { path: `/routes/${encodeURIComponent(String(body['id']))}`, method: 'PUT', headers, body };
  }, SHOWS_CONFIGURATION);
}

interface RouteFormProps {
  readonly schema: JsonSchema;
  readonly isNew: boolean;
  readonly value: Members;
  readonly before: Members;
  readonly faults: readonly { readonly path: string; readonly message: string }[];
  readonly onChange: (value: Members) => void;
}

function RouteForm({ schema, isNew, value, before, faults, onChange }: RouteFormProps): ReactElement {
  const fields = useMemo(
    () => membersOf(schema, []).filter(({ name }) => isNew || name !== 'id'),
    [schema, isNew],
  );
  const values: FormValues = {
    read: (path) => valueAt(value, path),
    write: (path, next) => {
      const whole = withEdit(value, next === undefined ? { path } : { path, value: next });
      if (isMembers(whole)) onChange(whole);
    },
    isChanged: (path) => !isNew && !same(valueAt(value, path), valueAt(before, path)),
    origin: () => undefined,
    fault: (path) =>
      faults.find(({ path: told }) => told.replace(/^routes\[\d+\]\.?/, '') === pathText(path))?.message,
  };
  return (
    <FormValuesContext value={values}>
      <Settings fields={fields} />
    </FormValuesContext>
  );
}
