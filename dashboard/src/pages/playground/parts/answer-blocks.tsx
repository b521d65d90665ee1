// The pieces of an answer. Whatever they say is text here; nothing of it becomes a part of the page.

import { Brain, Wrench } from 'lucide-react';
import type { ReactElement } from 'react';
import { useMessages } from '../../../language/messages.ts';
import { CodeBlock } from '../../../ui/code.tsx';
import { playgroundMessages } from '../messages.ts';
import type { ReplyBlock } from '../reply/reply.ts';
import { isRunning, type Run } from '../state/run.ts';
import { parseJson } from '../wire/json.ts';

/** The pieces, in their order. */
export function AnswerBlocks({ run }: { readonly run: Run }): ReactElement {
  const text = useMessages(playgroundMessages);
  const { reply } = run;
  const isSilent = run.state === 'done' && reply.blocks.length === 0;
  return (
    <div className="flex min-w-0 flex-col gap-3" aria-busy={isRunning(run) || undefined}>
      {reply.blocks.map((block) => (
        <Block key={block.key} block={block} />
      ))}
      {isSilent && <p className="text-faint text-sm">{text.nothingSaid}</p>}
      {reply.others > 0 && <p className="text-faint text-xs">{text.others(reply.others)}</p>}
    </div>
  );
}

function Block({ block }: { readonly block: ReplyBlock }): ReactElement {
  const text = useMessages(playgroundMessages);
  switch (block.kind) {
    case 'text':
      return <p className="whitespace-pre-wrap break-words text-sm leading-relaxed">{block.text}</p>;
    case 'reasoning':
      return (
        <details open className="rounded-lg border border-line bg-sunken px-3 py-2">
          <summary className="w-fit rounded text-faint text-xs">
            <Brain aria-hidden="true" className="mr-1.5 inline size-3.5" />
            {text.reasoning}
          </summary>
          <p className="mt-1.5 whitespace-pre-wrap break-words text-soft text-xs leading-relaxed">
            {block.text}
          </p>
        </details>
      );
    case 'refusal':
      return (
        <div className="rounded-lg bg-caution-soft px-3 py-2 text-sm">
          <p className="font-medium text-caution text-xs">{text.refusal}</p>
          <p className="whitespace-pre-wrap break-words">{block.text}</p>
        </div>
      );
    case 'image':
      // The address was judged when it came: a picture within the answer itself.
      return (
        <img
          src={block.text}
          alt={text.picture}
          className="max-h-96 self-start rounded-lg border border-line"
        />
      );
    case 'tool':
      return <Call block={block} />;
    case 'other':
      return (
        <div className="min-w-0">
          <p className="mb-1 text-faint text-xs">{text.pieceOf(block.name ?? '')}</p>
          <CodeBlock text={block.text} label={text.pieceOf(block.name ?? '')} wrap />
        </div>
      );
  }
}

function Call({ block }: { readonly block: ReplyBlock }): ReactElement {
  const text = useMessages(playgroundMessages);
  const { name = '', id } = block;
  const value = parseJson(block.text);
  // While it comes, it is no JSON yet.
  const shown = value === undefined ? block.text : JSON.stringify(value, undefined, 2);
  return (
    <div className="min-w-0">
      <p className="mb-1 flex flex-wrap items-baseline gap-x-2 text-xs">
        <span className="inline-flex items-center gap-1.5 font-medium text-water">
          <Wrench aria-hidden="true" className="size-3.5" />
          {text.toolCall(name)}
        </span>
        {id !== undefined && <span className="min-w-0 truncate font-mono text-2xs text-faint">{id}</span>}
      </p>
      <CodeBlock text={shown} label={text.toolCall(name)} wrap />
    </div>
  );
}
