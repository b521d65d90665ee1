// The demo model in Gemini generateContent.

import { type DemoAnswer, type DemoFormat, type DemoFrame, now, paced, pieces } from './format.ts';
import { contentText, isRecord, type Json, lastText, record, records, text } from './json.ts';
import type { DemoPart } from './script.ts';

function usageOf({ script }: DemoAnswer): Json {
  const thoughts = script.reasoningTokens === 0 ? {} : { thoughtsTokenCount: script.reasoningTokens };
  return {
    promptTokenCount: script.inputTokens,
    candidatesTokenCount: script.outputTokens,
    ...thoughts,
    totalTokenCount: script.inputTokens + script.outputTokens + script.reasoningTokens,
  };
}

function partsOf(part: DemoPart, split: boolean): Json[] {
  if (part.kind === 'tool') return [{ functionCall: { id: part.id, name: part.name, args: part.input } }];
  const thought = part.kind === 'reasoning' ? { thought: true } : {};
  return (split ? pieces(part.text) : [part.text]).map((piece) => ({ text: piece, ...thought }));
}

function answerOf(answer: DemoAnswer, parts: readonly Json[], finish: string | undefined): Json {
  const candidate = {
    content: { parts, role: 'model' },
    ...(finish === undefined ? {} : { finishReason: finish }),
    index: 0,
  };
  return {
    candidates: [candidate],
    usageMetadata: usageOf(answer),
    modelVersion: answer.model,
    responseId: answer.id,
  };
}

/** generateContent: https://ai.google.dev/api/generate-content */
export const gemini: DemoFormat = {
  read: (request, bytes) => {
    const contents = records(request, 'contents');
    const last = contents.at(-1);
    const response = records(last, 'parts').findLast((part) => isRecord(part['functionResponse']));
    const user = contents.findLast(
      (content) => content['role'] !== 'model' && contentText(content['parts']) !== '',
    );
    const config = record(request, 'generationConfig');
    const thinking = record(config, 'thinkingConfig');
    const schema = isRecord(config['responseJsonSchema'])
      ? config['responseJsonSchema']
      : config['responseSchema'];
    const calling = record(record(request, 'toolConfig'), 'functionCallingConfig');
    const [allowed] = Array.isArray(calling['allowedFunctionNames']) ? calling['allowedFunctionNames'] : [];
    const declarations = records(request, 'tools').flatMap((tool) => records(tool, 'functionDeclarations'));
    return {
      prompt: lastText(user?.['parts']),
      inputCharacters: bytes,
      tools:
        calling['mode'] === 'NONE'
          ? []
          : declarations.map((tool) => ({
              name: text(tool, 'name'),
              schema: isRecord(tool['parametersJsonSchema'])
                ? tool['parametersJsonSchema']
                : record(tool, 'parameters'),
            })),
      forcedTool: calling['mode'] === 'ANY' ? (typeof allowed === 'string' ? allowed : 'any') : undefined,
      toolResult:
        response === undefined
          ? undefined
          : JSON.stringify(record(record(response, 'functionResponse'), 'response')),
      wantsReasoning: thinking['includeThoughts'] === true,
      outputSchema: isRecord(schema) ? schema : undefined,
      stream: false,
    };
  },

  json: (answer) => {
    const parts = answer.script.parts.flatMap((part) => partsOf(part, false));
    return answerOf(answer, parts, 'STOP');
  },

  frames: (answer) => {
    const parts = answer.script.parts.flatMap((part) => partsOf(part, true));
    return parts.map((part, index): DemoFrame => {
      const last = index === parts.length - 1;
      return last ? now(answerOf(answer, [part], 'STOP')) : paced(answerOf(answer, [part], undefined));
    });
  },
};
