// Requests of generateContent as a client sends them. Model and streaming are told by the path.
// https://ai.google.dev/api/generate-content#request-body

import { sluiceError } from '../../model/error.ts';
import { isObject, textOf } from '../../model/json.ts';
import type { Codec } from '../dialect.ts';
import { booleanIn, createReading, errorOf, labelsIn, otherMembers, stringIn } from '../kit/read-wire.ts';
import { decodeContents, decodeInstruction } from './content.decode.ts';
import { decodeGeneration } from './generation.decode.ts';
import { tierToWord } from './tier.ts';
import { decodeToolConfig, decodeTools } from './tools.decode.ts';
import { extOf, respell } from './wire.read.ts';

const KNOWN: ReadonlySet<string> = new Set([
  'model',
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'generationConfig',
  'labels',
  'cachedContent',
  'serviceTier',
  'store',
]);

/** See Codec.decodeRequest. */
export const decodeRequest: Codec['decodeRequest'] = (wire, path) => {
  if (!isObject(wire)) return sluiceError('invalid_request', 'The body must be a JSON object.');
  const reading = createReading();
  const body = respell(reading, wire);
  const instruction = decodeInstruction(reading, body);
  const turns = decodeContents(reading, body);
  const { ext: toolExt, ...choice } = decodeToolConfig(reading, body);
  const { ext: generationExt, ...generated } = decodeGeneration(reading, body);
  const resource = stringIn(reading, body, 'cachedContent');
  const tier = stringIn(reading, body, 'serviceTier');
  const stored = booleanIn(reading, body, 'store');
  const metadata = labelsIn(reading, body, 'labels');
  const tools = decodeTools(reading, body);
  const error = errorOf(reading, wire);
  if (error !== undefined) return error;
  return {
    origin: 'gemini',
    model: (path.model ?? textOf(body['model']) ?? '').replace(/^models\//, ''),
    stream: path.stream,
    includeUsage: true,
    turns: instruction === undefined ? turns : [instruction, ...turns],
    tools,
    ...choice,
    ...generated,
    ...(resource === undefined ? {} : { promptCache: { resource } }),
    ...(tier === undefined ? {} : { serviceTier: tierToWord(tier) }),
    ...(stored === undefined ? {} : { state: { store: stored } }),
    ...(metadata === undefined ? {} : { metadata }),
    ...extOf({
      ...otherMembers(body, KNOWN),
      ...generationExt,
      ...(toolExt === undefined ? {} : { toolConfig: toolExt }),
    }),
  };
};
