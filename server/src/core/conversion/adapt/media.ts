// Images, documents, sound and film: what the target cannot take is not dropped in silence but refused, since the answer
// would be one to another question. Texts that travel as documents become text where only anthropic has the form.

import type { MediaPart, Part } from '../../model/content.ts';
import { familyOf } from '../../model/dialect-id.ts';
import type { ModelTraits } from '../../model/traits.ts';
import type { Pass } from '../adapt.ts';
import { mapParts } from './parts.ts';

/** Media that the target can take. */
export const media: Pass = (request, { traits, losses, traces }) => {
  if (traces?.media === false) return { request };
  const foreignFiles = familyOf(request.origin) !== familyOf(traits.dialect);
  const turns = mapParts(request.turns, (part, path, turn) => {
    if (part.type !== 'media') return part;
    const { source } = part;
    if (source.type === 'text' || source.type === 'parts') {
      if (traits.dialect === 'anthropic-messages' && traits.documents) return part;
      losses.add({
        path: path(),
        feature: 'document-text',
        action: 'approximated',
        severity: 'quality',
        note: 'A document of text was put into the message as text.',
      });
      return asText(part);
    }
    const obstacle = obstacleFor(part, traits, foreignFiles);
    if (obstacle === undefined) return part;
    losses.add({
      path: path(),
      feature: `${part.kind}-input`,
      action: 'dropped',
      // What the model itself has made is history, not a question.
      severity: turn.role === 'assistant' ? 'quality' : 'semantic',
      note: obstacle,
    });
    return undefined;
  });
  return { request: turns === request.turns ? request : { ...request, turns } };
};

const NAMES = { image: 'images', document: 'documents', audio: 'audio', video: 'video' } as const;

const KINDS = {
  image: 'images',
  document: 'documents',
  audio: 'audio',
  video: 'video',
} as const satisfies Record<MediaPart['kind'], keyof ModelTraits>;

/** Why the target cannot take it; undefined when it can. */
function obstacleFor(
  { kind, source }: MediaPart,
  traits: ModelTraits,
  foreignFiles: boolean,
): string | undefined {
  if (!traits[KINDS[kind]]) return `The target takes no ${NAMES[kind]}.`;
  if (source.type === 'file' && foreignFiles)
    return 'The id of a file means nothing to another vendor; send the content itself.';
  if (source.type !== 'url' || source.url.startsWith('data:')) return undefined;
  if (kind === 'image' && traits.imageUrls) return undefined;
  if (kind === 'document' && traits.documentUrls) return undefined;
  if (kind === 'video' && (traits.dialect !== 'gemini' || isYouTube(source.url))) return undefined;
  return `The target cannot fetch ${NAMES[kind]} from a URL; send the content itself.`;
}

function isYouTube(url: string): boolean {
  return /^https:\/\/(?:www\.|m\.)?(?:youtube\.com|youtu\.be)\//i.test(url);
}

/** The text of a document behind a line that says what it is; what else it holds stays as it is. */
function asText(part: MediaPart): readonly Part[] {
  const { source, title, filename, context, cache } = part;
  const name = title ?? filename;
  const head = [name === undefined ? undefined : `Document: ${name}`, context].filter(
    (line) => line !== undefined,
  );
  const heading: Part[] = head.length === 0 ? [] : [{ type: 'text', text: head.join('\n') }];
  const marked = cache === undefined ? {} : { cache };
  if (source.type === 'text') {
    const text = head.length === 0 ? source.text : `${head.join('\n')}\n\n${source.text}`;
    return [{ type: 'text', text, ...marked }];
  }
  return source.type === 'parts' ? [...heading, ...source.parts] : [];
}
