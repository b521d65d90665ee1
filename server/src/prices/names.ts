// The names under which a model may stand in the catalogue: as it was sent, without the path of its vendor, with its date
// written the other way, and at last without its date, for a snapshot of a model costs what the model does.

/** Vendors that are written before the names of their models, by provider of the catalogue. */
const VENDORS: Readonly<Record<string, readonly string[]>> = {
  openai: ['openai'],
  anthropic: ['anthropic'],
  google: ['google', 'gemini', 'anthropic', 'publishers/google/models', 'publishers/anthropic/models'],
  azure: ['azure', 'openai', 'anthropic', 'deepseek', 'x-ai', 'xai', 'moonshotai'],
  mistral: ['mistral', 'mistralai'],
  deepseek: ['deepseek', 'deepseek-ai'],
  groq: ['groq'],
  'x-ai': ['xai', 'x-ai'],
  moonshotai: ['moonshot', 'moonshotai'],
  zai: ['zai', 'z-ai', 'zai-org'],
  cohere: ['cohere'],
  cerebras: ['cerebras'],
  perplexity: ['perplexity'],
  together: ['together'],
};

const DATE = /[-@](20\d{2})-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])$/;

/** In the order in which they are to be tried, in lower case. */
export function catalogueNames(provider: string, model: string): readonly string[] {
  const sent = model.trim().toLowerCase();
  const bare = withoutVendor(provider, sent);
  const names = new Set([sent, bare]);
  for (const name of [sent, bare]) {
    const date = DATE.exec(name);
    if (date === null) continue;
    const stem = name.slice(0, date.index);
    const [, year = '', month = '', day = ''] = date;
    names.add(`${stem}-${year}-${month}-${day}`);
    names.add(`${stem}-${year}${month}${day}`);
    names.add(`${stem}@${year}${month}${day}`);
  }
  for (const name of [sent, bare]) names.add(name.replace(DATE, ''));
  return [...names];
}

function withoutVendor(provider: string, sent: string): string {
  let name = sent.replace(/^projects\/[^/]+\/locations\/[^/]+\//, '').replace(/^models\//, '');
  for (const vendor of VENDORS[provider] ?? []) {
    if (!name.startsWith(`${vendor}/`)) continue;
    name = name.slice(vendor.length + 1);
    break;
  }
  return name;
}
