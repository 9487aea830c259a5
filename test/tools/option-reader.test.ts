/** Words of a command line, read as the HDF5 tools read them. */
import { describe, expect, test } from "vitest";
import { OptionReader, UsageError } from "../../src/tools/option-reader.ts";

const TABLE = {
  letters: "ab:c*n#v",
  words: { all: "a", bytes: "b", colour: "c", number: "n", verbose: "v", name: "1:" },
};

function read(...words: string[]) {
  const reader = new OptionReader(words, TABLE);
  const options: string[] = [];
  for (let option = reader.next(); option !== undefined; option = reader.next()) {
    options.push(option.argument === undefined ? option.letter : `${option.letter} ${option.argument}`);
  }
  return [options, reader.rest()];
}

describe("options of a tool", () => {
  test("are letters, several in a word, and arguments in the same word or the next", () => {
    expect(read("-av", "-b", "1", "-b2", "-avb3", "file")).toEqual([
      ["a", "v", "b 1", "b 2", "a", "v", "b 3"],
      ["file"],
    ]);
    expect(read("-b", "-a", "file")).toEqual([["b -a"], ["file"]]);
  });

  test("end with the first word that is none, with a dash alone and behind two dashes", () => {
    expect(read("-a", "file", "-v")).toEqual([["a"], ["file", "-v"]]);
    expect(read("-a", "-", "-v")).toEqual([["a"], ["-", "-v"]]);
    expect(read("-a", "--", "-v")).toEqual([["a"], ["-v"]]);
    expect(read()).toEqual([[], []]);
  });

  test("may leave an argument out, which is never the last word, nor an option", () => {
    expect(read("-c", "red", "file")).toEqual([["c red"], ["file"]]);
    expect(read("-c", "file")).toEqual([["c"], ["file"]]);
    expect(read("-c", "-a", "file")).toEqual([["c", "a"], ["file"]]);
  });

  test("may leave a number out, which is digits in the same word or the next", () => {
    expect(read("-n5", "-n", "6", "-n", "x")).toEqual([["n 5", "n 6", "n"], ["x"]]);
    expect(read("-nav", "file")).toEqual([["n", "a", "v"], ["file"]]);
    expect(read("-n", "7")).toEqual([["n"], ["7"]]);
  });

  test("are words, with arguments behind the equals sign or, where one is required, in the next word", () => {
    expect(read("--all", "--bytes=1", "--bytes", "2", "--name=x=y", "--colour=red", "--colour", "file")).toEqual([
      ["a", "b 1", "b 2", "1 x=y", "c red", "c"],
      ["file"],
    ]);
    expect(read("--bytes=", "file")).toEqual([["b "], ["file"]]);
  });

  test("that make no sense are refused", () => {
    for (const [problem, ...words] of [
      ['unknown option "x"', "-x"],
      ['unknown option ":"', "-:"],
      ['unknown option "*"', "-*"],
      ['unknown option "#"', "-#"],
      ['unknown option "1"', "-1"],
      ['unknown option "other"', "--other"],
      ['unknown option "toString"', "--toString"],
      ['value expected for option "b"', "-b"],
      ['no option required for "all" flag', "--all=1"],
      ['option required for "--bytes" flag', "--bytes"],
      ['option required for "--bytes" flag', "--bytes", "-a", "file"],
      ['option required for "--name" flag', "--name", "--all"],
    ] as const) {
      expect(() => read(...words)).toThrow(new UsageError(problem));
    }
  });

  test("can be looked at before they are read", () => {
    const reader = new OptionReader(["-ab", "1", "-x", "file"], TABLE);
    expect([reader.peekLetter(), reader.next()?.letter]).toEqual(["a", "a"]);
    expect([reader.peekLetter(), reader.next()]).toEqual(["b", { letter: "b", argument: "1" }]);
    expect([reader.peekLetter(), reader.peekLetter()]).toEqual(["?", "?"]);
    expect(() => reader.next()).toThrow(UsageError);
  });
});
