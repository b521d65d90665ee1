// Vectors: always the same for the same text, kept as they stood in the answer and given to clients of the same format.

import { canonicalText } from '../../core/json/canonical.ts';
import { objectOf, parseJson } from '../../core/model/json.ts';
import { applied } from '../edits.ts';
import type { AnswerKind } from './give.ts';

/** See AnswerKind. */
export const embeddings: AnswerKind = {
  question({ dialect, body }) {
    const wire = objectOf(parseJson(body.toString()));
    if (wire === undefined) return undefined;
    // The model is told by the candidates, and who asks is no part of the question.
    const { model: _model, user: _user, ...question } = wire;
    return `${dialect.id} ${canonicalText(question)}`;
  },

  read({ dialect, use }, { status, pieces }) {
    const body = Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
    return status === 200 && dialect.readAnswer(body, use).ok ? body.toString() : undefined;
  },

  replay({ dialect, shownModel }, answer) {
    const body = Buffer.from(answer.text);
    const shown = shownModel === undefined ? body : applied(body, dialect.editAnswer(body, shownModel));
    return { answer, body: shown.toString(), losses: answer.losses, keep: () => undefined };
  },
};
