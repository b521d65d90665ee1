// Images, documents, sound and film: what the target cannot take is refused in the question, since the answer would be one
// to another question, and has a line of text in its place in the history. Texts that travel as documents become text where only anthropic has the form.

import type { MediaPart, Part } from '../../model/content.ts';
import { familyOf } from '../../model/dialect-id.ts';
import type { Turn } from '../../model/request.ts';
import type { ModelTraits } from '../../model/traits.ts';
import type { Pass } from '../adapt.ts';
import { mapParts, type PathIn } from './parts.ts';

/** Media that the target can take. */
export const media: Pass = (request, { traits, losses, traces }) => {
  if (traces?.media === false) return { request };
  const { origin } = request;
  const foreign = familyOf(origin) !== familyOf(traits.dialect);
  const isQuestion = questionFinder(request.turns);
  const fitted = (part: Part, path: PathIn, turn: number): Part | readonly Part[] | undefined => {
    if (part.type !== 'media') return part;
    const { source } = part;
    if (part.citable === true && traits.dialect !== 'anthropic-messages')
      losses.add({
        path: `${path(origin)}.citations`,
        feature: 'citable-documents',
        action: 'dropped',
        severity: 'quality',
        note: 'The target is not asked to cite documents.',
      });
    if (source.type === 'text' || source.type === 'parts') {
      if (traits.dialect === 'anthropic-messages' && traits.documents) return part;
      losses.add({
        path: path(origin),
        feature: 'document-text',
        action: 'approximated',
        severity: 'quality',
        note: 'A document of text was put into the message as text.',
      });
      // What it is made of has to fit as well.
      return asText(part).flatMap((inner) => fitted(inner, path, turn) ?? []);
    }
    const obstacle = obstacleFor(part, traits, foreign);
    if (obstacle === undefined && part.context !== undefined && traits.dialect !== 'anthropic-messages') {
      losses.add({
        path: `${path(origin)}.context`,
        feature: 'document-context',
        action: 'approximated',
        severity: 'quality',
        note: 'What was said about a document stands before it as text.',
      });
      const { context: _context, ...document } = part;
      return [{ type: 'text', text: headOf(part).join('\n') }, document];
    }
    if (obstacle === undefined) return part;
    if (isQuestion(turn)) {
      losses.add({
        path: path(origin),
        feature: `${part.kind}-input`,
        action: 'dropped',
        severity: 'semantic',
        note: obstacle,
      });
      return undefined;
    }
    losses.add({
      path: path(origin),
      feature: `${part.kind}-input`,
      action: 'approximated',
      severity: 'quality',
      note: `${obstacle} In what was said before, a line of text stands for it.`,
    });
    return placeholder(part, traits);
  };
  const turns = mapParts(request.turns, fitted);
  return { request: turns === request.turns ? request : { ...request, turns } };
};

/**
 * The question is what the user and the tools have said since the model last spoke. What came before is history, which an
 * agent sends with every request: refusing it would end the conversation for good.
 */
function questionFinder(turns: readonly Turn[]): (turn: number) => boolean {
  let spoken = turns.length - 1;
  while (spoken >= 0 && turns[spoken]?.role !== 'assistant') spoken--;
  // An answer that was begun, to be continued, is the model's own; the question is what stands before it.
  if (spoken === turns.length - 1) {
    const end = spoken;
    while (spoken >= 0 && turns[spoken]?.role === 'assistant') spoken--;
    while (spoken >= 0 && turns[spoken]?.role !== 'assistant') spoken--;
    return (turn) => turn > spoken && turn <= end && turns[turn]?.role !== 'assistant';
  }
  return (turn) => turn > spoken;
}

/** What stands in the history for a medium that the target cannot have. */
function placeholder({ kind, cache }: MediaPart, traits: ModelTraits): Part {
  const why = traits[KINDS[kind]] ? 'it cannot be passed on' : `the model takes no ${NAMES[kind]}`;
  const text = `[${kind} omitted: ${why}]`;
  return { type: 'text', text, ...(cache === undefined ? {} : { cache }) };
}

const NAMES = { image: 'images', document: 'documents', audio: 'audio', video: 'video' } as const;

const KINDS = {
  image: 'images',
  document: 'documents',
  audio: 'audio',
  video: 'video',
} as const satisfies Record<MediaPart['kind'], keyof ModelTraits>;

/** Why the target cannot take it; undefined when it can. */
function obstacleFor(
  { kind, source, mimeType }: MediaPart,
  traits: ModelTraits,
  foreign: boolean,
): string | undefined {
  if (!traits[KINDS[kind]]) return `The target takes no ${NAMES[kind]}.`;
  if (source.type === 'file' && foreign)
    return 'The id of a file means nothing to another vendor; send the content itself.';
  if (source.type === 'base64' && traits.dialect === 'anthropic-messages')
    return foreign ? unknownType(kind, mimeType) : undefined;
  if (source.type !== 'url' || source.url.startsWith('data:')) return undefined;
  if (kind === 'image' && traits.imageUrls) return undefined;
  if (kind === 'document' && traits.documentUrls) return undefined;
  if (kind === 'video' && (traits.dialect !== 'gemini' || isYouTube(source.url))) return undefined;
  return `The target cannot fetch ${NAMES[kind]} from a URL; send the content itself.`;
}

/** https://platform.claude.com/docs/en/build-with-claude/vision: other bytes are refused with the whole request. */
const IMAGE_TYPES = /^image\/(?:jpe?g|png|gif|webp)$/i;

function unknownType(kind: MediaPart['kind'], mimeType: string | undefined): string | undefined {
  if (mimeType === undefined) return undefined;
  const isKnown = kind === 'image' ? IMAGE_TYPES.test(mimeType) : mimeType === 'application/pdf';
  return isKnown ? undefined : `The target takes no ${NAMES[kind]} of the type ${mimeType.slice(0, 60)}.`;
}

function isYouTube(url: string): boolean {
  return /^https:\/\/(?:www\.|m\.)?(?:youtube\.com|youtu\.be)\//i.test(url);
}

/** The lines that say what a document is, and what was said about it. */
function headOf({ title, filename, context }: MediaPart): readonly string[] {
  const name = title ?? filename;
  const named = name === undefined ? [] : [`Document: ${name}`];
  return context === undefined ? named : [...named, context];
}

/** The text of a document behind a line that says what it is; what else it holds stays as it is. */
function asText(part: MediaPart): readonly Part[] {
  const { source, cache } = part;
  const head = headOf(part);
  const heading: Part[] = head.length === 0 ? [] : [{ type: 'text', text: head.join('\n') }];
  const marked = cache === undefined ? {} : { cache };
  if (source.type === 'text') {
    const text = head.length === 0 ? source.text : `${head.join('\n')}\n\n${source.text}`;
    return [{ type: 'text', text, ...marked }];
  }
  return source.type === 'parts' ? [...heading, ...source.parts] : [];
}
