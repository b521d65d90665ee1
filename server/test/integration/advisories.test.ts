// What users of gateways have lost, in the public record, and the test that keeps each loss away here. Where a loss has a
// test of its own elsewhere, the table names it, and a test checks that it is still there.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ask } from '../kit/client.ts';
import { gatewayWith, provider } from '../kit/setting.ts';
import { wires } from '../kit/wire.ts';

/** Loss, threads, and where it is tested: file below server/test, and words of the test's name. */
const ELSEWHERE: readonly (readonly [loss: string, file: string, words: string])[] = [
  ['LiteLLM #37923: a streamed cost of 0 taken for spend', 'conformance/wrong-bills', 'LiteLLM #37923'],
  ['LiteLLM #36168: usage beside choices dropped', 'conformance/wrong-bills', 'LiteLLM #36168'],
  [
    'LiteLLM #38176, #26672, #23714, #11083: budgets on some routes only',
    'integration/budgets',
    'in every format',
  ],
  [
    'LiteLLM #34732, #40095, sub2api #7002: overspent by concurrency',
    'integration/budgets',
    'all at the same moment',
  ],
  [
    'LiteLLM #38157, #34805, #34820: rows lost at a restart',
    'integration/ledger-crash',
    'has every exchange once',
  ],
  ['the same', 'stores/ledger', 'marks what was in flight as interrupted'],
  [
    'new-api #5288, #4168, #7486: charged for failed streams',
    'integration/bills',
    'failed before it said anything',
  ],
  ['new-api #4429, #5235: refunded in full', 'integration/budgets', 'comes back but for what was used'],
  [
    'new-api #4184, LiteLLM #17364, #30245, #13245: billed on after leaving',
    'integration/gateway-abort',
    'frees the upstream within 100 ms',
  ],
  [
    'the same, of a converted answer',
    'integration/gateway-convert-leaving',
    'frees the upstream within 100 ms',
  ],
  [
    'LiteLLM PR #30630, #36008: a partial stream not billed',
    'integration/bills',
    'is billed for what had come',
  ],
  [
    'claude-code-hub #916, cc-switch #7044: cut taken for complete',
    'integration/fault-matrix',
    'one error of its format after it',
  ],
  [
    'claude-code #61001, qwen-code #4177: hangs',
    'integration/gateway-timeouts',
    'the total time holds over all attempts',
  ],
  ['openclaw #70739: cut by what stands between', 'integration/gateway-heartbeat', 'keeps a client informed'],
  [
    'LiteLLM #29955: a cache without tenants',
    'integration/rows-cache',
    'never gets what another one was answered',
  ],
  [
    'LiteLLM #25447, new-api #5445: the answer of someone else',
    'integration/gateway-cross-talk',
    'get their own answers',
  ],
  [
    'LiteLLM #12685, #33955, Bifrost PR #4678: out of memory',
    'integration/gateway-slow-reader',
    'in bounded memory',
  ],
  ['the same, without end', 'integration/gateway-convert-leaving', 'an upstream that sends without end'],
  [
    'LiteLLM #41499, commonly #468: growth of the database',
    'stores/retention',
    'leave the file as large as two weeks do',
  ],
  ['LiteLLM #24928: rows of megabytes', 'stores/ledger', 'a row stays below one kilobyte'],
  ['crow PR #264: two programs with one file', 'stores/ledger', 'refuses a file that a living gateway holds'],
  [
    'hivecommons #1903, ihub-apps #705: keys in logs and errors',
    'integration/canary',
    'is in nothing that anybody can read',
  ],
];

describe('losses of other gateways', () => {
  test.each(ELSEWHERE)('%s: is tested in %s, "%s"', (_loss, file, words) => {
    const text = readFileSync(new URL(`../${file}.test.ts`, import.meta.url), 'utf8');
    const names =
      text.match(/\b(?:test|it|describe)(?:\.each)?[^'"`]*\(\s*(?:'[^'\n]*'|`[^`]*`|"[^"\n]*")/g) ?? [];
    const inTables = text.match(/^\s+'[^'\n]+',$|\)\('[^'\n]+'/gm) ?? [];
    expect([...names, ...inTables].some((name) => name.includes(words))).toBe(true);
  });

  test('LiteLLM #41273, #6633: answers of one id are as many exchanges, whole and streamed', async () => {
    const upstream = await provider();
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin }] });
    const ids = new Set<string | undefined>();
    for (const stream of [false, true, false, true]) {
      const answer = await ask(gateway.port, wires['openai-chat'].request('m', stream, 'Hello'));
      ids.add(answer.header('x-sluice-request-id'));
      await gateway.row(answer.header('x-sluice-request-id'));
    }
    expect(ids.size).toBe(4);
    expect(new Set(gateway.opened.map(({ id }) => id))).toEqual(ids);
    expect(gateway.closed).toHaveLength(4);
  });

  test('graniet/llm #115, ha-llmvision #334: no key goes out in a URL, nor comes back in an error', async () => {
    const secret = 'AIza-canary-0123456789abcdef';
    const upstream = await provider((turn) =>
      turn.whole(
        400,
        wires[turn.dialect].error(400, `API key not valid: ${secret}, see ${turn.request.target}`),
      ),
    );
    const gateway = await gatewayWith({ upstreams: [{ origin: upstream.origin, secrets: [secret] }] });
    const { path, body } = wires.gemini.request('m', false, 'Hello');
    const answer = await ask(gateway.port, { path: `${path}?key=of-the-client`, body });
    expect(answer.status).toBe(400);
    expect(answer.text()).not.toContain('canary');
    const [turn] = upstream.turns;
    expect(turn?.request.target).not.toMatch(/key=|canary/);
    expect(turn?.request.headers.join()).toContain(secret);
    expect(gateway.logged.join()).not.toContain('canary');
  });
});
