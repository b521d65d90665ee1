// Answers of models: kept in no format's words, and given to a client in its own format, whole or as a stream.

import { lossHeader } from '../../core/conversion/policy.ts';
import { objectOf, parseJson } from '../../core/model/json.ts';
import { lossReport } from '../../core/model/loss.ts';
import type { ChatResponse } from '../../core/model/response.ts';
import { unfold } from '../../core/model/unfold.ts';
import { isDeterministic, isKeepable, whyAsked } from '../../core/reuse/fitness.ts';
import { questionText } from '../../core/reuse/question.ts';
import { answerFacts } from '../convert/notes.ts';
import type { AnswerKind } from './give.ts';
import { readSent } from './sent-answer.ts';

/** See AnswerKind. */
export const chatAnswers: AnswerKind = {
  question({ decoded, peeked }, { deterministicOnly }) {
    // A stored prompt may be changed where it is stored.
    if (peeked.needsNoModel === true) return undefined;
    const request = decoded();
    if ('code' in request || whyAsked(request) !== undefined) return undefined;
    return deterministicOnly && !isDeterministic(request) ? undefined : questionText(request);
  },

  read({ dialect, peeked, framing, record }, sent) {
    const response = readSent(dialect, sent, peeked.stream, framing);
    if (response === undefined || !isKeepable(response)) return undefined;
    // A stream does not tell its usage to everyone. What was guessed is not what the provider said.
    const usage = (record.usageEstimated ? undefined : record.usage) ?? response.usage;
    return JSON.stringify(usage === undefined ? response : { ...response, usage });
  },

  replay(exchange, answer) {
    const request = exchange.decoded();
    const response = objectOf(parseJson(answer.text)) as ChatResponse | undefined;
    if (response === undefined || 'code' in request) return undefined;
    const { dialect, framing, peeked, continuation } = exchange;
    const losses = lossReport();
    const { ownName, ...facts } = answerFacts(exchange);
    const encoding = {
      ...facts,
      model: ownName === true ? response.model || answer.modelServed : facts.model,
      // As old as it is, and with an id of its own: two answers of one id would be taken for one.
      createdAt: Math.floor(answer.createdAtMs / 1000),
      origin: response.origin,
      request,
      losses,
    };
    const fresh = { ...response, id: '' };
    let body: string;
    let keep: () => void;
    if (peeked.stream) {
      const frames: string[] = [];
      const encoder = dialect.codec.encodeStream((text) => frames.push(text), encoding, framing);
      unfold(fresh, (event) => encoder.event(event));
      body = frames.join('');
      keep = () => continuation?.frames(body);
    } else {
      const json = dialect.codec.encodeResponse(fresh, encoding);
      body = JSON.stringify(json);
      keep = () => continuation?.body(json);
    }
    // What this format cannot say is asked for in it.
    if (losses.losses.some(({ severity }) => severity !== 'hint')) return undefined;
    return { answer, body, losses: answer.losses ?? lossHeader(losses.losses), keep };
  },
};
