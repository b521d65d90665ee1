// Where the coding tools of this machine point, read from their own files.

import { isGatewayAddress, type ToolFacts } from '../../doctor/tools.ts';
import { isAlive } from '../../setup/ask-gateway.ts';
import { detect, lookAround } from '../../setup/detect.ts';
import type { Terminal } from '../ui/terminal.ts';
import { recordStore } from './setup-target.ts';

/** Those that point at a gateway. A record of set-ups that cannot be read is taken for none. */
export async function toolsHere(terminal: Terminal): Promise<readonly ToolFacts[]> {
  const looking = lookAround(terminal.env, terminal.home);
  const record = await recordStore(terminal)
    .read()
    .catch(() => undefined);
  const found = await Promise.all(
    detect(looking).map(async ({ tool }): Promise<ToolFacts | undefined> => {
      const ours = record?.[tool.id] !== undefined;
      const { file, url: written } = tool.pointsAt(looking);
      const url = written?.replace(/\/+$/, '').replace(/\/v1(?:beta)?$/, '');
      if (url === undefined || !URL.canParse(url) || !isGatewayAddress(url, ours)) return undefined;
      return { title: tool.title, id: tool.id, file, url, ours, answers: await isAlive(url) };
    }),
  );
  return found.filter((one) => one !== undefined);
}
