/** Objects with a text of their own, which Node's console shows in place of their fields. */
export class Printable {
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}
