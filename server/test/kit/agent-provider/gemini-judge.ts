// What Google refuses of a generateContent request: https://ai.google.dev/api/generate-content and
// https://ai.google.dev/gemini-api/docs/thought-signatures

import { type Json, objects, same, textOf, toObject } from './json.ts';
import { type Asked, checkNames, type Issued, oneOf, onlyMembers, refuse } from './script.ts';

const REQUEST =
  'contents systemInstruction tools toolConfig safetySettings generationConfig cachedContent serviceTier labels';
const GENERATION =
  'stopSequences responseMimeType responseSchema responseJsonSchema responseModalities candidateCount maxOutputTokens temperature topP topK seed presencePenalty frequencyPenalty responseLogprobs logprobs enableEnhancedCivicAnswers speechConfig thinkingConfig imageConfig mediaResolution';
const DATA = 'text inlineData functionCall functionResponse fileData executableCode codeExecutionResult';
const DECLARATION = 'name description parameters parametersJsonSchema response responseJsonSchema behavior';
const SCHEMA =
  'type format title description nullable enum maxItems minItems properties required minProperties maxProperties minLength maxLength pattern example anyOf propertyOrdering default items minimum maximum';

/** Documented in place of a signature that was lost; also in base64, as the field holds bytes. */
const SENTINEL = 'skip_thought_signature_validator';
const SENTINELS: readonly string[] = [SENTINEL, Buffer.from(SENTINEL).toString('base64')];

/** Refuses what the real provider would. `issued`: what this provider has said before. */
export function judgeGemini({ body, model, url }: Asked, issued: readonly Issued[]): void {
  onlyMembers(body, REQUEST, 'request');
  const generation = toObject(body['generationConfig']);
  onlyMembers(generation, GENERATION, 'generationConfig');
  checkThinking(toObject(generation['thinkingConfig']), model);
  const system = toObject(body['systemInstruction']);
  onlyMembers(system, 'role parts', 'systemInstruction');
  for (const part of objects(system['parts'])) onlyMembers(part, 'text', 'systemInstruction.parts');
  checkTools(objects(body['tools']), toObject(body['toolConfig']), model);
  const contents = objects(body['contents']);
  if (contents.length === 0) refuse('contents: contents is not specified');
  if (!url.includes('/models/')) refuse(`no model in ${url}`);
  contents.forEach((content, index) => {
    const where = `contents[${index}]`;
    onlyMembers(content, 'role parts', where);
    const role = oneOf(content['role'], 'user model', `${where}.role`);
    // Turns of the user may follow each other.
    if (role === 'model' && contents[index - 1]?.['role'] === role) refuse(`${where}: roles must alternate`);
    const parts = objects(content['parts']);
    if (parts.length === 0) refuse(`${where}.parts: must not be empty`);
    for (const part of parts) checkPart(part, issued, where, role);
    if (role === 'user') checkResponses(parts, objects(contents[index - 1]?.['parts']), where);
  });
  if (contents.at(-1)?.['role'] !== 'user') refuse('contents: a turn of the user must come last');
  if (/^gemini-3/.test(model)) checkSigned(contents);
}

function checkThinking(config: Json, model: string): void {
  onlyMembers(config, 'includeThoughts thinkingBudget thinkingLevel', 'thinkingConfig');
  if (config['thinkingBudget'] !== undefined && config['thinkingLevel'] !== undefined)
    refuse('You can only set only one of thinking budget and thinking level.');
  if (config['thinkingLevel'] === undefined) return;
  if (!/^gemini-3/.test(model)) refuse('Thinking level is not supported for this model.');
  // Enums are accepted in lower case, too.
  oneOf(textOf(config['thinkingLevel']).toUpperCase(), 'MINIMAL LOW MEDIUM HIGH', 'thinkingLevel');
}

function checkTools(tools: readonly Json[], config: Json, model: string): void {
  const declared = tools.flatMap((tool) => {
    onlyMembers(tool, 'functionDeclarations googleSearch codeExecution urlContext', 'tools');
    return objects(tool['functionDeclarations']);
  });
  for (const declaration of declared) {
    const where = `tools.${String(declaration['name'])}`;
    onlyMembers(declaration, DECLARATION, where);
    if (declaration['parameters'] !== undefined) {
      if (declaration['parametersJsonSchema'] !== undefined)
        refuse(`${where}: parameters and parametersJsonSchema are exclusive`);
      checkSchema(toObject(declaration['parameters']), `${where}.parameters`);
    }
  }
  checkNames(
    declared.map((tool) => textOf(tool['name'])),
    /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/,
  );
  onlyMembers(config, 'functionCallingConfig retrievalConfig includeServerSideToolInvocations', 'toolConfig');
  // Tools of both kinds: since the third generation, and only on demand.
  const mixed = /^gemini-3/.test(model) && config['includeServerSideToolInvocations'] === true;
  if (tools.some((tool) => 'googleSearch' in tool) && declared.length > 0 && !mixed)
    refuse('Tool use with function calling is unsupported');
  const calling = toObject(config['functionCallingConfig']);
  onlyMembers(calling, 'mode allowedFunctionNames', 'functionCallingConfig');
  if (calling['mode'] !== undefined)
    oneOf(calling['mode'], 'AUTO ANY NONE VALIDATED', 'functionCallingConfig.mode');
  if (calling['mode'] !== undefined && declared.length === 0)
    refuse('Function calling config is set without function_declarations.');
}

