/** Identifiers that are strongly held for a moment: thousands are made in one, and each costs but a place in a list. */

/** What can be in one list. */
export interface Young {
  /** Its place there, or {@link NOT_YOUNG}. Belongs to the list. */
  youngAt: number;
}

export const NOT_YOUNG = -1;

/** So many places of others that are gone are kept in any case. */
const MOST_EMPTY = 1024;

/** In the order in which they came. */
export class YoungIds<I extends Young> {
  private list: (I | undefined)[] = [];
  /** All places before this one are empty. */
  private first = 0;
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** @param id - One that is in no list. */
  add(id: I): void {
    if (this.list.length > 2 * this.count + MOST_EMPTY) this.closeUp();
    id.youngAt = this.list.push(id) - 1;
    this.count++;
  }

  private closeUp(): void {
    this.list = this.list.filter((id) => id !== undefined);
    this.first = 0;
    this.list.forEach((id, i) => {
      if (id !== undefined) id.youngAt = i;
    });
  }

  /** @returns Whether it was here. */
  remove(id: I): boolean {
    const { list } = this;
    const { youngAt } = id;
    if (youngAt === NOT_YOUNG) return false;
    id.youngAt = NOT_YOUNG;
    list[youngAt] = undefined;
    this.count--;
    if (this.count === 0) this.clear();
    while (this.first < list.length && list[this.first] === undefined) this.first++;
    return true;
  }

  private clear(): void {
    this.list.length = 0;
    this.first = 0;
    this.count = 0;
  }

  /** Also of those that `look` removes meanwhile, one by one; it must not add any. */
  forEach(look: (id: I) => void): void {
    const { list } = this;
    for (let i = this.first; i < list.length; i++) {
      const id = list[i];
      if (id !== undefined) look(id);
    }
  }

  find(test: (id: I) => boolean): I | undefined {
    const { list } = this;
    for (let i = this.first; i < list.length; i++) {
      const id = list[i];
      if (id !== undefined && test(id)) return id;
    }
    return undefined;
  }

  /** Empties the list. @returns Those that were in it. */
  takeAll(): I[] {
    const taken = this.list.filter((id) => id !== undefined);
    this.forgetAll();
    return taken;
  }

  /** Empties the list. */
  forgetAll(): void {
    this.forEach((id) => {
      id.youngAt = NOT_YOUNG;
    });
    this.clear();
  }
}
