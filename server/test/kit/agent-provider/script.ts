// What the scripted provider is asked, what it says, and what it remembers of it: the terms that its four formats share.

import type { IncomingHttpHeaders } from 'node:http';
import type { DialectId } from '../../../src/core/model/dialect-id.ts';
import { type Json, textOf, toObject } from './json.ts';

/**
 * What the provider does in one turn. `custom` is a free-form tool call; a format without such tools puts the text into
 * the one parameter that the tool was offered with. `thinks` comes first, where the request lets the model think.
 */
export type Turn = { readonly thinks?: string } & (
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tool'; readonly name: string; readonly input: Json }
  | { readonly kind: 'custom'; readonly name: string; readonly input: string }
);

/** A tool on offer. */
export interface OfferedTool {
  readonly name: string;
  /** JSON schema of its input; undefined for free-form tools. */
  readonly schema: Json | undefined;
  /** The namespace it stands in. */
  readonly namespace?: string | undefined;
}

/** One request as it reached the provider. */
export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Json;
  /** The format that its path belongs to. */
  readonly dialect: DialectId;
  readonly model: string;
  readonly stream: boolean;
  /** True when the newest turn is the result of a tool. */
  readonly afterTool: boolean;
  /** Names of the tools on offer, also of those in namespaces. */
  readonly tools: readonly string[];
  readonly offered: readonly OfferedTool[];
}

/** What the provider said once, and must get back as it was. */
export interface Issued {
  readonly dialect: DialectId;
  readonly number: number;
  readonly call?: IssuedCall | undefined;
  readonly thought?: IssuedThought | undefined;
}

/** A tool call that was made. */
export interface IssuedCall {
  /** Undefined where the model gives its calls no ids. */
  readonly id: string | undefined;
  readonly name: string;
  readonly input: Json | string;
}

/** A thought, with the opaque token that proves it. */
export interface IssuedThought {
  readonly text: string;
  /** Undefined in formats that have none. */
  readonly token: string | undefined;
}

/** An answer in both of its shapes. */
export interface Written {
  /** Events of the stream in order, each ready to be sent. */
  readonly events: readonly string[];
  /** The JSON answer. */
  readonly body: Json;
  readonly issued: Issued;
}

/** Tokens that every turn costs, and those of a thought beside them. */
export const TURN_USAGE = { input: 1200, cacheRead: 1000, output: 34 };
export const THOUGHT_TOKENS = 16;

/** An opaque token as long as real ones, of a turn; standard base64. */
export function opaque(dialect: DialectId, number: number): string {
  const words = `${dialect} ${number} `;
  return Buffer.from(words.repeat(Math.ceil(300 / words.length)).slice(0, 300)).toString('base64');
}

/** Pieces of a text as a model speaks: `size` characters each. */
export function pieces(text: string, size = 24): string[] {
  const found: string[] = [];
  for (let at = 0; at < text.length; at += size) found.push(text.slice(at, at + size));
  return found;
}

/** The input of a call as an object: free text goes into the one parameter of the tool that was offered. */
export function inputObject(turn: Exclude<Turn, { kind: 'text' }>, { offered }: Asked): Json {
  if (turn.kind === 'tool') return turn.input;
  const schema = offered.find((tool) => tool.name === turn.name)?.schema;
  const [parameter = 'input'] = Object.keys(toObject(schema?.['properties']));
  return { [parameter]: turn.input };
}

/** The message of a request refused: what a provider says with status 400. */
export class Refusal extends Error {}

/** Refuses a request. */
export function refuse(message: string): never {
  throw new Refusal(message);
}

/** Refuses members of a node that the format does not have. */
export function onlyMembers(node: Json, known: string, where: string): void {
  const names = known.split(' ');
  for (const name of Object.keys(node))
    if (!names.includes(name))
      refuse(`${where}.${name}: unknown member ${JSON.stringify(node[name]).slice(0, 80)}`);
}

/** The one value of `options` that a member has, or refusal. */
export function oneOf(value: unknown, options: string, where: string): string {
  const text = textOf(value);
  if (!options.split(' ').includes(text)) refuse(`${where}: ${JSON.stringify(value)} is none of ${options}`);
  return text;
}

/** Refuses tool names that the pattern does not match, and names that two tools share. */
export function checkNames(names: readonly string[], pattern: RegExp): void {
  for (const name of names)
    if (!pattern.test(name)) refuse(`tools: the name ${JSON.stringify(name)} is invalid`);
  if (new Set(names).size !== names.length) refuse(`tools: names must be unique: ${names.join(', ')}`);
}
