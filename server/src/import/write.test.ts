import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument } from '../config/document.ts';
import { loadConfigText } from '../config/load.ts';
import { placeKeys } from './key-places.ts';
import { FromVariable, type ImportPlan, PlanBuilder, SecretText } from './plan.ts';
import { configText, unwritable, variablesOf } from './write.ts';

function planOf(text: string, why = 'why'): ImportPlan {
  const plan = new PlanBuilder('litellm');
  plan.upstreams.push({
    id: 'a',
    why,
    members: { provider: 'ollama', aliases: { a: text }, headers: { 'x-secret-key': new SecretText('s-1') } },
    keys: [{ values: ['k-1'], enabled: true }],
  });
  plan.clients.push({ id: 'c', why, key: new FromVariable('CLIENT'), members: {} });
  plan.section('cache', { url: new FromVariable('REDIS') }, why);
  const done = plan.done();
  if (!done.ok) throw new Error(done.message);
  return done.plan;
}

const texts = fc
  .oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
    fc
      .array(fc.constantFrom('$', '{', '}', 'A', '$${', '${A}', ':-', '"', '\\', '//', '\n'), {
        minLength: 1,
      })
      .map((all) => all.join('')),
  )
  .filter((text) => /\S/.test(text) && !text.includes('{file:'));

describe('configText', () => {
  it('writes every text so that it is read as itself, whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const plan = planOf(text);
        const places = placeKeys(plan, 'inline', {});
        const env = { A: 'canary', CLIENT: 'client-key-of-some-length', REDIS: 'redis://localhost' };
        const loaded = await loadConfigText(
          '/x/sluice.jsonc',
          configText(plan, { places, from: ['x'] }),
          env,
        );
        if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
        expect(loaded.value.config.upstreams[0]?.aliases).toEqual({ a: text });
      }),
    );
  });

  it('keeps what it is told as comments inside them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (why) => {
        const plan = planOf('m', why);
        const places = placeKeys(plan, 'inline', {});
        const parsed = parseDocument('/x', configText(plan, { places, from: [why] }));
        expect(parsed.ok).toBe(true);
      }),
    );
  });

  it('shows no secret on a screen', () => {
    const plan = planOf('m');
    const places = placeKeys(plan, 'inline', {});
    const shown = configText(plan, { places, from: [], hidden: true });
    expect(shown).not.toMatch(/k-1|s-1/);
    expect(shown).toContain('${CLIENT}');
    expect(configText(plan, { places, from: [] })).toMatch(/k-1[\s\S]*s-1/);
  });

  it('says where a text stands that would be read as a file', () => {
    const plan = planOf('{file:/etc/passwd}');
    expect(unwritable(plan, placeKeys(plan, 'inline', {}))).toBe('upstream a');
    expect(unwritable(planOf('m'), placeKeys(planOf('m'), 'inline', {}))).toBeUndefined();
  });

  it('knows every variable that the file refers to', () => {
    const plan = planOf('m');
    const names = [...variablesOf(plan, placeKeys(plan, 'env', {})).keys()];
    expect(names.sort()).toEqual(['CLIENT', 'REDIS', 'SLUICE_A_KEY']);
  });
});
