// What every reader of another gateway's configuration comes to: the parts of a sluice.jsonc, each with the reason why it
// is there, and what is to be told of the rest.

/** The gateways that can be imported from. */
export const SOURCES = [
  'nos-token-proxy',
  'ai-proxy',
  'token-proxy',
  'api-together',
  'openrouter-proxy',
  'litellm',
] as const;

/** One of them. */
export type SourceId = (typeof SOURCES)[number];

/** Other names that people know them by. */
const OTHER_NAMES: Readonly<Record<string, SourceId>> = {
  nos: 'nos-token-proxy',
  aiproxy: 'ai-proxy',
  token_proxy: 'token-proxy',
  tokenproxy: 'token-proxy',
  api_together: 'api-together',
  openrouter: 'openrouter-proxy',
};

/** The source that a word means, or undefined. */
export function sourceNamed(word: string): SourceId | undefined {
  const lower = word.toLowerCase();
  if (Object.hasOwn(OTHER_NAMES, lower)) return OTHER_NAMES[lower];
  return SOURCES.find((source) => source === lower);
}

/** A text that is read from the environment when the gateway starts. */
export class FromVariable {
  readonly variable: string;

  constructor(variable: string) {
    this.variable = variable;
  }
}

/** A text that no screen may show. */
export class SecretText {
  readonly secret: string;

  constructor(secret: string) {
    this.secret = secret;
  }
}

/** A value of the configuration to be written. Texts are meant literally. */
export type PlanValue =
  | null
  | boolean
  | number
  | string
  | FromVariable
  | SecretText
  | readonly PlanValue[]
  | { readonly [name: string]: PlanValue };

/** Members of an object to be written. */
export type PlanMembers = { readonly [name: string]: PlanValue };

/** One or more keys of an upstream that came from one place. */
export interface PlannedKey {
  /** The variable that holds them, where they came from one. */
  readonly variable?: string;
  /** The keys themselves as far as they are known; empty where only the variable is. */
  readonly values: readonly string[];
  readonly enabled: boolean;
}

/** One upstream to be written. */
export interface PlannedUpstream {
  readonly id: string;
  /** Where it came from, as a comment. */
  readonly why: string;
  /** Everything except `id` and `keys`. */
  readonly members: PlanMembers;
  readonly keys: readonly PlannedKey[];
}

/** One client to be written. Of a literal key the file gets the hash. */
export interface PlannedClient {
  readonly id: string;
  readonly why: string;
  readonly key: string | FromVariable;
  /** `name`, `enabled`, `upstreams` and the like. */
  readonly members: PlanMembers;
}

/** A section of the file besides `upstreams` and `clients`. */
export interface PlannedSection {
  /** Comments above it, a line each. */
  readonly why: readonly string[];
  readonly value: PlanValue;
}

/** Names of sections, in the order in which they are written. */
export const SECTIONS = [
  'aliases',
  'routing',
  'routes',
  'retry',
  'cooldown',
  'breaker',
  'timeouts',
  'limits',
  'conversion',
  'cache',
  'log',
] as const;

/** One of them, or the first section of all. */
export type SectionName = (typeof SECTIONS)[number] | 'server';

/** What is told of one thing in the imported configuration. */
export interface Note {
  /** carried: works as before. changed: is there, but not the same. missing: has no counterpart. */
  readonly kind: 'carried' | 'changed' | 'missing';
  readonly what: string;
  /** changed: how and why. missing: what to do instead. */
  readonly why?: string;
}

/** The whole plan. */
export interface ImportPlan {
  readonly source: SourceId;
  readonly sections: ReadonlyMap<SectionName, PlannedSection>;
  readonly clients: readonly PlannedClient[];
  readonly upstreams: readonly PlannedUpstream[];
  readonly notes: readonly Note[];
}

/** A plan, or why there is none, in words for the user. */
export type Planned =
  | { readonly ok: true; readonly plan: ImportPlan }
  | { readonly ok: false; readonly message: string; readonly suggestion: string };

/** A plan while it is being made. */
export class PlanBuilder {
  readonly source: SourceId;
  readonly sections: Map<SectionName, PlannedSection> = new Map<SectionName, PlannedSection>();
  readonly clients: PlannedClient[] = [];
  readonly upstreams: PlannedUpstream[] = [];
  readonly notes: Note[] = [];

  constructor(source: SourceId) {
    this.source = source;
  }

  section(name: SectionName, value: PlanValue, ...why: readonly string[]): void {
    this.sections.set(name, { value, why });
  }

  carried(what: string): void {
    this.notes.push({ kind: 'carried', what });
  }

  changed(what: string, why: string): void {
    this.notes.push({ kind: 'changed', what, why });
  }

  missing(what: string, why: string): void {
    this.notes.push({ kind: 'missing', what, why });
  }

  /** An id that is legal and not taken by another upstream, as near to the text as can be. */
  upstreamId(text: string): string {
    return legalName(text, 'upstream', new Set(this.upstreams.map(({ id }) => id)));
  }

  /** The same for clients. */
  clientId(text: string): string {
    return legalName(text, 'client', new Set(this.clients.map(({ id }) => id)));
  }

  done(): Planned {
    const { source, sections, clients, upstreams, notes } = this;
    return { ok: true, plan: { source, sections, clients, upstreams, notes } };
  }
}

const LONGEST_NAME = 60;

function legalName(text: string, fallback: string, taken: ReadonlySet<string>): string {
  const plain = text
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '')
    .slice(0, LONGEST_NAME);
  const base = plain === '' ? fallback : plain;
  let name = base;
  for (let count = 2; taken.has(name); count++) name = `${base}-${count}`;
  return name;
}
