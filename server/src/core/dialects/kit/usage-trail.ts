// Remembers where the usage of a stream stands, and reads it only when asked: providers that repeat it in every event
// would otherwise cost a parse per event.

import type { Bytes } from '../../bytes.ts';
import { type JsonObject, parseJson } from '../../model/json.ts';
import type { Usage } from '../../model/usage.ts';
import { readEvents } from '../../sse/parse.ts';
import { eventEnd, eventStart } from './event-bounds.ts';
import type { StreamGrammar } from './stream-grammar.ts';

/** Blocks kept: the newest may hold the needle only in the model's prose. */
const KEPT_BLOCKS = 3;
/** Events parsed at most to answer one question. */
const PARSED_EVENTS = 8;

/** The usage of one stream. */
export interface UsageTrail {
  /** A usage object that was met while parsing. */
  note(raw: JsonObject): void;
  /** Members of it that were met apart from it. */
  noteBeside(members: JsonObject): void;
  /** A block in which the dialect's usage needle was found. */
  keep(block: Bytes): void;
  /** The last cumulative usage. */
  read(): Usage | undefined;
}

/** An empty trail. */
export function createUsageTrail(grammar: StreamGrammar): UsageTrail {
  const blocks: Bytes[] = [];
  let noted: JsonObject | undefined;
  let beside: JsonObject | undefined;

  return {
    note(raw) {
      noted = added(grammar, noted, raw);
    },
    noteBeside(members) {
      beside = members;
    },
    keep(block) {
      blocks.push(block);
      if (blocks.length > KEPT_BLOCKS) blocks.shift();
    },
    read() {
      let whole = noted;
      for (const raw of newestUsages(grammar, blocks).reverse()) whole = added(grammar, whole, raw);
      if (whole === undefined) return undefined;
      return grammar.readUsage(beside === undefined ? whole : { ...beside, ...whole });
    },
  };
}

function added(
  grammar: StreamGrammar,
  known: JsonObject | undefined,
  raw: JsonObject,
): JsonObject | undefined {
  if (grammar.readUsage(raw) === undefined) return known;
  if (known === undefined || !grammar.usageMerges) return raw;
  return { ...known, ...Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== null)) };
}

/** The usage objects of the newest events that have one, newest first; a single one where they do not merge. */
function newestUsages(grammar: StreamGrammar, blocks: readonly Bytes[]): JsonObject[] {
  const needle = grammar.usageNeedle;
  const found: JsonObject[] = [];
  if (needle === undefined) return found;
  let parsed = 0;
  for (const block of blocks.toReversed()) {
    let at = block.lastIndexOf(needle);
    while (at !== -1 && parsed++ < PARSED_EVENTS) {
      const start = eventStart(block, at);
      readEvents(block.subarray(start, eventEnd(block, at)), ({ event, data }) => {
        const { usage } = grammar.notes({ name: event, data, value: parseJson(data) });
        if (usage !== undefined && grammar.readUsage(usage) !== undefined) found.push(usage);
      });
      if (found.length > 0 && !grammar.usageMerges) return found;
      at = start > 0 ? block.lastIndexOf(needle, start - 1) : -1;
    }
  }
  return found;
}
