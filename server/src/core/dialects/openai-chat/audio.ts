// Spoken answers: their pieces add up to one object, which no other format has.
// https://platform.openai.com/docs/guides/audio

import type { JsonObject } from '../../model/json.ts';

/** Gathers the audio of one choice. */
export interface AudioReader {
  piece(audio: JsonObject): void;
  /** The object as a complete message has it; undefined without any piece. */
  whole(): JsonObject | undefined;
}

/** An empty reader. Data is cut between its base64 groups, so that texts can be joined. */
export function createAudioReader(): AudioReader {
  let audio: Record<string, unknown> | undefined;
  return {
    piece(piece) {
      audio ??= {};
      for (const name of Object.keys(piece)) {
        const value = piece[name];
        const known = audio[name];
        const isText = (name === 'data' || name === 'transcript') && typeof value === 'string';
        if (value !== null && name !== '__proto__')
          audio[name] = isText && typeof known === 'string' ? known + value : value;
      }
    },
    whole: () => audio,
  };
}
