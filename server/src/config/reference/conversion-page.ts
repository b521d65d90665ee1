// docs/reference/conversion.md, made from the goldens of the conformance suite: the published matrix is what its tests
// have shown.

import type { DialectId } from '../../core/model/dialect-id.ts';
import type { Loss } from '../../core/model/loss.ts';

/** What one golden says. */
export interface ConversionFinding {
  /** Whether it shows a request on its way up or an answer on its way down. */
  readonly kind: 'request' | 'answer';
  readonly from: DialectId;
  readonly to: DialectId;
  /** What the case shows. */
  readonly features: readonly string[];
  readonly losses: readonly Loss[];
}

/** Best first: a cell of the matrix shows the worst that any case came to. */
const VERDICTS = ['carried', 'defaulted', 'approximated', 'emulated', 'dropped', 'refused'] as const;

type Verdict = (typeof VERDICTS)[number];

const NAMES: Readonly<Record<DialectId, string>> = {
  'openai-chat': 'Chat',
  'openai-responses': 'Responses',
  'anthropic-messages': 'Messages',
  gemini: 'Gemini',
};

const MEANINGS: readonly (readonly [Verdict, string])[] = [
  ['carried', 'arrives with the same meaning, in the words of the other format'],
  ['defaulted', 'the other format requires a value that this one does not have; the gateway chose one'],
  ['approximated', 'the nearest thing that the other format has'],
  ['emulated', 'the gateway does it itself'],
  ['dropped', 'does not arrive; reported in `x-sluice-loss` unless the answer is the same without it'],
  ['refused', 'the answer would be one to another question: 400, unless losses are allowed'],
];

/** The page, whole. */
export function conversionPage(findings: readonly ConversionFinding[]): string {
  return [
    '# Conversion',
    '',
    'Generated from the goldens of `server/test/conformance`; refresh it with `npm run docs`.',
    '',
    'Between two programs of one format the bytes go through as they are. Between two formats every member is carried over,',
    'or its loss is reported. The tables show the worst that any case of the conformance suite came to, with a target model',
    'as capable as the newest ones of the format’s own vendor; an empty cell means that the format has nothing of the kind.',
    '',
    '| word | meaning |',
    '|---|---|',
    ...MEANINGS.map(([verdict, meaning]) => `| ${verdict} | ${meaning} |`),
    '',
    '## Requests',
    '',
    'From the format of the client to that of the upstream.',
    '',
    ...matrix(findings.filter(({ kind }) => kind === 'request')),
    '',
    '## Answers',
    '',
    'From the format of the upstream to that of the client.',
    '',
    ...matrix(findings.filter(({ kind }) => kind === 'answer')),
    '',
    '## Notes',
    '',
    ...notes(findings),
    '',
  ].join('\n');
}

/**
 * Rows whose losses go by a more general name: what a case shows is "web-search", what passes report is the loss of a
 * "hosted-tool".
 */
const REPORTED_AS: Readonly<Record<string, readonly string[]>> = {
  'anthropic-client-tools': ['hosted-tool'],
  'code-execution': ['hosted-tool'],
  mcp: ['hosted-tool'],
  'web-fetch': ['hosted-tool'],
  'web-search': ['hosted-tool'],
  'web-search-settings': ['hosted-tool'],
  'hosted-tool-calls': ['vendor-part'],
  'hosted-tool-history': ['vendor-part'],
  'item-reference': ['vendor-part'],
  'citations-history': ['citations'],
  'file-id': ['image-input', 'document-input'],
  'image-url': ['image-input'],
  'document-url': ['document-input'],
  'search-result': ['document-text'],
  'text-document': ['document-text'],
  'late-system-prompt': ['system-turn'],
  'output-modalities': ['foreign-member'],
  penalties: ['presence-penalty', 'frequency-penalty'],
  'reasoning-budget': ['reasoning-effort'],
  'schema-keywords': ['schema-keyword', 'schema-limits'],
  'several-answers': ['n', 'many-choices'],
  'stop-context-full': ['stop-reason'],
  'stop-paused': ['stop-reason'],
  'stop-sequence': ['stop-reason'],
  'context-management': ['foreign-member'],
  prediction: ['foreign-member'],
  'safety-settings': ['foreign-member'],
  'unknown-members': ['foreign-member'],
};

/** True when the loss is told in the row. */
export function belongsTo(row: string, loss: Pick<Loss, 'feature'>): boolean {
  return loss.feature === row || (REPORTED_AS[row]?.includes(loss.feature) ?? false);
}

/** One table for each format that is converted from. */
function matrix(findings: readonly ConversionFinding[]): string[] {
  return (Object.keys(NAMES) as DialectId[]).flatMap((from) => {
    const mine = findings.filter((finding) => finding.from === from && finding.to !== from);
    if (mine.length === 0) return [];
    const targets = (Object.keys(NAMES) as DialectId[]).filter((to) => to !== from);
    const rows = featuresOf(mine).map((feature) => {
      const cells = targets.map(
        (to) =>
          verdictOf(
            feature,
            mine.filter((finding) => finding.to === to),
          ) ?? '',
      );
      return `| ${feature} | ${cells.join(' | ')} |`;
    });
    return [
      `### ${NAMES[from]}`,
      '',
      `| feature | ${targets.map((to) => `→ ${NAMES[to]}`).join(' | ')} |`,
      `|---|${targets.map(() => '---|').join('')}`,
      ...rows,
      '',
    ];
  });
}

function featuresOf(findings: readonly ConversionFinding[]): string[] {
  return [...new Set(findings.flatMap(rowsOf))].sort();
}

/** What the case shows, and what was lost besides: a default that a format needs, for example. */
function rowsOf({ features, losses }: ConversionFinding): string[] {
  const besides = losses.filter((loss) => !features.some((row) => belongsTo(row, loss)));
  return [...features, ...besides.map(({ feature }) => feature)];
}

function verdictOf(feature: string, findings: readonly ConversionFinding[]): Verdict | undefined {
  const shown = findings.filter((finding) => rowsOf(finding).includes(feature));
  if (shown.length === 0) return undefined;
  const verdicts = shown.flatMap(({ losses }) =>
    losses
      .filter((loss) => belongsTo(feature, loss))
      .map((loss): Verdict => (loss.severity === 'semantic' ? 'refused' : loss.action)),
  );
  return VERDICTS.findLast((verdict) => verdicts.includes(verdict)) ?? 'carried';
}

/** What the reports say, each sentence once, with the ways on which it was said. */
function notes(findings: readonly ConversionFinding[]): string[] {
  const ways = new Map<string, Set<string>>();
  for (const { from, to, losses } of findings) {
    if (from === to) continue;
    for (const { feature, note } of losses) {
      const said = `**${feature}**: ${note.replaceAll('|', '\\|')}`;
      const known = ways.get(said) ?? new Set();
      ways.set(said, known.add(`${NAMES[from]} → ${NAMES[to]}`));
    }
  }
  return [...ways]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([said, on]) => `- ${said} (${[...on].sort().join(', ')})`);
}
