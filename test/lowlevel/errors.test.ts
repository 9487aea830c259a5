import { inspect } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import { isHdf5Error, NotFoundError, SourceError } from "../../src/base/errors.ts";
import { argumentError, guarded, libraryError, record, unspecifiedError } from "../../src/lowlevel/api-error.ts";
import { exceptionNameOf } from "../../src/lowlevel/error-codes.ts";
import * as h5e from "../../src/lowlevel/h5e.ts";
import { expectError } from "./expect-error.ts";

afterEach(() => {
  h5e.setAuto(null);
  h5e.clear();
});

test("an error that is printed shows no details that it has not, and is known as one of ours", () => {
  const error = new NotFoundError("no such thing", { path: "/a" });
  expect(inspect(error)).toContain("{\n  code: 'not-found',\n  path: '/a'\n}");
  expect(isHdf5Error(error, "not-found")).toBe(true);
  expect(inspect(new NotFoundError("x", { structure: "Heap", address: 0 }))).toContain(
    "structure: 'Heap',\n  address: 0",
  );
});

describe("messages of the API floor", () => {
  test("start with the outermost text, its other letters in lower case, and end with the innermost as it is", () => {
    const error = argumentError("H5Fget_filesize", "ARGS", "BADTYPE", "not a file ID");
    expect(error.message).toBe("Not a file id (not a file ID)");
    expect(error.name).toBe("ValueError");
  });

  test("take the class from the pair of codes first, then from the minor code", () => {
    expect(exceptionNameOf("ARGS", "BADTYPE")).toBe("ValueError");
    expect(exceptionNameOf("DATATYPE", "BADTYPE")).toBe("TypeError");
    expect(exceptionNameOf("SYM", "CANTINIT")).toBe("ValueError");
    expect(exceptionNameOf("PLINE", "CANTINIT")).toBe("RuntimeError");
  });

  test("put the engine's words innermost and keep its error as the cause", () => {
    const cause = new NotFoundError("object 'nope' doesn't exist");
    const outer = record("H5Oopen", "OHDR", "CANTOPENOBJ", "unable to open object");
    const error = expectError(
      () =>
        guarded(outer, () => {
          throw cause;
        }),
      "KeyError",
      "Unable to open object (object 'nope' doesn't exist)",
    );
    expect(error.cause).toBe(cause);
    expect(error.code).toBe("not-found");
    expect([error.major, error.minor]).toEqual(["OHDR", "CANTOPENOBJ"]);
  });

  test("tell the operating system's error by number and class", () => {
    const outer = record("H5Fopen", "FILE", "CANTOPENFILE", "unable to open file");
    const error = expectError(
      () =>
        guarded(outer, () => {
          throw new SourceError("unable to open file: name = 'x'", { errno: 2 });
        }),
      "FileNotFoundError",
      "[Errno 2] Unable to open file (unable to open file: name = 'x')",
    );
    expect(error.errno).toBe(2);
  });

  test("let pass what is no error of this library, such as a page fault", () => {
    const fault = { isPageFault: true };
    const outer = record("H5Dread", "DATASET", "READERROR", "can't read data");
    expect(() =>
      guarded(outer, () => {
        throw fault;
      }),
    ).toThrow(expect.objectContaining({ isPageFault: true }));
  });

  test("name the function that left no records", () => {
    expectError(
      () => {
        throw unspecifiedError("H5Iget_type");
      },
      "RuntimeError",
      "Unspecified error in H5Iget_type (return value <0)",
    );
  });
});

describe("the error stack", () => {
  const fail = () =>
    libraryError([
      record("H5Dopen2", "DATASET", "CANTOPENOBJ", "unable to open dataset"),
      record("H5G__loc_find_cb", "SYM", "NOTFOUND", "object 'nope' doesn't exist"),
    ]);

  test("keeps the records of the last failure until it is cleared", () => {
    fail();
    expect(h5e.getNum()).toBe(2);
    h5e.clear();
    expect(h5e.getNum()).toBe(0);
    expect(h5e.print()).toBe("");
  });

  test("is walked from the API function inwards or from the inside out", () => {
    fail();
    const downward: string[] = [];
    h5e.walk((_, { where }) => void downward.push(where), h5e.WALK_DOWNWARD);
    expect(downward).toEqual(["H5Dopen2", "H5G__loc_find_cb"]);
    expect(h5e.walk((index, { where }) => (index === 0 ? where : undefined), h5e.WALK_UPWARD)).toBe("H5G__loc_find_cb");
  });

  test("prints like the C library, with the texts of the codes", () => {
    fail();
    expect(h5e.print()).toBe(
      [
        "HDF5-DIAG: Error detected in h5ts (1.10.8) thread 0:",
        "  #000: in H5Dopen2(): unable to open dataset",
        "    major: Dataset",
        "    minor: Can't open object",
        "  #001: in H5G__loc_find_cb(): object 'nope' doesn't exist",
        "    major: Symbol table",
        "    minor: Object not found",
        "",
      ].join("\n"),
    );
  });

  test("is reported when someone asks for it, and not while silenced", () => {
    const reports: number[] = [];
    const report = (records: readonly unknown[]) => void reports.push(records.length);
    h5e.setAuto(report);
    expect(h5e.getAuto()).toBe(report);
    fail();
    h5e.silenceErrors();
    fail();
    h5e.unsilenceErrors();
    h5e.silently(fail);
    fail();
    expect(reports).toEqual([2, 2]);
  });
});

