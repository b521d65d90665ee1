// Requests of generateContent as a client sends them. Model and streaming are told by the path.
// https://ai.google.dev/api/generate-content#request-body

import { sluiceError } from '../../model/error.ts';
import { isObject, type JsonObject, textOf } from '../../model/json.ts';
import type { Codec } from '../dialect.ts';
import { decodeContents, decodeInstruction } from './content.decode.ts';
import { decodeGeneration } from './generation.decode.ts';
import { tierToWord } from './service-tier.ts';
import { decodeToolConfig, decodeTools } from './tools.decode.ts';
import { booleanAt, createReading, extOf, mapAt, type Reading, spelled, textAt } from './wire.read.ts';

/** See Codec.decodeRequest. */
export const decodeRequest: Codec['decodeRequest'] = (wire, path) => {
  if (!isObject(wire)) return sluiceError('invalid_request', 'The body must be a JSON object.');
  const reading = createReading();
  const {
    model,
    contents,
    systemInstruction,
    tools,
    toolConfig,
    generationConfig,
    labels,
    cachedContent,
    serviceTier,
    store,
    ...rest
  } = spelled(wire);
  const instruction = decodeInstruction(reading, systemInstruction);
  const turns = decodeContents(reading, contents);
  const generation = decodeGeneration(reading, generationConfig);
  const { ext: toolExt, ...choice } = decodeToolConfig(reading, toolConfig);
  const { ext: generationExt, ...generated } = generation;
  const resource = textAt(reading, cachedContent, 'cachedContent');
  const tier = textAt(reading, serviceTier, 'serviceTier');
  const stored = booleanAt(reading, store, 'store');
  const metadata = decodeLabels(reading, labels);
  const definitions = decodeTools(reading, tools);
  const error = reading.error();
  if (error !== undefined) return error;
  return {
    origin: 'gemini',
    model: (path.model ?? textOf(model) ?? '').replace(/^models\//, ''),
    stream: path.stream,
    includeUsage: true,
    turns: instruction === undefined ? turns : [instruction, ...turns],
    tools: definitions,
    ...choice,
    ...generated,
    ...(resource === undefined ? {} : { promptCache: { resource } }),
    ...(tier === undefined ? {} : { serviceTier: tierToWord(tier) }),
    ...(stored === undefined ? {} : { state: { store: stored } }),
    ...(metadata === undefined ? {} : { metadata }),
    ...extOf({ ...rest, ...generationExt, ...(toolExt === undefined ? {} : { toolConfig: toolExt }) }),
  };
};

function decodeLabels(reading: Reading, value: unknown): Readonly<Record<string, string>> | undefined {
  const labels: JsonObject | undefined = mapAt(reading, value, 'labels');
  if (labels === undefined) return undefined;
  const entries = Object.entries(labels).map(([name, label]): [string, string] => [
    name,
    textAt(reading, label, `labels.${name}`) ?? '',
  ]);
  return Object.fromEntries(entries);
}
