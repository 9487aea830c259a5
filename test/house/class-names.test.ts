import { describe, expect, test } from "vitest";
import { named } from "../../scripts/lib/class-names.mjs";

describe("classes that a bundler has made variables of", () => {
  test("have the names of their variables, and speak of themselves by these", async () => {
    const code = named(`
      var File = class _File {
        static opened = [];
        constructor() { _File.opened.push(this); this._File = "a member"; }
        static open() { return [new _File(), { _File: 1 }._File]; }
        member() { let { _File: member } = this; return member; }
      };
      var Group = class Group {}, Other = class _Unlike { self() { return _Unlike; } };
      export { File, Group, Other };`);
    const { File, Group, Other } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
    expect([File.name, Group.name, Other.name]).toEqual(["File", "Group", "_Unlike"]);
    const [file, one] = File.open();
    expect([file.constructor, one, file.member(), File.opened]).toEqual([File, 1, "a member", [file]]);
    expect(new Other().self()).toBe(Other);
  });

  test.each([
    ["a parameter", "from(Point) { return [Point, new _Point()]; }"],
    ["a variable", "from(given) { let Point = given; return [Point, new _Point()]; }"],
    ["a function", "from(given) { function Point() {} return [Point && given, new _Point()]; }"],
    ["what is taken out of a list", "from(given) { let [Point] = [given]; return [Point, new _Point()]; }"],
    ["a member of that name in short", "from(given) { return [given, { _Point }._Point]; }"],
  ])("keep theirs where %s hides the variable", async (_, member) => {
    const code = `var Point = class _Point { ${member} }; export { Point };`;
    expect(named(code)).toBe(code);
  });

  test("keep theirs in functions, where nobody sees it", () => {
    const code = "function make() { var A = class _A { copy() { return new _A(); } }; return A; }";
    expect(named(code)).toBe(code);
  });
});
