import { afterEach, describe, expect, test } from "vitest";
import { NotFoundError, SourceError } from "../../src/base/errors.ts";
import { argumentError, guarded, libraryError, record, unspecifiedError } from "../../src/lowlevel/api-error.ts";
import { exceptionNameOf } from "../../src/lowlevel/error-codes.ts";
import * as h5e from "../../src/lowlevel/h5e.ts";
import { expectError } from "./expect-error.ts";

afterEach(() => {
  h5e.setAuto(null);
  h5e.clear();
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
        "HDF5-DIAG: Error detected in h5ts:",
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
    h5e.setAuto((records) => reports.push(records.length));
    fail();
    h5e.silenceErrors();
    fail();
    h5e.unsilenceErrors();
    h5e.silently(fail);
    fail();
    expect(reports).toEqual([2, 2]);
  });
});
