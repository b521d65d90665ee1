// The name that a model has at its maker, whoever serves it: what rules on models are matched against.

const MAKERS =
  /^(?:[a-z]{2,6}\.)?(?:anthropic|amazon|meta|mistral|deepseek|openai|google|qwen|moonshot|moonshotai|zai|xai)\.(?=.)/;

/**
 * "anthropic/claude-opus-4.7" (OpenRouter), "us.anthropic.claude-opus-4-7-v1:0" (Bedrock) and "models/gemini-3-pro" as
 * "claude-opus-4-7", "claude-opus-4-7-v1:0" and "gemini-3-pro". Lower case.
 */
export function bareName(model: string): string {
  const lower = model.toLowerCase();
  const name = lower.slice(lower.lastIndexOf('/') + 1).replace(MAKERS, '');
  // Gateways write versions of Claude with a dot, Anthropic with a dash.
  return name.startsWith('claude-') ? name.replace(/(\d)\.(?=\d)/g, '$1-') : name;
}
