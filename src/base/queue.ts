/** First in, first out. Taking the first of an array moves all others. */
export class Queue<T> {
  private readonly items: (T | undefined)[] = [];
  private first = 0;

  add(item: T): void {
    this.items.push(item);
  }

  next(): T | undefined {
    const item = this.items[this.first];
    // Nothing is kept in memory here once it is done.
    if (item !== undefined) this.items[this.first++] = undefined;
    return item;
  }
}
