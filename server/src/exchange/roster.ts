// A set of things that come and go with every request. V8's own Set is not used for that: its outgrown tables link to
// their successors, and once one of them is old, everything that was ever a member since survives every young collection.

/** Something that can be in one roster. */
export interface Rostered {
  /** Where it stands; kept by the roster, -1 outside of one. */
  place: number;
}

/** Members in no particular order; adding and removing cost the same whatever its size. */
export class Roster<Member extends Rostered> {
  readonly #members: Member[] = [];

  get size(): number {
    return this.#members.length;
  }

  add(member: Member): void {
    if (member.place >= 0) return;
    member.place = this.#members.length;
    this.#members.push(member);
  }

  remove(member: Member): void {
    const { place } = member;
    if (place < 0) return;
    member.place = -1;
    const last = this.#members.pop();
    if (last === undefined || last === member) return;
    last.place = place;
    this.#members[place] = last;
  }

  /** Visits every member once; the visitor may remove members, which are then passed over, and those it adds are not visited. */
  visit(visitor: (member: Member) => void): void {
    for (const member of [...this.#members]) if (member.place >= 0) visitor(member);
  }
}
