// What would happen: where a request would go and why, and what a body looks like in other formats. Nothing is sent.

import { previewAnswer, previewRequest } from '../../core/conversion/preview.ts';
import { dialects } from '../../core/dialects/index.ts';
import { DIALECT_IDS, type DialectId, familyOf } from '../../core/model/dialect-id.ts';
import { objectOf, textOf } from '../../core/model/json.ts';
import { traitsFor } from '../../core/providers/traits/index.ts';
import type { AdminApp } from '../app.ts';
import { refused, told } from '../app.ts';
import { type ExplainView, explainRequestSchema, explainSchema } from '../contract/explain.ts';
import {
  type ConvertRequest,
  type ConvertView,
  convertRequestSchema,
  convertSchema,
} from '../contract/operation.ts';
import type { AdminParts } from '../parts.ts';

/** Registers the endpoints. */
export function registerExplain(app: AdminApp, { operator }: AdminParts): void {
  app.route({
    method: 'POST',
    path: '/explain',
    name: 'explain',
    summary: 'Say where a request would go now, and why not elsewhere',
    changes: false,
    body: explainRequestSchema,
    answer: explainSchema,
    run: async ({ body }) => {
      const answer = await operator.answer({ what: 'explain', body: Buffer.from(JSON.stringify(body)) });
      // The operator answers this question with an Explained (exchange/operator/explain.ts), which the view repeats.
      return answer.ok ? told(answer.body as ExplainView) : refused(answer.error);
    },
  });
  app.route({
    method: 'POST',
    path: '/convert',
    name: 'convert',
    summary: 'Show a request or an answer in other formats, and what is lost',
    changes: false,
    body: convertRequestSchema,
    answer: convertSchema,
    run: async ({ body }) => {
      if ((body.text === undefined) === (body.body === undefined)) {
        const message = 'Send either body or text.';
        return refused({ status: 400, code: 'invalid', message, issues: [{ path: 'body', message }] });
      }
      const to = body.to ?? DIALECT_IDS.filter((id) => id !== body.from);
      return told({ targets: to.map((target) => converted(body, target)) });
    },
  });
}

function converted(asked: ConvertRequest, to: DialectId): ConvertView['targets'][number] {
  const { from, what, model, stream } = asked;
  const bytes = Buffer.from(asked.text ?? JSON.stringify(asked.body));
  const named = model ?? textOf(objectOf(asked.body)?.['model']) ?? '';
  // Of the vendor whose format it is.
  const traits = traitsFor(familyOf(to), to, named);
  const setting = { from: dialects[from], to: dialects[to], traits, model, stream };
  const preview = what === 'answer' ? previewAnswer(setting, bytes) : previewRequest(setting, bytes);
  if (!('code' in preview)) return { to, ...preview };
  const { code, message } = preview;
  return { to, losses: [], error: { code, message } };
}
