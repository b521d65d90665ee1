// What of a request a tokenizer can count, and a flat figure for the rest. https://platform.openai.com/docs/guides/images-vision

import type { MediaPart, Part } from '../model/content.ts';
import { FRAME, MEDIA } from '../model/estimate.ts';
import type { ChatRequest } from '../model/request.ts';

/** Texts to be counted one by one, and the tokens to be added to their sum. */
export interface Countable {
  readonly texts: readonly string[];
  readonly flat: number;
}

/** Everything of the request that costs input tokens. */
export function countable(request: ChatRequest): Countable {
  const texts: string[] = [];
  let flat = 0;

  const takeMedia = (part: MediaPart): void => {
    for (const text of [part.title, part.context]) if (text !== undefined) texts.push(text);
    if (part.source.type === 'text') texts.push(part.source.text);
    else if (part.source.type === 'parts') takeParts(part.source.parts);
    else flat += MEDIA[part.kind];
  };

  const takeParts = (parts: readonly Part[]): void => {
    for (const part of parts) {
      if (part.type === 'text' || part.type === 'refusal') texts.push(part.text);
      else if (part.type === 'reasoning') texts.push(...part.sections);
      else if (part.type === 'media') takeMedia(part);
      else if (part.type === 'vendor') texts.push(JSON.stringify(part.raw));
      else {
        flat += FRAME;
        if (part.type === 'tool-call') texts.push(part.name, part.arguments);
        else takeParts(part.content);
      }
    }
  };

  for (const turn of request.turns) {
    flat += FRAME;
    takeParts(turn.parts);
  }
  for (const tool of request.tools) {
    flat += FRAME;
    texts.push(tool.name, tool.description ?? '', tool.grammar?.definition ?? '');
    const definition = tool.parameters ?? tool.hosted?.config;
    if (definition !== undefined) texts.push(JSON.stringify(definition));
  }
  if (request.output?.type === 'schema') texts.push(JSON.stringify(request.output.schema));
  return { texts: texts.filter((text) => text !== ''), flat };
}
