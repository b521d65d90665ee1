// The configuration as a whole: the file, what is in force, changes with their version, and the way back.

import type { JsonValue } from '../../config/document.ts';
import { jsonOf } from '../../config/document.ts';
import type { Edit } from '../../config/edit/change-text.ts';
import type { AdminApp } from '../app.ts';
import { refused, told } from '../app.ts';
import {
  configDifferenceSchema,
  configFileViewSchema,
  configHistorySchema,
  configOutcomeSchema,
  configPastSchema,
  configPatchSchema,
  configPutSchema,
  configRollbackSchema,
  configTextSchema,
  configValidationSchema,
  effectiveConfigSchema,
} from '../contract/config.ts';
import { idPathSchema } from '../contract/entries.ts';
import type { AdminParts } from '../parts.ts';
import { change, NO_EDITOR, noEntry, orderOf, outcomeOf, problemView, toldOutcome } from './configured.ts';

const WITH_VERSION =
  'Send the version that you read as If-Match; a file that has been changed meanwhile is not written over (412).';

/** Registers the endpoints. */
export function registerConfig(app: AdminApp, parts: AdminParts): void {
  readings(app, parts);
  changes(app, parts);
  past(app, parts);
}

function readings(app: AdminApp, { config }: AdminParts): void {
  app.route({
    method: 'GET',
    path: '/config',
    name: 'config.get',
    summary: 'The configuration file',
    description: 'Its version is in ETag, too. Secrets are numbers: where one comes back, the secret stays.',
    answer: configFileViewSchema,
    run: async () => {
      if (config === undefined) return NO_EDITOR;
      const read = await config.read();
      return told({ ...read }, { headers: { etag: read.etag } });
    },
  });
  app.route({
    method: 'GET',
    path: '/config/effective',
    name: 'config.effective',
    summary: 'What is in force, and where each value came from',
    answer: effectiveConfigSchema,
    run: async () => {
      if (config === undefined) return NO_EDITOR;
      const { presented, values, problems } = await config.effective();
      return told({
        ...(presented === undefined ? {} : { config: presented.config }),
        values: values.map((value) => ({ ...value })),
        problems: problems.map(problemView),
      });
    },
  });
  app.route({
    method: 'POST',
    path: '/config/validate',
    name: 'config.validate',
    summary: 'Check a text as "sluice config check" would',
    changes: false,
    body: configTextSchema,
    answer: configValidationSchema,
    run: async ({ body }) => {
      if (config === undefined) return NO_EDITOR;
      const { ok, problems } = await config.validate(body.text);
      return told({ ok, problems: problems.map(problemView) });
    },
  });
  app.route({
    method: 'POST',
    path: '/config/diff',
    name: 'config.diff',
    summary: 'What a text would change',
    changes: false,
    body: configTextSchema,
    answer: configDifferenceSchema,
    run: async ({ body }) => {
      if (config === undefined) return NO_EDITOR;
      const { ok, problems, unified, changes: places } = await config.diff(body.text);
      return told({
        ok,
        problems: problems.map(problemView),
        unified,
        changes: places.map((one) => ({ ...one })),
      });
    },
  });
}

function changes(app: AdminApp, { config }: AdminParts): void {
  app.route({
    method: 'PUT',
    path: '/config',
    name: 'config.put',
    summary: 'Replace the configuration file',
    description: WITH_VERSION,
    body: configPutSchema,
    answer: configOutcomeSchema,
    run: async (call) => {
      if (config === undefined) return NO_EDITOR;
      if (call.header('if-match') === undefined)
        return refused({
          status: 428,
          code: 'precondition_required',
          message: 'A whole file is replaced only in the version that was read.',
          suggestion: 'Send the ETag of GET /admin/v1/config as If-Match.',
        });
      const result = await config.put(call.body.text, orderOf(call, call.body.note));
      return toldOutcome(outcomeOf(result, call), (outcome) => outcome);
    },
  });
  app.route({
    method: 'PATCH',
    path: '/config',
    name: 'config.change',
    summary: 'Change single values; comments stay',
    description: `${WITH_VERSION} Without If-Match the change is made to whatever stands there.`,
    body: configPatchSchema,
    answer: configOutcomeSchema,
    run: async (call) => {
      if (config === undefined) return NO_EDITOR;
      const edits = call.body.edits.map((edit): Edit => {
        const value: JsonValue | undefined = edit.value === undefined ? undefined : jsonOf(edit.value);
        return { path: edit.path, value };
      });
      const done = await change(config, call, edits, { note: call.body.note });
      return toldOutcome(done, (outcome) => outcome);
    },
  });
}

function past(app: AdminApp, { config }: AdminParts): void {
  app.route({
    method: 'GET',
    path: '/config/history',
    name: 'config.history',
    summary: 'What the configuration was before, newest first',
    answer: configHistorySchema,
    run: async () => {
      if (config === undefined) return NO_EDITOR;
      const entries = await config.history();
      return told({ entries: entries.map((one) => ({ ...one, changedPaths: [...one.changedPaths] })) });
    },
  });
  app.route({
    method: 'GET',
    path: '/config/history/{id}',
    name: 'config.past',
    summary: 'One state of the configuration, and what going back to it would change',
    params: idPathSchema,
    answer: configPastSchema,
    run: async ({ params: { id } }) => {
      if (config === undefined) return NO_EDITOR;
      const [entries, text, difference] = await Promise.all([
        config.history(),
        config.historyText(id),
        config.historyDiff(id),
      ]);
      const entry = entries.find((one) => one.id === id);
      if (entry === undefined || text === undefined) return noEntry('state');
      const { unified = '', changes: places = [] } = difference ?? {};
      return told({
        ...entry,
        changedPaths: [...entry.changedPaths],
        text,
        unified,
        changes: places.map((one) => ({ ...one })),
      });
    },
  });
  app.route({
    method: 'POST',
    path: '/config/rollback',
    name: 'config.rollback',
    summary: 'Go back to an earlier state',
    description: 'Is a change like any other: it is checked, and can itself be taken back.',
    body: configRollbackSchema,
    answer: configOutcomeSchema,
    run: async (call) => {
      if (config === undefined) return NO_EDITOR;
      const result = await config.rollback(call.body.id, orderOf(call, call.body.note));
      if (result === undefined) return noEntry('state');
      return toldOutcome(outcomeOf(result, call), (outcome) => outcome);
    },
  });
}
