// The text of a first sluice.jsonc: commented, so that it explains itself, and without any secret.

/** An upstream to write. Keys and base URL are references. */
export interface StarterUpstream {
  readonly id: string;
  readonly provider: string;
  readonly keys: readonly string[];
  readonly baseUrl?: string;
  readonly aliases?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the file is to say. */
export interface StarterOptions {
  readonly port: number;
  readonly upstreams: readonly StarterUpstream[];
  /** "sha256:<hex>" of the client key; absent: no client. */
  readonly keyHash?: string;
}

const EXAMPLE = `    // Examples; take away the slashes of what you need:
    // { "id": "openai", "provider": "openai", "keys": ["\${OPENAI_API_KEY}"], "priority": 10 },
    // { "id": "anthropic", "provider": "anthropic", "keys": ["{file:~/.secrets/anthropic}"] },
    // { "id": "ollama", "provider": "ollama" },
    // { "id": "mine", "provider": "openai-compatible", "baseUrl": "http://192.168.1.20:8000/v1", "models": ["qwen*"] },`;

/** Writes the file. It is valid as soon as the environment variables that it names are set. */
export function starterFile(options: StarterOptions): string {
  const upstreams = options.upstreams.map((upstream) => `    ${upstreamText(upstream)},`);
  return `// Configuration of Sluice. Comments and trailing commas are fine. Check it with: sluice config check
// A running gateway takes changes over as soon as the file is saved; a file with mistakes changes nothing.
{
  "server": {
    "host": "127.0.0.1", // other addresses need a client below
    "port": ${options.port},
  },

  // Who may call the gateway. Without clients it is open to every program on this machine.
  "clients": [
${clientText(options.keyHash)}
  ],

  // Where requests go; a higher "priority" is tried first. \${NAME} is an environment variable, {file:path} a file.
  // A variable may hold several keys, separated by commas.
  "upstreams": [
${[...upstreams, EXAMPLE].join('\n')}
  ],

  // Other names for models, as in "fast": "gpt-5.5-mini".
  "aliases": {},

  // Milliseconds; these are the defaults.
  // "timeouts": { "connectMs": 5000, "headersMs": 60000, "firstOutputMs": 60000, "idleMs": 120000, "totalMs": 600000 },

  // How keys are chosen, and how many attempts one request may have.
  // "routing": { "order": "round_robin", "dispatch": "serial", "onExhausted": "refuse" },
  // "retry": { "maxAttempts": 3 },

  // The ledger: one row per request, without its text.
  // "storage": { "url": "sqlite:./data/sluice.db", "retentionDays": 90 },

  // Files of requests, errors and what happens to keys. "sluice logs" reads them, and the ledger where there are none.
  // "log": { "folder": "./logs", "retentionDays": 14 },
}
`;
}

function clientText(keyHash: string | undefined): string {
  if (keyHash === undefined) return '    // { "id": "me", "key": "${SLUICE_CLIENT_KEY}" },';
  return `    // The file holds only the hash of the key; the key itself was shown when the file was made.
    { "id": "me", "keyHash": ${JSON.stringify(keyHash)} },`;
}

function upstreamText(upstream: StarterUpstream): string {
  const { id, provider, keys, baseUrl, aliases, headers } = upstream;
  const members = {
    id,
    provider,
    ...(baseUrl && { baseUrl }),
    ...(keys.length > 0 && { keys }),
    ...(aliases && { aliases }),
    ...(headers && { headers }),
  };
  const texts = Object.entries(members).map(([name, value]) => {
    return `${JSON.stringify(name)}: ${JSON.stringify(value).replaceAll('","', '", "')}`;
  });
  return `{ ${texts.join(', ')} }`;
}