describe("stacks of a program's own", () => {
  const application = () => {
    const errors = h5e.registerClass("APP", "app library", "2.5");
    const major = h5e.createMsg(errors, h5e.MAJOR_MESSAGE, "reading");
    const minor = h5e.createMsg(errors, h5e.MINOR_MESSAGE, "no such sensor");
    return { errors, major, minor };
  };
  const texts = (stack: h5e.StackArgument) => {
    const found: string[] = [];
    h5e.walk((_, { text }) => void found.push(text), h5e.WALK_DOWNWARD, stack);
    return found;
  };

  test("take the place of the current one and give it back", () => {
    libraryError([record("H5Dopen2", "DATASET", "CANTOPENOBJ", "unable to open dataset")]);
    const taken = h5e.getCurrentStack();
    expect([h5e.getNum(), h5e.getNum(taken)]).toEqual([0, 1]);
    expect(h5e.print(taken)).toContain("unable to open dataset");
    h5e.setCurrentStack(taken);
    expect([h5e.getNum(), taken.valid]).toEqual([1, false]);
    expectError(() => h5e.getNum(taken), "ValueError", "Not a error stack id (not a error stack ID)");
  });

  test("are pushed to, popped from, joined and cleared", () => {
    const { major, minor } = application();
    const stack = h5e.createStack();
    for (const text of ["a", "b", "c"]) h5e.push({ where: "f", major, minor, text }, stack);
    expect(texts(stack)).toEqual(["c", "b", "a"]);
    h5e.pop(1, stack);
    expect(texts(stack)).toEqual(["b", "a"]);
    const more = h5e.createStack();
    h5e.push({ where: "g", major: "FILE", minor: "BADVALUE", text: "d" }, more);
    h5e.appendStack(stack, more, true);
    expect([texts(stack), more.valid, h5e.getNum()]).toEqual([["d", "b", "a"], false, 0]);
    h5e.pop(99, stack);
    expect(h5e.getNum(stack)).toBe(0);
    for (let i = 0; i < 40; i++) h5e.push({ where: "f", major, minor, text: `${i}` }, stack);
    expect([h5e.getNum(stack), texts(stack)[0]]).toEqual([32, "31"]);
    h5e.clear(stack);
    expect(h5e.getNum(stack)).toBe(0);
    h5e.closeStack(stack);
    expectError(() => h5e.closeStack(stack), "ValueError", "Not a error stack id (not a error stack ID)");
  });

  test("take nothing while they are paused", () => {
    const { major, minor } = application();
    for (const stack of [null, h5e.createStack()]) {
      h5e.pauseStack(stack);
      h5e.pauseStack(stack);
      h5e.push({ where: "f", major, minor, text: "unseen" }, stack);
      libraryError([record("H5Dopen2", "DATASET", "CANTOPENOBJ", "unable to open dataset")]);
      h5e.resumeStack(stack);
      expect([h5e.isPaused(stack), h5e.getNum(stack)]).toEqual([true, 0]);
      h5e.resumeStack(stack);
      expect(h5e.isPaused(stack)).toBe(false);
      expectError(
        () => h5e.resumeStack(stack),
        "RuntimeError",
        "Unable to resume error stack (can't resume error stack with 0 paused count)",
      );
      h5e.push({ where: "f", major, minor, text: "seen" }, stack);
      expect(texts(stack)[0]).toBe("seen");
      h5e.clear();
    }
  });

  test("have classes and messages of a program's own", () => {
    const { errors, major, minor } = application();
    expect(h5e.getClassName(errors)).toBe("APP");
    expect([h5e.getMsg("major", major), h5e.getMsg("minor", minor)]).toEqual(["reading", "no such sensor"]);
    expect([h5e.getMajor("FILE"), h5e.getMinor("CANTOPENFILE")]).toEqual(["File accessibility", "Unable to open file"]);
    expectError(
      () => h5e.createMsg(errors, 7, "x"),
      "ValueError",
      "Not a valid message type (not a valid message type)",
    );
    h5e.closeMsg(minor);
    expectError(() => h5e.getMsg("minor", minor), "ValueError", "Not a error message id (not a error message ID)");
    h5e.unregisterClass(errors);
    expectError(() => h5e.getClassName(errors), "ValueError", "Not a error class id (not a error class ID)");
  });

  test("can be walked in two directions only", () => {
    expectError(() => h5e.walk(() => undefined, 5), "RuntimeError", "Can't walk error stack (can't walk error stack)");
  });
});
