import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { early } from "../../scripts/lib/early-functions.mjs";

const CODE = `class Base {
  static from(text) { return new this(text.length); }
  static #made = 0;
  constructor(size) { this.size = size; }
  static *counted(end) { for (let i = 0; i < end; i++) yield new Base(i); }
  area() { return this.size * this.size; }
  get half() { return this.size / 2; }
  get width() { return this.size; }
  set width(size) { this.size = size; }
  async later() { return this.area(); }
  tally() { return ++Base.#made; }
  notCalled() { return "not called"; }
  early() { return early; }
}
const early = "a word that is taken";
const first = 1, Cube = class extends Base {
  area() { return 6 * super.area(); }
  volume() { return this.size ** 3; }
}, last = 2;
var Named = class _Named { copy() { return new _Named(); } self() { return this; } };
var Short = class e { twice(e) { return 2 * e; } thrice(a) { return 3 * a; } };
class Origin { static zero = new Origin(); static one = Origin.zero.next(); next() { return "next"; } }
class Marked { static kind = "marked"; kind() { return Marked.kind; } }
export { Base, Cube, Named, Short, Origin, Marked };
`;

/** Where what is called begins: static functions, in V8's account, with their names. */
const CALLED = [
  ...["from(", "*counted(", "area() { return this", "get half", "get width", "async later", "tally()", "early() {"],
  ...["area() { return 6", "volume()", "copy()", "self()", "twice(", "thrice(", "next() {", "kind() {"],
].map((word) => CODE.indexOf(word) + (word.startsWith("*") ? 1 : 0));

const moved = early(CODE, CALLED);

async function classes() {
  return await import(`data:text/javascript,${encodeURIComponent(moved)}`);
}

describe("methods that are compiled early", () => {
  test("leave their class, and are expressions in parentheses", () => {
    for (const name of ["area", "half", "volume", "self", "thrice", "early", "from", "kind"])
      expect(moved).toContain(`${name}:(function(`);
    expect(moved).toContain("counted:(function*(");
    expect(moved).not.toContain("area() { return this");
  });

  test("stay where they need their class: super, private names, its inner name, a setter, what is made with the class", () => {
    for (const name of ["area() { return 6", "tally()", "copy()", "twice(e)", "get width", "next()", "async later"]) {
      expect(moved).toContain(name);
    }
    expect(moved).toContain("notCalled() {");
  });

  test("are what they were", async () => {
    const { Base, Cube, Named, Short, Origin, Marked } = await classes();
    const four = Base.from("four");
    expect([four.area(), four.half, four.width, four.tally(), four.early()]).toEqual([
      16,
      2,
      4,
      1,
      "a word that is taken",
    ]);
    expect(await four.later()).toBe(16);
    expect([...Base.counted(3)].map(({ size }) => size)).toEqual([0, 1, 2]);
    expect([Cube.from("no").area(), Cube.from("no").volume()]).toEqual([24, 8]);
    expect(new Named().self().copy()).toBeInstanceOf(Named);
    expect([new Short().twice(2), new Short().thrice(2)]).toEqual([4, 6]);
    expect([Origin.one, new Marked().kind()]).toEqual(["next", "marked"]);
  });

  test("are seen as those of a class: named, to be replaced, not enumerated", async () => {
    const { Base, Cube, Named } = await classes();
    const { value, ...flags } = Object.getOwnPropertyDescriptor(Base.prototype, "area") ?? {};
    expect([flags, value.name]).toEqual([{ writable: true, enumerable: false, configurable: true }, "area"]);
    const half = Object.getOwnPropertyDescriptor(Base.prototype, "half");
    expect([half?.enumerable, half?.configurable, half?.set]).toEqual([false, true, undefined]);
    expect([Object.keys(Base), Object.keys(Base.prototype)]).toEqual([[], []]);
    expect([Base.name, Cube.name, Named.name]).toEqual(["Base", "Cube", "_Named"]);
  });

  test("fall away with a class that nobody uses", async () => {
    const { outputFiles } = await build({
      stdin: { contents: moved.replace("export { Base, Cube, Named, Short, Origin, Marked }", "export { Marked }") },
      bundle: true,
      write: false,
      format: "esm",
    });
    const [{ text } = { text: "" }] = outputFiles;
    expect(text).toContain("Marked.kind");
    for (const gone of ["this.size * this.size", "volume", "self"]) expect(text).not.toContain(gone);
  });
});
