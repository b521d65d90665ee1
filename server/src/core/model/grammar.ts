// Watches a sequence of events for violations of the grammar in ./event.ts. Tests put it around every decoder; it throws,
// because a decoder that breaks the grammar is a defect.

import type { Part } from './content.ts';
import type { Emit, StreamEvent } from './event.ts';

/** One block that has begun. */
interface Begun {
  readonly choice: number;
  readonly part: Part;
  /** What the deltas said, section by section. */
  readonly sections: string[];
  closed: boolean;
}

/** Passes every event on to `emit`; throws an Error that names the event and the rule it breaks. */
export function checkGrammar(emit: Emit): Emit {
  const check = createCheck();
  return (event) => {
    check(event);
    emit(event);
  };
}

function createCheck(): (event: StreamEvent) => void {
  const blocks: Begun[] = [];
  const openIn = new Map<number, number>();
  const stopped = new Set<number>();
  const seen = new Set<number>();
  let count = -1;
  let started = false;
  let over = false;

  return (event) => {
    count++;
    const broken = (rule: string): never => {
      const block = 'block' in event ? ` of block ${event.block}` : '';
      throw new Error(`Event ${count} (${event.type}${block}): ${rule}.`);
    };
    const current = (number: number): Begun => {
      const block = blocks[number];
      if (block === undefined) return broken('the block was never opened');
      if (block.closed) return broken('the block is closed');
      return block;
    };

    if (over) broken('nothing may follow the end');
    if (!started && event.type !== 'start' && event.type !== 'error') broken('the first event must be start');
    switch (event.type) {
      case 'start':
        if (started) broken('there may be one start only');
        started = true;
        return;
      case 'open': {
        if (event.block !== blocks.length) broken(`the next block has the number ${blocks.length}`);
        if (openIn.has(event.choice))
          broken(`block ${openIn.get(event.choice)} of choice ${event.choice} is still open`);
        if (stopped.has(event.choice)) broken(`choice ${event.choice} has stopped`);
        const fault = skeletonFault(event.part);
        if (fault !== undefined) broken(fault);
        blocks.push({ choice: event.choice, part: event.part, sections: [''], closed: false });
        openIn.set(event.choice, event.block);
        seen.add(event.choice);
        return;
      }
      case 'delta': {
        const { part, sections } = current(event.block);
        if (!STREAMED.has(part.type)) broken(`a part of type ${part.type} comes whole`);
        if (event.text === '') broken('a delta may not be empty');
        sections[sections.length - 1] += event.text;
        return;
      }
      case 'section': {
        const { part, sections } = current(event.block);
        if (part.type !== 'reasoning') broken(`a part of type ${part.type} has no sections`);
        sections.push('');
        return;
      }
      case 'citation': {
        const { part } = current(event.block);
        if (part.type !== 'text') broken(`a part of type ${part.type} has no citations`);
        return;
      }
      case 'close': {
        const block = current(event.block);
        const fault = closeFault(block, event.part);
        if (fault !== undefined) broken(fault);
        block.closed = true;
        openIn.delete(block.choice);
        return;
      }
      case 'stop':
        if (openIn.has(event.choice)) broken(`block ${openIn.get(event.choice)} of the choice is still open`);
        if (stopped.has(event.choice)) broken(`choice ${event.choice} has stopped before`);
        stopped.add(event.choice);
        return;
      case 'error':
        over = true;
        return;
      case 'end': {
        const restless = [...seen].find((choice) => !stopped.has(choice));
        if (restless !== undefined) broken(`choice ${restless} has not stopped`);
        if (stopped.size === 0) broken('no choice has stopped');
        over = true;
        return;
      }
      default:
        return;
    }
  };
}

const STREAMED: ReadonlySet<Part['type']> = new Set(['text', 'reasoning', 'refusal', 'tool-call']);

function skeletonFault(part: Part): string | undefined {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text === '' ? undefined : 'the text of a skeleton must be empty';
    case 'reasoning':
      return part.sections.length === 0 ? undefined : 'the sections of a skeleton must be empty';
    case 'tool-call':
      return part.arguments === '' ? undefined : 'the arguments of a skeleton must be empty';
    default:
      return undefined;
  }
}

/** Members that are final when a block opens. */
const FINAL = ['type', 'id', 'kind', 'name', 'namespace', 'form'] as const;

function closeFault({ part: opened, sections }: Begun, closed: Part): string | undefined {
  for (const member of FINAL) {
    const [before, after] = [memberOf(opened, member), memberOf(closed, member)];
    if (before !== after)
      return `${member} was ${JSON.stringify(before)} when the block opened and is ${JSON.stringify(after)} now`;
  }
  const said = sections.join('');
  switch (closed.type) {
    case 'text':
    case 'refusal':
      return differs('text', said, closed.text);
    case 'tool-call':
      // A call without arguments has no deltas and is closed with an empty object.
      return said === '' && closed.arguments === '{}'
        ? undefined
        : differs('arguments', said, closed.arguments);
    case 'reasoning':
      return differs('sections', filled(sections), filled(closed.sections));
    default:
      return undefined;
  }
}

function memberOf(part: Part, member: string): unknown {
  return Object.entries(part).find(([name]) => name === member)?.[1];
}

function filled(sections: readonly string[]): string {
  return JSON.stringify(sections.filter((section) => section !== ''));
}

function differs(what: string, said: string, whole: string): string | undefined {
  if (said === whole) return undefined;
  return `the deltas say ${shortened(said)} and the closed part has the ${what} ${shortened(whole)}`;
}

function shortened(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}
