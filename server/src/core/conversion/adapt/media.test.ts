import { describe, expect, test } from 'vitest';
import { ask, pass, targets, turn } from '../../../../test/kit/adapting.ts';
import type { MediaPart, Part } from '../../model/content.ts';
import { media } from './media.ts';

const image = (source: MediaPart['source']): MediaPart => ({ type: 'media', kind: 'image', source });
const pdf = (source: MediaPart['source']): MediaPart => ({ type: 'media', kind: 'document', source });
const bytes = { type: 'base64', data: 'AAAA' } as const;

function sent(
  part: Part,
  target: keyof typeof targets,
  origin: 'openai-chat' | 'anthropic-messages' = 'openai-chat',
) {
  const { request, told, losses } = pass(
    media,
    ask({ origin, turns: [turn('user', [part])] }),
    targets[target],
  );
  return { parts: request.turns[0]?.parts, told, path: losses[0]?.path };
}

describe('media', () => {
  test('what the target can take leaves the request the same object', () => {
    const request = ask({
      turns: [turn('user', [image(bytes), image({ type: 'url', url: 'https://x/y.png' })])],
    });
    expect(pass(media, request, targets.gpt4).request).toBe(request);
  });

  test('sound for a target without ears is refused by name', () => {
    const sound: MediaPart = { type: 'media', kind: 'audio', source: bytes };
    expect(sent(sound, 'budget')).toEqual({
      parts: [],
      told: ['audio-input dropped semantic'],
      path: 'messages[0].content[0]',
    });
  });

  test('what is said about a document goes before it, where the target has no place for it beside it', () => {
    const document: MediaPart = { ...pdf(bytes), title: 'Plan', context: 'Drawn up in May.' };
    const { context: _context, ...bare } = document;
    for (const target of ['gpt4', 'gpt5', 'gemini2'] as const)
      expect(sent(document, target, 'anthropic-messages')).toEqual({
        parts: [{ type: 'text', text: 'Document: Plan\nDrawn up in May.' }, bare],
        told: ['document-context approximated quality'],
        path: 'messages[0].content[0].context',
      });
    expect(sent(document, 'budget', 'anthropic-messages').parts).toEqual([document]);
  });

  test('a URL where the target fetches nothing is refused, but for films on YouTube', () => {
    expect(sent(image({ type: 'url', url: 'https://x/y.png' }), 'gemini2').told).toEqual([
      'image-input dropped semantic',
    ]);
    expect(sent(pdf({ type: 'url', url: 'https://x/y.pdf' }), 'gpt4').told).toEqual([
      'document-input dropped semantic',
    ]);
    const film = (url: string): MediaPart => ({ type: 'media', kind: 'video', source: { type: 'url', url } });
    expect(sent(film('https://www.youtube.com/watch?v=1'), 'gemini2').told).toEqual([]);
    expect(sent(film('https://youtube.com.evil.example/watch?v=1'), 'gemini2').told).toHaveLength(1);
  });

  test('the id of a file means nothing to another vendor, and something to the same one', () => {
    expect(sent(pdf({ type: 'file', id: 'file_1' }), 'gpt5', 'anthropic-messages').told).toEqual([
      'document-input dropped semantic',
    ]);
    expect(sent(pdf({ type: 'file', id: 'file_1' }), 'gpt5', 'openai-chat').told).toEqual([]);
  });

  test('pictures inside results are found', () => {
    const result: Part = { type: 'tool-result', callId: 'c', kind: 'function', content: [pdf(bytes)] };
    const passed = pass(media, ask({ turns: [turn('user', [result])] }), targets.chat);
    expect(passed.losses[0]?.path).toBe('messages[0].content[0]');
    expect(passed.request.turns[0]?.parts).toEqual([{ ...result, content: [] }]);
  });

  test('a picture in the history has a line in its place, so that an agent can go on', () => {
    const result: Part = { type: 'tool-result', callId: 'c', kind: 'function', content: [image(bytes)] };
    const history = [turn('user', [image(bytes)]), turn('assistant', 'I see.'), turn('user', 'And now?')];
    const passed = pass(media, ask({ turns: history }), targets.deepseek);
    expect(passed.told).toEqual(['image-input approximated quality']);
    expect(passed.request.turns[0]?.parts).toEqual([
      { type: 'text', text: '[image omitted: the model takes no images]' },
    ]);
    const asked = [turn('user', 'Look'), turn('assistant', 'I do.'), turn('user', [result])];
    expect(pass(media, ask({ turns: asked }), targets.deepseek).told).toEqual([
      'image-input dropped semantic',
    ]);
    const more = [...asked, turn('assistant', 'I see.'), turn('user', 'Go on')];
    expect(pass(media, ask({ turns: more }), targets.deepseek).request.turns[2]?.parts).toEqual([
      { ...result, content: [{ type: 'text', text: '[image omitted: the model takes no images]' }] },
    ]);
  });

  test('bytes of a type that anthropic refuses stop the question only', () => {
    const vector: MediaPart = { ...image(bytes), mimeType: 'image/svg+xml' };
    expect(sent(vector, 'budget').told).toEqual(['image-input dropped semantic']);
    expect(sent(vector, 'budget', 'anthropic-messages').told).toEqual([]);
    const turns = [turn('user', [vector]), turn('assistant', 'Yes.'), turn('user', 'And?')];
    expect(pass(media, ask({ turns }), targets.budget).told).toEqual(['image-input approximated quality']);
  });

  test('a picture in a document of parts is found where the document becomes text', () => {
    const album = pdf({ type: 'parts', parts: [{ type: 'text', text: 'See' }, image(bytes)] });
    expect(sent(album, 'budget').parts).toEqual([album]);
    expect(sent(album, 'deepseek')).toMatchObject({
      parts: [{ type: 'text', text: 'See' }],
      told: ['document-text approximated quality', 'image-input dropped semantic'],
    });
  });

  test('before a begun answer stands the question', () => {
    const turns = [turn('user', [image(bytes)]), turn('assistant', 'It')];
    expect(pass(media, ask({ turns }), targets.deepseek).told).toEqual(['image-input dropped semantic']);
  });

  test('that documents may be cited is told where no other format asks for it', () => {
    const note: MediaPart = { ...pdf(bytes), citable: true };
    expect(sent(note, 'budget').told).toEqual([]);
    expect(sent(note, 'gpt4').told).toEqual(['citable-documents dropped quality']);
  });

  test('a document of text becomes text where only anthropic has the form', () => {
    const note: MediaPart = { ...pdf({ type: 'text', text: 'Words' }), title: 'Note' };
    expect(sent(note, 'budget').parts).toEqual([note]);
    expect(sent(note, 'chat')).toMatchObject({
      parts: [{ type: 'text', text: 'Document: Note\n\nWords' }],
      told: ['document-text approximated quality'],
    });
  });
});
