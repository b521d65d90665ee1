// The first request as a program would send it. Whatever stands in the name of a model stays text in all of them.

/** What a request depends on. */
export interface SnippetFacts {
  /** As libraries of the format want it, with /v1. */
  readonly baseUrl: string;
  readonly model: string;
  readonly prompt: string;
  /** Clients have to send a key. */
  readonly keyRequired: boolean;
}

/** One way of writing it. */
export interface Snippet {
  readonly id: 'curl' | 'python' | 'javascript';
  readonly name: string;
  readonly text: string;
}

/** What stands in the place of a key that the page does not know. */
export const KEY_PLACEHOLDER = 'YOUR-CLIENT-KEY';

/** A text as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The request in every language. */
export function snippetsOf({ baseUrl, model, prompt, keyRequired }: SnippetFacts): readonly Snippet[] {
  const key = keyRequired ? KEY_PLACEHOLDER : 'none-needed';
  const messages = [{ role: 'user', content: prompt }];
  const body = JSON.stringify({ model, stream: true, messages });
  const curl = [
    `curl -N ${shellWord(`${baseUrl}/chat/completions`)}`,
    "-H 'content-type: application/json'",
    ...(keyRequired ? [`-H 'authorization: Bearer ${KEY_PLACEHOLDER}'`] : []),
    `-d ${shellWord(body)}`,
  ].join(' \\\n  ');
  const text = (value: string): string => JSON.stringify(value);
  const python = `from openai import OpenAI

client = OpenAI(base_url=${text(baseUrl)}, api_key=${text(key)})
stream = client.chat.completions.create(
    model=${text(model)},
    messages=[{"role": "user", "content": ${text(prompt)}}],
    stream=True,
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="")`;
  const javascript = `import OpenAI from 'openai';

const client = new OpenAI({ baseURL: ${text(baseUrl)}, apiKey: ${text(key)} });
const stream = await client.chat.completions.create({
  model: ${text(model)},
  messages: [{ role: 'user', content: ${text(prompt)} }],
  stream: true,
});
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta?.content ?? '');`;
  return [
    { id: 'curl', name: 'curl', text: curl },
    { id: 'python', name: 'Python', text: python },
    { id: 'javascript', name: 'JavaScript', text: javascript },
  ];
}
