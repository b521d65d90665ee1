// What the offline demo model says. It does not think: it greets, repeats what it was asked, calls a tool when one is
// offered and wanted, and fills in a JSON schema when one is given. Everything it reports about itself is true.

import { isRecord, type Json } from './json.ts';
import { sampleOf } from './sample.ts';

/** The model's name. */
export const DEMO_MODEL = 'sluice-demo';

/** A tool as the caller offered it, in no particular format. */
export interface DemoTool {
  readonly name: string;
  readonly schema: Json;
}

/** What was asked, read from any of the four formats. */
export interface DemoAsk {
  /** The newest text of the user. */
  readonly prompt: string;
  /** Characters of the whole request, for plausible token counts. */
  readonly inputCharacters: number;
  readonly tools: readonly DemoTool[];
  /** The caller insists on a tool: this one, or any. */
  readonly forcedTool: string | 'any' | undefined;
  /** The newest turn is the result of a tool: its text. */
  readonly toolResult: string | undefined;
  readonly wantsReasoning: boolean;
  /** The caller wants JSON of this schema. */
  readonly outputSchema: Json | undefined;
  readonly stream: boolean;
}

/** One part of the demo's answer. */
export type DemoPart =
  | { readonly kind: 'reasoning'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tool'; readonly id: string; readonly name: string; readonly input: Json };

/** The demo's answer with its token counts. */
export interface DemoScript {
  readonly parts: readonly DemoPart[];
  readonly inputTokens: number;
  readonly reasoningTokens: number;
  /** Output without reasoning. */
  readonly outputTokens: number;
  readonly callsTool: boolean;
}

const tokensOf = (characters: number): number => Math.max(1, Math.ceil(characters / 4));

/** The words of a tool's name: get_weather and getWeather both give "get", "weather". */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word.length > 3);
}

/** Coding agents offer more tools than this; a script that ran commands and wrote files by chance could do harm. */
const HARMLESS_TOOLS = 4;

function wantedTool(ask: DemoAsk): DemoTool | undefined {
  if (ask.toolResult !== undefined) return undefined;
  if (ask.forcedTool !== undefined)
    return ask.tools.find((tool) => tool.name === ask.forcedTool) ?? ask.tools[0];
  if (ask.tools.length > HARMLESS_TOOLS) return undefined;
  const prompt = ask.prompt.toLowerCase();
  return ask.tools.find(
    (tool) =>
      prompt.includes(tool.name.toLowerCase()) || wordsOf(tool.name).some((word) => prompt.includes(word)),
  );
}

function saying(ask: DemoAsk): string {
  if (ask.toolResult !== undefined) return `The tool answered: ${ask.toolResult.slice(0, 400)}`;
  if (ask.outputSchema !== undefined) return JSON.stringify(sampleOf(ask.outputSchema, ask.prompt));
  const heard = ask.prompt.trim().replace(/\s+/g, ' ').slice(0, 200);
  const echo = heard === '' ? 'You sent no text.' : `You said: "${heard}".`;
  return (
    `Hello from Sluice! ${echo} I am ${DEMO_MODEL}, an offline scripted model that lets you see requests, streams, ` +
    'tools and usage flow through the gateway. Set a provider key such as OPENAI_API_KEY or ANTHROPIC_API_KEY and start again to talk to a real one.'
  );
}

/** Writes the answer to one request. `id` makes tool call ids unique. */
export function writeScript(ask: DemoAsk, id: string): DemoScript {
  const parts: DemoPart[] = [];
  if (ask.wantsReasoning)
    parts.push({
      kind: 'reasoning',
      text: 'The demo model was asked to reason, so it says what it does: it reads the last message and answers from a script.',
    });
  const tool = wantedTool(ask);
  if (tool === undefined) {
    parts.push({ kind: 'text', text: saying(ask) });
  } else {
    const sample = sampleOf(tool.schema, ask.prompt);
    parts.push({ kind: 'tool', id, name: tool.name, input: isRecord(sample) ? sample : {} });
  }
  let reasoning = 0;
  let output = 0;
  for (const part of parts) {
    if (part.kind === 'reasoning') reasoning += tokensOf(part.text.length);
    else
      output += tokensOf(
        part.kind === 'text' ? part.text.length : JSON.stringify(part.input).length + part.name.length,
      );
  }
  return {
    parts,
    inputTokens: tokensOf(ask.inputCharacters),
    reasoningTokens: reasoning,
    outputTokens: output,
    callsTool: tool !== undefined,
  };
}
