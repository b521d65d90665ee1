// What the conversion of a captured request says that it loses: asked of the gateway, which sends nothing for it.

import { useQuery } from '@tanstack/react-query';
import type {
  CaptureRecord,
  ConvertView,
  ExchangeView,
  LossView,
} from '../../../../server/src/admin/contract.ts';
import { ask } from '../../api/http.ts';
import { isConverted } from './kept.ts';

/** The losses in full; undefined where the request was not kept whole, is not converted, or the answer is on its way. */
export function useConversion(
  view: ExchangeView,
  kept: CaptureRecord | undefined,
): readonly LossView[] | undefined {
  const { dialectIn, dialectOut, modelServed, use } = view;
  const body = kept?.request.body;
  const isWhole = body !== undefined && !body.cut && body.encoding === 'utf8';
  const { data } = useQuery<ConvertView>({
    queryKey: ['conversion of', view.id],
    queryFn: ({ signal }) =>
      ask<ConvertView>('/convert', {
        method: 'POST',
        body: {
          from: dialectIn,
          text: body?.text,
          to: [dialectOut],
          ...(modelServed === undefined ? {} : { model: modelServed }),
          ...(view.streamed === undefined ? {} : { stream: view.streamed }),
        },
        signal,
      }),
    enabled: isWhole && use === 'generate' && isConverted(view),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  return data?.targets.find(({ error }) => error === undefined)?.losses;
}
