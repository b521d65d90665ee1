// The aliases of token_proxy: "hot" ones for all upstreams, which those of an upstream go before.

import type { Fields } from '../fields.ts';
import type { PlanBuilder, PlannedUpstream } from '../plan.ts';

type Aliases = Readonly<Record<string, string>>;

/**
 * Writes the hot aliases once for all upstreams where that means the same; else into each upstream, because a global
 * alias is applied before those of an upstream and would be followed by them. Changes `upstreams`.
 */
export function planAliases(plan: PlanBuilder, root: Fields, upstreams: PlannedUpstream[]): void {
  const hot = [...root.textMap('hot_model_mappings')].filter(([alias]) => /^[^*]*\*?$/.test(alias));
  if (hot.length === 0) {
    plan.missing(
      'the built-in hot aliases',
      'The file has none, so none are written. Put those that clients use into "aliases", as in "openai/gpt-5.5": "gpt-5.5".',
    );
    return;
  }
  const global: Aliases = Object.fromEntries(hot);
  if (!upstreams.some(({ members }) => clashes(aliasesOf(members), hot))) {
    plan.section('aliases', global, 'hot_model_mappings: other names for models, for all upstreams.');
  } else {
    for (const [index, upstream] of upstreams.entries()) {
      const aliases = { ...global, ...aliasesOf(upstream.members) };
      upstreams[index] = { ...upstream, members: { ...upstream.members, aliases } };
    }
    plan.changed(
      'hot_model_mappings',
      'They stand in every upstream, because one has aliases of its own that go before them.',
    );
  }
  plan.carried(`hot_model_mappings (${hot.length})`);
}

function aliasesOf(members: PlannedUpstream['members']): Aliases {
  const { aliases } = members;
  // Written by this importer alone, as texts.
  return typeof aliases === 'object' && aliases !== null ? (aliases as Aliases) : {};
}

/** True where an alias of the upstream would take the name or the target of a hot one. */
function clashes(own: Aliases, hot: readonly (readonly [string, string])[]): boolean {
  return Object.keys(own).some((name) =>
    hot.some(([alias, target]) => {
      const fits = (text: string): boolean =>
        name.endsWith('*') ? text.startsWith(name.slice(0, -1)) : text === name;
      return fits(alias) || fits(target) || (alias.endsWith('*') && name.startsWith(alias.slice(0, -1)));
    }),
  );
}
