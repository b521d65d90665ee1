// Short words for tests that ask a gateway again and again: one request in a line, and which key each turn came with.

import type { DialectId } from '../../src/core/model/dialect-id.ts';
import type { Standing } from '../../src/core/routing/standing.ts';
import type { SavedState, StateStore } from '../../src/exchange/ports.ts';
import { ask, begin, type Received, type Underway } from './client.ts';
import type { Behaviour, FaultUpstream, Turn } from './fault-upstream.ts';
import type { Gateway } from './gateway.ts';
import { type Understood, wires } from './wire.ts';

/** What is said of one request; the rest is a plain chat completion. */
export interface Asking {
  readonly dialect?: DialectId;
  readonly model?: string;
  readonly stream?: boolean;
  readonly text?: string;
  /** Name, value, name, value, … */
  readonly headers?: readonly string[];
  /** Key of a client of the gateway. */
  readonly client?: string;
  /** Further members of the body. */
  readonly members?: object;
}

function sendingOf(asking: Asking): { path: string; body: string; headers: string[] } {
  const { dialect = 'openai-chat', model = 'm', stream = false, text = 'Hello', members } = asking;
  const { path, body } = wires[dialect].request(model, stream, text);
  const headers = [...(asking.headers ?? [])];
  if (asking.client !== undefined) headers.push('x-api-key', asking.client);
  const whole = members === undefined ? body : JSON.stringify({ ...JSON.parse(body), ...members });
  return { path, body: whole, headers };
}

/** One request, answered. */
export function askFor(gateway: Gateway, asking: Asking = {}): Promise<Received> {
  return ask(gateway.port, sendingOf(asking));
}

/** One request on its way. */
export function beginFor(gateway: Gateway, asking: Asking = {}): Underway {
  return begin(gateway.port, sendingOf(asking));
}

/** What a client understands of an answer. */
export function understood(
  answer: Received,
  { dialect = 'openai-chat', stream = false }: Asking,
): Understood {
  return wires[dialect].understand(answer.text(), stream);
}

/** The secret with which a turn came. */
export function secretOf({ request }: Pick<Turn, 'request'>): string {
  const bearer = request.header('authorization')?.replace('Bearer ', '');
  return bearer ?? request.header('x-api-key') ?? request.header('x-goog-api-key') ?? '';
}

/** The secrets of all turns, in their order. */
export function secretsOf(upstream: FaultUpstream): string[] {
  return upstream.turns.map(secretOf);
}

/** An error answer in the format in which the turn was asked. */
export function refuseWith(
  turn: Turn,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  turn.whole(status, wires[turn.dialect].error(status, message), headers);
}

/** Healthy but for the keys that are named. */
export function forKeys(special: Readonly<Record<string, Behaviour>>): Behaviour {
  return (turn) => (special[secretOf(turn)] ?? ((other) => other.healthy()))(turn);
}

/** A store of state in memory, which outlives gateways. */
export function stateInMemory(): StateStore & { readonly saved: Map<string, SavedState> } {
  const saved = new Map<string, SavedState>();
  return {
    saved,
    load: () => Promise.resolve([...saved.values()]),
    save: (states) => {
      for (const state of states) saved.set(`${state.kind} ${state.key}`, state);
    },
  };
}

/** Resolves after so many milliseconds; for time that a provider named. */
export function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}

/** `count` requests, one after the other. */
export async function askTimes(gateway: Gateway, count: number, asking: Asking = {}): Promise<Received[]> {
  const answers: Received[] = [];
  for (let i = 0; i < count; i++) answers.push(await askFor(gateway, asking));
  return answers;
}

/** How long a standing lasts, in whole milliseconds. */
export function restOf(standing: Standing | undefined): number {
  return Math.round((standing?.untilMs ?? 0) - (standing?.sinceMs ?? 0));
}
