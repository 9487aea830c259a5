/** The text of random datatypes is that of H5LTdtype_to_text, and H5LTtext_to_dtype makes of it what we make of it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { dtypeToText, textToDtype } from "../../src/lowlevel/h5lt-text.ts";
import * as h5t from "../../src/lowlevel/h5t.ts";
import { C_LIBRARY, runPython } from "./peers.ts";

const NUMBERS = [
  h5t.STD_I8BE,
  h5t.STD_I16LE,
  h5t.STD_I32BE,
  h5t.STD_I64LE,
  h5t.STD_U8LE,
  h5t.STD_U16BE,
  h5t.STD_U32LE,
  h5t.STD_U64BE,
];
const FLOATS = [h5t.IEEE_F32BE, h5t.IEEE_F32LE, h5t.IEEE_F64BE, h5t.IEEE_F64LE, h5t.NATIVE_LDOUBLE];
const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9 _.;:{}-]{0,20}$/);

const string = fc.tuple(fc.integer({ min: 0, max: 30 }), fc.nat(2), fc.nat(1)).map(([size, pad, cset]) => {
  const type = h5t.C_S1.copy();
  type.setSize(size === 0 ? h5t.VARIABLE : size);
  type.setStrpad(pad);
  type.setCset(cset);
  return type;
});

// Values below zero and beyond 32 bits are left out: see the notes.
const enumeration = fc
  .tuple(
    fc.constantFrom(...NUMBERS),
    fc.uniqueArray(fc.tuple(name, fc.nat(127)), { minLength: 1, maxLength: 4, selector: ([, value]) => value }),
  )
  .filter(([, members]) => new Set(members.map(([one]) => one)).size === members.length)
  .map(([base, members]) => {
    const type = h5t.enumCreate(base);
    for (const [one, value] of members) type.enumInsert(one, value);
    return type;
  });

const opaque = fc.tuple(fc.integer({ min: 1, max: 20 }), name).map(([size, tag]) => {
  const type = h5t.create(h5t.OPAQUE, size);
  type.setTag(tag);
  return type;
});

function compound(members: readonly (readonly [string, number, h5t.TypeID])[]): h5t.TypeID {
  let end = 0;
  const placed = members.map(([one, gap, type]) => {
    const offset = end + gap;
    end = offset + type.getSize();
    return [one, offset, type] as const;
  });
  const type = h5t.create(h5t.COMPOUND, end);
  for (const member of placed) type.insert(...member);
  return type;
}

const { type: anyType } = fc.letrec<{ type: h5t.TypeID }>((tie) => ({
  type: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom<h5t.TypeID>(...NUMBERS, ...FLOATS),
    string,
    enumeration,
    opaque,
    tie("type").map((base) => h5t.vlenCreate(base)),
    fc
      .tuple(tie("type"), fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }))
      .map(([base, dims]) => h5t.arrayCreate(base, dims)),
    fc
      .uniqueArray(fc.tuple(name, fc.nat(3), tie("type")), { minLength: 1, maxLength: 4, selector: ([one]) => one })
      .map(compound),
  ),
}));

const PYTHON = `${C_LIBRARY}
import json, subprocess
from h5py import h5t
listed = subprocess.run(['ldconfig', '-p'], capture_output=True, text=True).stdout.split()
HL = ctypes.CDLL(next(word for word in listed if word.startswith('/') and 'libhdf5_serial_hl.so' in word))
hid = ctypes.c_int64
HL.H5LTtext_to_dtype.restype = hid

def text_of(data):
    kind = h5t.decode(bytes.fromhex(data))
    size = ctypes.c_size_t()
    assert HL.H5LTdtype_to_text(hid(kind.id), None, 0, ctypes.byref(size)) >= 0
    text = ctypes.create_string_buffer(size.value)
    assert HL.H5LTdtype_to_text(hid(kind.id), text, 0, ctypes.byref(size)) >= 0
    return text.value.decode()

def type_of(text):
    kind = HL.H5LTtext_to_dtype(text.encode(), 0)
    assert kind > 0, text
    size = ctypes.c_size_t()
    C.H5Tencode(hid(kind), None, ctypes.byref(size))
    data = ctypes.create_string_buffer(size.value)
    C.H5Tencode(hid(kind), data, ctypes.byref(size))
    return data.raw[:size.value].hex()
`;

const hex = (type: h5t.TypeID) => Buffer.from(type.encode()).toString("hex");
const ask = (given: readonly string[], code: string): string[] =>
  JSON.parse(
    runPython(
      `${PYTHON}\ngiven = json.loads(${JSON.stringify(JSON.stringify(given))})\nprint(json.dumps([${code} for one in given]))`,
    ),
  );

test("datatypes have the text that the C library gives them, and are made from it again", { timeout: 20_000 }, () => {
  const types = fc.sample(anyType, { numRuns: 300, seed: 8 });
  const texts = types.map((type) => dtypeToText(type));
  const theirs = ask(types.map(hex), "text_of(one)");
  const made = ask(texts, "type_of(one)");
  types.forEach((type, i) => {
    expect(texts[i]).toBe(theirs[i]);
    const again = textToDtype(texts[i] as string);
    expect({ text: texts[i], bytes: hex(again) }).toEqual({ text: texts[i], bytes: made[i] });
    expect(again.equal(type)).toBe(true);
  });
});

test("predefined datatypes have the text that the C library gives them", () => {
  const types = [
    ...NUMBERS,
    ...FLOATS,
    h5t.STD_REF_OBJ,
    h5t.STD_REF_DSETREG,
    h5t.STD_B8LE,
    h5t.UNIX_D32LE,
    h5t.FORTRAN_S1,
  ];
  expect(types.map((type) => dtypeToText(type))).toEqual(ask(types.map(hex), "text_of(one)"));
});

test("predefined datatypes, and some that were changed, are the bytes of H5Tencode, and these are read", () => {
  const code = `${PYTHON}
found = {n: getattr(h5t, n).encode().hex() for n in dir(h5t) if isinstance(getattr(h5t, n), h5t.TypeID) and n != 'PYTHON_OBJECT'}
odd = h5t.NATIVE_INT32.copy(); odd.set_precision(12); odd.set_offset(3); odd.set_pad(1, 0); odd.set_order(h5t.ORDER_BE)
found['odd integer'] = odd.encode().hex()
odd = h5t.IEEE_F32LE.copy(); odd.set_fields(31, 20, 11, 0, 20); odd.set_ebias(1023); odd.set_inpad(1)
found['odd float'] = odd.encode().hex()
text = h5t.C_S1.copy(); text.set_size(h5t.VARIABLE); text.set_cset(1)
found['compound of strings'] = h5t.py_create(np.dtype([('a', h5py.string_dtype()), ('b', 'i1'), ('c', h5py.vlen_dtype('i4')), ('d', h5py.ref_dtype)]), logical=True).encode().hex()
print(json.dumps(found))`;
  const theirs = JSON.parse(runPython(code)) as Record<string, string>;
  const integer = h5t.NATIVE_INT32.copy();
  integer.setPrecision(12);
  integer.setOffset(3);
  integer.setPad(1, 0);
  integer.setOrder(h5t.ORDER_BE);
  const float = h5t.IEEE_F32LE.copy();
  float.setFields(31, 20, 11, 0, 20);
  float.setEbias(1023);
  float.setInpad(1);
  const text = h5t.C_S1.copy();
  text.setSize(h5t.VARIABLE);
  text.setCset(h5t.CSET_UTF8);
  const strings = compound([
    ["a", 0, text],
    ["b", 0, h5t.STD_I8LE],
    ["c", 0, h5t.vlenCreate(h5t.STD_I32LE)],
    ["d", 0, h5t.STD_REF_OBJ],
  ]);
  const own: Record<string, h5t.TypeID> = {
    "odd integer": integer,
    "odd float": float,
    "compound of strings": strings,
  };
  const known: Readonly<Record<string, unknown>> = h5t;
  for (const [one, bytes] of Object.entries(theirs)) {
    const type = own[one] ?? known[one];
    if (!(type instanceof h5t.TypeID)) throw new Error(`no h5t.${one}`);
    expect([one, hex(type)]).toEqual([one, bytes]);
    const read = h5t.decode(Buffer.from(bytes, "hex"));
    expect([one, read.equal(type), hex(read)]).toEqual([one, true, bytes]);
  }
  expect(Object.keys(theirs).length).toBeGreaterThan(50);
});
