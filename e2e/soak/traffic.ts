// Mixed traffic: four formats, streams and whole answers, providers in every mood, clients that leave. Each answer is looked
// at: whole, or why not.

import type { DialectId } from '../../server/src/core/model/dialect-id.ts';
import { bodyOf, FORMATS, pathOf, type Question } from '../kit/four-formats.ts';

/** Models: of a provider that is well, and of one that is not, with the other one to stand in for it. */
export const MODELS = { well: 'well-1', moody: 'moody-1' } as const;

/** What the traffic was like. */
export interface TrafficFigures {
  readonly asked: number;
  readonly left: number;
  /** Requests of clients that stayed, and were not answered well. */
  readonly failed: readonly string[];
  /** Those that took longer than anything may. */
  readonly hung: number;
}

/** Longer than all time-outs together. */
const HANG_MS = 60_000;

/** How a stream ends that is whole. */
const LAST_WORDS: Readonly<Record<DialectId, RegExp>> = {
  'openai-chat': /data: \[DONE\]\s*$/,
  'openai-responses': /"type":"response\.completed"/,
  'anthropic-messages': /"type":"message_stop"/,
  gemini: /"finishReason":"STOP"/,
};

/** Sends traffic for so long, so many requests at once. */
export async function traffic(origin: string, forMs: number, atOnce: number): Promise<TrafficFigures> {
  const endMs = performance.now() + forMs;
  const failed: string[] = [];
  const figures = { asked: 0, left: 0, hung: 0, failed };
  const client = async (): Promise<void> => {
    while (performance.now() < endMs) {
      figures.asked += 1;
      const leaves = Math.random() < 0.1;
      if (leaves) figures.left += 1;
      const wrong = await one(origin, leaves);
      if (wrong === 'hung') figures.hung += 1;
      else if (wrong !== undefined) failed.push(wrong);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  return figures;
}

/** One request; undefined: all was well. */
async function one(origin: string, leaves: boolean): Promise<string | undefined> {
  const format = FORMATS[Math.floor(Math.random() * FORMATS.length)] ?? 'openai-chat';
  const question: Question = {
    model: Math.random() < 0.5 ? MODELS.well : MODELS.moody,
    prompt: `Tell me about ${Math.random()}.`,
    streamed: Math.random() < 0.6,
  };
  const leaving = new AbortController();
  const hang = AbortSignal.timeout(HANG_MS);
  if (leaves) setTimeout(() => leaving.abort(), Math.random() * 200);
  try {
    const response = await fetch(`${origin}${pathOf(format, question)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
      body: JSON.stringify(bodyOf(format, question)),
      signal: AbortSignal.any([leaving.signal, hang]),
    });
    const text = await response.text();
    if (response.status !== 200)
      return `${format} ${question.model}: ${response.status} ${text.slice(0, 300)}`;
    if (question.streamed && !LAST_WORDS[format].test(text))
      return `${format} ${question.model}: a stream without an end: …${text.slice(-200)}`;
    return undefined;
  } catch (error) {
    if (leaves && leaving.signal.aborted) return undefined;
    return hang.aborted ? 'hung' : `${format} ${question.model}: ${String(error)}`;
  }
}
