// Tools of anthropic-messages whose definition is built into the models but which the client runs itself. Their calls are
// ordinary calls of their name, so that any model can make them once it is told the definition.
// https://docs.claude.com/en/docs/agents-and-tools/tool-use/overview

import type { JsonObject } from '../../../model/json.ts';
import type { ToolDefinition } from '../../../model/request.ts';
import { type Unsaid, unsaidOf } from './rewritten.ts';

/** A function in place of a built-in tool. */
export interface ClientTool {
  readonly tool: ToolDefinition;
  readonly unsaid: readonly Unsaid[];
}

/** The function that a built-in tool amounts to; undefined where its calls are not ordinary ones. */
export function asClientTool(built: ToolDefinition): ClientTool | undefined {
  const { hosted, ...rest } = built;
  if (hosted?.dialect !== 'anthropic-messages') return undefined;
  const definition = definitionOf(hosted.type);
  if (definition === undefined) return undefined;
  return { tool: { ...rest, ...definition, kind: 'function' }, unsaid: unsaidOf(hosted.config, []) };
}

interface Definition {
  readonly description: string;
  readonly parameters: JsonObject;
}

function definitionOf(type: string): Definition | undefined {
  if (type.startsWith('bash_')) return BASH;
  if (type.startsWith('memory_')) return MEMORY;
  if (!type.startsWith('text_editor_')) return undefined;
  return type === 'text_editor_20241022' || type === 'text_editor_20250124' ? editor(true) : editor(false);
}

function text(description: string): JsonObject {
  return { type: 'string', description };
}

function parameters(properties: JsonObject, required: readonly string[]): JsonObject {
  return { type: 'object', properties, required };
}

const LINES: JsonObject = {
  type: 'array',
  items: { type: 'integer' },
  description:
    'For view: the first and the last line to show, counted from 1; -1 as the last means the end of the file.',
};

const BASH: Definition = {
  description: 'Runs commands in a bash session that lasts from call to call.',
  parameters: parameters(
    {
      command: text('The command to run. Required unless the session is restarted.'),
      restart: { type: 'boolean', description: 'True to restart the session.' },
    },
    [],
  ),
};

/** Older versions can undo, and name the inserted text otherwise. */
function editor(isOld: boolean): Definition {
  const inserted = isOld ? 'new_str' : 'insert_text';
  const commands = ['view', 'create', 'str_replace', 'insert', ...(isOld ? ['undo_edit'] : [])];
  return {
    description:
      'Shows, creates and edits text files. str_replace replaces one exact and unique occurrence of old_str; insert puts ' +
      `${inserted} after a line.`,
    parameters: parameters(
      {
        command: { type: 'string', enum: commands },
        path: text('The file or directory.'),
        view_range: LINES,
        file_text: text('For create: the content of the new file.'),
        old_str: text('For str_replace: the text to replace, exactly as it stands in the file.'),
        new_str: text(
          isOld
            ? 'For str_replace: the new text, nothing to delete. For insert: the text to insert.'
            : 'For str_replace: the new text, nothing to delete.',
        ),
        insert_line: {
          type: 'integer',
          description: 'For insert: the line after which to insert; 0 is the beginning of the file.',
        },
        ...(isOld ? {} : { insert_text: text('For insert: the text to insert.') }),
      },
      ['command', 'path'],
    ),
  };
}

const MEMORY: Definition = {
  description:
    'Keeps notes from one conversation to the next, as files below the directory /memories. View the directory before ' +
    'doing anything else, and write down progress and insights there.',
  parameters: parameters(
    {
      command: { type: 'string', enum: ['view', 'create', 'str_replace', 'insert', 'delete', 'rename'] },
      path: text('The file or directory, below /memories. For all commands but rename.'),
      view_range: LINES,
      file_text: text('For create: the content of the file.'),
      old_str: text('For str_replace: the text to replace.'),
      new_str: text('For str_replace: the new text.'),
      insert_line: { type: 'integer', description: 'For insert: the line after which to insert.' },
      insert_text: text('For insert: the text to insert.'),
      old_path: text('For rename: the path as it is.'),
      new_path: text('For rename: the path as it is to be.'),
    },
    ['command'],
  ),
};
