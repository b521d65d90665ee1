import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Roster, type Rostered } from './roster.ts';

it('holds what a set would hold after any adding and removing', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(9))), (steps) => {
      const members = Array.from({ length: 10 }, (): Rostered => ({ place: -1 }));
      const roster = new Roster<Rostered>();
      const model = new Set<Rostered>();
      for (const [add, at] of steps) {
        const member = members[at] ?? { place: -1 };
        if (add) roster.add(member);
        else roster.remove(member);
        if (add) model.add(member);
        else model.delete(member);
      }
      const visited: Rostered[] = [];
      roster.visit((member) => visited.push(member));
      expect(new Set(visited)).toEqual(model);
      expect(visited).toHaveLength(roster.size);
    }),
  );
});

it('visits each member once although the visitor removes members', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9), { maxLength: 10 }), (doomed) => {
      const members = Array.from({ length: 10 }, (): Rostered => ({ place: -1 }));
      const roster = new Roster<Rostered>();
      for (const member of members) roster.add(member);
      const seen: Rostered[] = [];
      roster.visit((member) => {
        seen.push(member);
        const next = members[doomed.shift() ?? -1];
        if (next !== undefined) roster.remove(next);
      });
      expect(new Set(seen).size).toBe(seen.length);
    }),
  );
});