function checkSchema(schema: Json, where: string): void {
  onlyMembers(schema, SCHEMA, where);
  for (const [name, property] of Object.entries(toObject(schema['properties'])))
    checkSchema(toObject(property), `${where}.${name}`);
  if (schema['items'] !== undefined) checkSchema(toObject(schema['items']), `${where}.items`);
  for (const option of objects(schema['anyOf'])) checkSchema(option, `${where}.anyOf`);
}

function checkPart(part: Json, issued: readonly Issued[], where: string, role: string): void {
  onlyMembers(part, `${DATA} thought thoughtSignature mediaResolution videoMetadata`, where);
  const data = DATA.split(' ').filter((name) => name in part);
  if (data.length !== 1)
    refuse(`${where}: a part must have exactly one of its data: ${JSON.stringify(part).slice(0, 120)}`);
  if (part['text'] === '' && part['thoughtSignature'] === undefined)
    refuse(`${where}: must include at least one parts field`);
  const signature = part['thoughtSignature'];
  if (signature !== undefined && (role !== 'model' || typeof signature !== 'string'))
    refuse(`${where}: misplaced thoughtSignature`);
  const own = issued.find((said) => said.thought?.token === signature && signature !== undefined);
  const sentinel = typeof signature === 'string' && SENTINELS.includes(signature);
  if (signature !== undefined && own === undefined && !sentinel)
    refuse(`${where}: Thought signature is not valid.`);
  if (part['thought'] === true && !issued.some((said) => said.thought?.text === part['text']))
    refuse(`${where}: a thought that is not ours: ${JSON.stringify(part).slice(0, 120)}`);
  const call = toObject(part['functionCall']);
  if (part['functionCall'] === undefined) return;
  onlyMembers(call, 'id name args', `${where}.functionCall`);
  if ('args' in call && (typeof call['args'] !== 'object' || Array.isArray(call['args'])))
    refuse(`${where}.functionCall.args: must be an object`);
  const said = issued.find((one) => one.call?.name === call['name'] && same(one.call?.input, call['args']));
  if (said?.thought?.token !== undefined && signature !== said.thought.token)
    refuse(`${where}: Function call is missing its thought_signature, has ${String(signature).slice(0, 60)}`);
  if (said === undefined && own !== undefined)
    refuse(`${where}: Thought signature is not valid for this part.`);
  if (said?.call?.id !== undefined && call['id'] !== said.call.id)
    refuse(`${where}.functionCall.id: ${String(call['id'])} is not ${said.call.id}`);
}

/** As many responses as there were calls in the turn before, with the same ids where there are any. */
function checkResponses(parts: readonly Json[], before: readonly Json[], where: string): void {
  const calls = before
    .filter((part) => part['functionCall'] !== undefined)
    .map((part) => toObject(part['functionCall']));
  const responses = parts
    .filter((part) => part['functionResponse'] !== undefined)
    .map((part) => toObject(part['functionResponse']));
  if (calls.length !== responses.length)
    refuse(
      `${where}: the number of function response parts (${responses.length}) must equal the number of function call parts of the function call turn (${calls.length})`,
    );
  responses.forEach((response) => {
    onlyMembers(response, 'id name response willContinue scheduling parts', `${where}.functionResponse`);
    const value = response['response'];
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      refuse(`${where}.functionResponse.response: must be an object`);
    const paired = calls.some((call) => call['name'] === response['name'] && call['id'] === response['id']);
    if (!paired)
      refuse(`${where}.functionResponse: no call for ${String(response['name'])} ${String(response['id'])}`);
  });
}

/** Third generation: the first call of every step of the current turn is signed. */
function checkSigned(contents: readonly Json[]): void {
  const isPrompt = (content: Json): boolean =>
    content['role'] === 'user' &&
    objects(content['parts']).every((part) => part['functionResponse'] === undefined);
  for (const content of contents.slice(contents.findLastIndex(isPrompt) + 1)) {
    const first = objects(content['parts']).find((part) => part['functionCall'] !== undefined);
    if (first !== undefined && first['thoughtSignature'] === undefined)
      refuse(
        `Function call is missing a thought_signature in functionCall parts: ${JSON.stringify(first).slice(0, 120)}`,
      );
  }
}
