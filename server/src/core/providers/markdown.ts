// The reference page of providers, made from the data, so that it cannot say anything else.

import { DIALECT_IDS } from '../model/dialect-id.ts';
import { keyHeaderFor } from './credential.ts';
import { providers } from './index.ts';
import type { Provider } from './provider.ts';

const code = (text: string): string => `\`${text}\``;
const codes = (texts: readonly string[]): string => texts.map(code).join(', ');

function section(provider: Provider): string {
  const lines = [
    `## ${provider.name}`,
    '',
    `Provider ${code(provider.id)} · [documentation](${provider.documentation})`,
    '',
  ];
  lines.push('| dialect | base URL | key header |', '|---|---|---|');
  for (const dialect of DIALECT_IDS.filter((id) => provider.dialects.includes(id))) {
    const base = provider.bases[dialect];
    const shown = base === undefined ? 'set `baseUrl`' : code(base);
    lines.push(`| ${code(dialect)} | ${shown} | ${code(keyHeaderFor(provider, dialect))} |`);
  }
  lines.push('');
  if (provider.environment.length > 0) {
    const plural = provider.environment.map((name) => `${name}S`);
    lines.push(
      `- Keys from the environment: ${codes(provider.environment)}; several, separated by commas: ${codes(plural)}`,
    );
  }
  if (provider.baseUrlEnvironment !== undefined) {
    lines.push(`- Base URL from the environment: ${codes(provider.baseUrlEnvironment)}`);
  }
  if (provider.defaultPath !== undefined) {
    lines.push(`- A ${code('baseUrl')} without a path gets ${code(provider.defaultPath)}`);
  }
  lines.push(
    provider.owns.length > 0
      ? `- Its own models: ${codes(provider.owns)}`
      : '- Any model name may be its own',
  );
  for (const [name, value] of Object.entries(provider.headers ?? {})) {
    const variable = provider.headerEnvironment?.[name];
    const how = variable === undefined ? '' : `, or the value of ${code(variable)}`;
    lines.push(`- Sends ${code(`${name}: ${value}`)}${how}, unless the client sends the header`);
  }
  if (provider.acceptsStreamOptions === false)
    lines.push(`- Rejects ${code('stream_options')}; it is never added`);
  if (provider.accounts !== undefined)
    lines.push(
      `- Takes no keys: its logins are stored with ${code(`sluice accounts import ${provider.accounts}`)}, see [accounts](../guide/accounts.md)`,
    );
  if (provider.streaming !== undefined) lines.push('- Can only stream; clients get what they ask for');
  const rules = provider.bodyRules;
  if (rules !== undefined) lines.push(`- Does not take ${codes(rules.refused.map(({ member }) => member))}`);
  if (provider.keyless === true) lines.push('- Works without a key');
  if (provider.local !== undefined)
    lines.push(`- Found by itself on port ${provider.local.port} of this machine`);
  return lines.join('\n');
}

/** docs/reference/providers.md, whole. */
export function providersMarkdown(): string {
  const intro = [
    '# Providers',
    '',
    'Generated from `server/src/core/providers`; refresh it with `npx vitest run --project server markdown -u`.',
    '',
    'An upstream names a provider and, where needed, a `baseUrl` and `keys`. A model name that a provider owns is sent',
    'to another provider only when no upstream of its owner is configured.',
  ].join('\n');
  return `${[intro, ...[...providers.values()].map(section)].join('\n\n')}\n`;
}
