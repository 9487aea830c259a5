import { describe, expect, test } from "vitest";
import {
  arrayDtype,
  checkComplexDtype,
  checkDtype,
  checkEnumDtype,
  checkOpaqueDtype,
  checkRefDtype,
  checkStringDtype,
  checkVlenDtype,
  complexCompatDtype,
  compoundDtype,
  enumDtype,
  h5r,
  opaqueDtype,
  refDtype,
  regionrefDtype,
  specialDtype,
  stringDtype,
  vlenDtype,
} from "../../src/index.ts";
import { expectFailure, newFile, reopened } from "./helpers.ts";

describe("special dtypes", () => {
  test("of text", () => {
    expect(checkStringDtype(stringDtype())).toEqual({ encoding: "utf-8", length: null });
    expect(checkStringDtype(stringDtype({ encoding: "ascii", length: 5 }))).toEqual({ encoding: "ascii", length: 5 });
    expect(checkStringDtype("S7")).toEqual({ encoding: "ascii", length: 7 });
    expect(checkStringDtype("<i4")).toBe(null);
    const latin = stringDtype.bind(null, { encoding: "latin1" as "ascii" });
    expectFailure(latin, "ValueError", "Invalid encoding ('iso8859-1'); 'utf-8' or 'ascii' allowed");
    expectFailure(
      () => stringDtype({ encoding: "bogus" as "ascii" }),
      "ValueError",
      "Invalid encoding ('bogus'); 'utf-8' or 'ascii' allowed",
    );
    const length = "length must be integer or None (got 'a')";
    expectFailure(() => stringDtype({ length: "a" as unknown as number }), "TypeError", length);
  });

  test("of sequences", () => {
    const f = newFile();
    f.createDataset("v", { dtype: vlenDtype("<i4"), data: [[1, 2], [], [3]] });
    expect(reopened(f).get("v").read().data).toEqual([Int32Array.of(1, 2), new Int32Array(0), Int32Array.of(3)]);
    expect(checkVlenDtype(vlenDtype("<f8"))?.class).toBe("floating-point");
    expect([checkVlenDtype(stringDtype()), checkVlenDtype("<f8")]).toEqual([null, null]);
  });

  test("of enumerations", () => {
    const colour = enumDtype({ RED: 0, GREEN: 1, BLUE: 42 }, { basetype: "i1" });
    expect(checkEnumDtype(colour)).toEqual({ RED: 0, GREEN: 1, BLUE: 42 });
    expect(checkEnumDtype(enumDtype({ BIG: 2n ** 40n }, { basetype: "<i8" }))).toEqual({ BIG: 2n ** 40n });
    expect([checkEnumDtype("bool"), checkEnumDtype("<i4")]).toEqual([null, null]);
    const f = newFile();
    f.createDataset("c", { dtype: colour, data: ["GREEN", 42] });
    expect(reopened(f).get("c").read().data).toEqual(Int8Array.of(1, 42));
    expectFailure(
      () => enumDtype({ A: 1 }, { basetype: "f4" }),
      "TypeError",
      "Only integer types can be used as enums",
    );
    const range = "integer 300 out of bounds for the base of the enumeration";
    expectFailure(() => enumDtype({ A: 300 }), "OverflowError", range);
  });

  test("of references, opaque elements, compounds, arrays and complex numbers", () => {
    expect(checkRefDtype(refDtype)).toBe(h5r.Reference);
    expect(checkRefDtype(regionrefDtype)).toBe(h5r.RegionReference);
    expect(checkRefDtype("<i4")).toBe(null);
    expect([checkOpaqueDtype(opaqueDtype("<M8[s]")), checkOpaqueDtype("V4")]).toEqual([true, false]);
    expect([checkComplexDtype(complexCompatDtype("<f4")), checkComplexDtype("c16"), checkComplexDtype("<f8")]).toEqual([
      true,
      true,
      false,
    ]);
    const f = newFile();
    f.set("target", 1);
    const record = compoundDtype({ id: "<u4", where: arrayDtype("<f4", [2]), to: refDtype });
    f.createDataset("r", { dtype: record, data: [{ id: 7, where: [1, 2], to: f.get("target").ref }] });
    const [read] = f.createDataset("copy", { dtype: record, data: f.get("r").read().data }).read().data;
    expect([read?.id, read?.where, read && f.get(read.to).name]).toEqual([7, [1, 2], "/target"]);
  });

  test("in the older way", () => {
    expect(specialDtype({ vlen: String })).toEqual(stringDtype());
    expect(specialDtype({ vlen: "<i4" })).toEqual(vlenDtype("<i4"));
    expect(specialDtype({ enum: ["i1", { A: 1 }] })).toEqual(enumDtype({ A: 1 }, { basetype: "i1" }));
    expect(specialDtype({ ref: h5r.Reference })).toBe(refDtype);
    expect(specialDtype({ ref: h5r.RegionReference })).toBe(regionrefDtype);
    expect(checkDtype({ vlen: stringDtype() })).toBe(String);
    expect(checkDtype({ vlen: "<i4" })).toBe(null);
    expect(checkDtype({ enum: enumDtype({ A: 1 }) })).toEqual({ A: 1 });
    expect(checkDtype({ ref: regionrefDtype })).toBe(h5r.RegionReference);
    expect(checkDtype({ opaque: "V4" })).toBe(false);
    expectFailure(() => specialDtype({ foo: 1 } as object), "TypeError", 'Unknown special type "foo"');
    expectFailure(() => checkDtype({ foo: 1 } as object), "TypeError", 'Unknown special type "foo"');
    expectFailure(() => specialDtype({}), "TypeError", "Exactly one keyword may be provided");
    expectFailure(
      () => specialDtype({ enum: 3 as unknown as ["i1", object] as never }),
      "TypeError",
      "Enums must be created from a 2-tuple (basetype, values_dict)",
    );
    expectFailure(
      () => specialDtype({ ref: Number as unknown as typeof h5r.Reference }),
      "ValueError",
      "Ref class must be Reference or RegionReference",
    );
  });
});
