/** Numbers read as other numbers: the same as in h5py, whatever array they come in. */
import { describe, expect, test } from "vitest";
import { File } from "../../src/index.ts";
import { runPython } from "./peers.ts";

const FLOATS = ["<f8", "<f4", ">f4", "<f2", ">f2"];
const INTEGERS = ["|i1", "|u1", "<i2", ">u2", "<i4", "<u4", "<i8", ">u8"];
/** Values that the conversions of HDF5 1.10 have no fault with; see `spec-notes/conversion.md`. */
const STORED = [
  ["<f8", "1.7, -2.5, 0.1, 1e-8, 65500, 1e20, -1e300, np.nan, -0.0, np.inf", FLOATS],
  [">f4", "1.7, -2.5, 0.1, 1e-8, 65500, 1e20, np.nan, -0.0, -np.inf", FLOATS],
  ["<f2", "1.7, -2.5, 0.1, 1e-8, 65504, np.nan, -0.0, np.inf", FLOATS],
  ["<i4", "0, 1, -1, 2, 300, -65000, 65504", [...FLOATS, ...INTEGERS, "?"]],
  [">i8", "0, 1, -1, 2, 300, 2049, 2**53 + 1, 2**63 - 1, -2**63", ["<f8", "<f4", ...INTEGERS, "?"]],
  ["|u1", "0, 1, 127, 128, 255", [...FLOATS, ...INTEGERS, "?"]],
] as const;

const PYTHON = `
import json
def told(d, dtype):
    try: values = d.astype(dtype)[:]
    except OSError as error: return str(error)
    if values.dtype.kind == 'b': return [bool(value) for value in values]
    if values.dtype.kind == 'f': return [repr(float(value)) for value in values]
    return [str(int(value)) for value in values]
stored = json.loads(args[0])
f = h5py.File('astype', 'w', driver='core', backing_store=False)
answers = []
for i, (dtype, values, wanted) in enumerate(stored):
    with np.errstate(all='ignore'):
        data = eval(f"np.array([{values}], {dtype!r})")
    d = f.create_dataset(str(i), data=data)
    answers.append([[told(d, each) for each in wanted], np.array(data, dtype).tobytes().hex()])
print(json.dumps(answers))
`;

function told(value: unknown): string | boolean {
  if (typeof value === "boolean") return value;
  return typeof value === "bigint" ? String(value) : Object.is(value, -0) ? "-0" : String(Number(value));
}

/** What Python prints of a number, as JavaScript prints it. */
function printed(text: unknown): unknown {
  if (typeof text !== "string" || /[a-z ]{6}/.test(text)) return text;
  if (/^-?\d+$/.test(text)) return text;
  const named = new Map([
    ["nan", Number.NaN],
    ["inf", Number.POSITIVE_INFINITY],
    ["-inf", Number.NEGATIVE_INFINITY],
  ]);
  return told(named.get(text) ?? Number(text));
}

describe("elements read as another datatype", () => {
  const answers = JSON.parse(runPython(PYTHON, JSON.stringify(STORED))) as [unknown[], string][];
  test.each(STORED.map(([dtype, , wanted], i) => [dtype, wanted, i] as const))("%s", (dtype, wanted, i) => {
    const [theirs, hex] = answers[i] as [(string[] | string)[], string];
    const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    const f = File.inMemory();
    const size = Number(dtype.slice(2));
    const data = { data: new DataView(bytes.buffer), shape: [bytes.length / size] };
    const d = f.createDataset("d", { data, dtype });
    const ours = wanted.map((each) => {
      try {
        return [...(d.read(":", { dtype: each }) as { data: Iterable<unknown> }).data].map(told);
      } catch (error) {
        return (error as Error).message;
      }
    });
    const pairs = (answer: readonly unknown[]) => answer.map((each, k) => [wanted[k], each]);
    const read = theirs.map((each) => (Array.isArray(each) ? each.map(printed) : each));
    expect(pairs(ours)).toEqual(pairs(read));
  });
});
