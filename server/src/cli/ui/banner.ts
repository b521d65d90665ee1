// What a person sees when the gateway has started: what it found, where it listens, and one command that works.

import colors from 'picocolors';
import type { Settings, Upstream } from '../../config/settings.ts';
import { familyOf } from '../../core/model/dialect-id.ts';

/** What the banner tells. */
export interface BannerFacts {
  readonly version: string;
  /** "http://127.0.0.1:9208" */
  readonly origin: string;
  readonly settings: Settings;
  readonly demo: boolean;
  /** Ports besides that of `origin`. */
  readonly furtherPorts?: readonly number[];
  /** Token of a one-time link to the dashboard. */
  readonly login?: string;
  /** The admin key, where it was made just now. */
  readonly adminKey?: string;
}

/** A model that the first request can ask for. */
function exampleModel({ settings, demo }: BannerFacts): string {
  if (demo) return 'sluice-demo';
  for (const { models, aliases } of settings.upstreams) {
    const name = [...models, ...Object.keys(aliases)].find((candidate) => !candidate.includes('*'));
    if (name !== undefined) return name;
  }
  const { anthropic, gemini } = { anthropic: 'claude-opus-5-5', gemini: 'gemini-2.5-flash' };
  const [first] = settings.upstreams;
  const family = first?.dialects[0] === undefined ? 'openai' : familyOf(first.dialects[0]);
  return { anthropic, gemini, openai: 'gpt-5.5-mini' }[family];
}

/** One ready curl line in the format that the first upstream speaks. */
function curlLine(facts: BannerFacts): string {
  const { origin, settings } = facts;
  const model = exampleModel(facts);
  const key = settings.clients.length === 0 ? '' : " -H 'authorization: Bearer <client key>'";
  const dialect = settings.upstreams[0]?.dialects[0] ?? 'openai-chat';
  const messages = '[{"role":"user","content":"Hello!"}]';
  const call = {
    'openai-chat': ['/v1/chat/completions', `{"model":"${model}","stream":true,"messages":${messages}}`],
    'openai-responses': ['/v1/responses', `{"model":"${model}","stream":true,"input":"Hello!"}`],
    'anthropic-messages': [
      '/v1/messages',
      `{"model":"${model}","stream":true,"max_tokens":256,"messages":${messages}}`,
    ],
    gemini: [
      `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
      '{"contents":[{"role":"user","parts":[{"text":"Hello!"}]}]}',
    ],
  }[dialect];
  return `curl -N '${origin}${call[0]}'${key} -H 'content-type: application/json' -d '${call[1]}'`;
}

function upstreamLine(upstream: Upstream): string {
  const keys =
    upstream.provider.keyless === true
      ? ''
      : `, ${upstream.keys.length} ${upstream.keys.length === 1 ? 'key' : 'keys'}`;
  const state = upstream.enabled ? '' : colors.dim(' (disabled)');
  return `  ${colors.green('●')} ${upstream.id} ${colors.dim(`${upstream.provider.name}${keys}; ${upstream.dialects.join(', ')}`)}${state}`;
}

function dashboardAddress({ origin, login }: BannerFacts): string {
  if (login === undefined) return `${origin}/dashboard/`;
  return `${origin}/dashboard#login=${login} ${colors.dim('(opens once, within 15 minutes)')}`;
}

function adminKeyLines({ adminKey }: BannerFacts): string[] {
  if (adminKey === undefined) return [];
  return [
    '',
    `  Admin key   ${colors.bold(adminKey)}`,
    colors.dim('  Keep it: it is not shown again. "sluice dashboard --new-key" makes another one.'),
  ];
}

/** The ports of earlier gateways that this one listens on, too. */
function furtherLines({ origin, furtherPorts = [] }: BannerFacts): string[] {
  if (furtherPorts.length === 0) return [];
  const host = origin.slice(0, origin.lastIndexOf(':'));
  return [`  Also on     ${furtherPorts.map((port) => `${host}:${port}`).join(', ')}`];
}

/** The banner, ready to print. */
export function banner(facts: BannerFacts): string {
  const { version, origin, settings, demo } = facts;
  const source = settings.origin.file ?? 'no configuration file: environment and local servers';
  const lines = [
    '',
    `${colors.bold('Sluice')} ${colors.dim(version)}  ${colors.cyan(origin)}`,
    colors.dim(source),
    ...settings.origin.notices.map((notice) => colors.dim(`  ${notice}`)),
    '',
    ...settings.upstreams.map(upstreamLine),
    ...(demo
      ? [
          colors.dim('  No provider key and no local server was found, so the built-in demo model answers.'),
          colors.dim(
            '  Add a key: set OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY, … and start again, or run "sluice init".',
          ),
        ]
      : []),
    '',
    `  OpenAI      ${origin}/v1`,
    `  Anthropic   ${origin}`,
    `  Gemini      ${origin}`,
    ...furtherLines(facts),
    `  Dashboard   ${dashboardAddress(facts)}`,
    ...adminKeyLines(facts),
    '',
    'Try it:',
    `  ${curlLine(facts)}`,
    '',
  ];
  return lines.join('\n');
}
