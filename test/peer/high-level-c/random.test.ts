import { afterAll, describe, test } from "vitest";
import { inFolderAsync } from "../peers.ts";
import { Random } from "../trees/random.ts";
import { BothSides, FILLS_OF_FIELDS } from "./both.ts";
import type { Call, Layout, TypeSpec } from "./our-calls.ts";

/** `H5TS_SEED` and `H5TS_TREES` ask for others. */
const SEED = Number(process.env.H5TS_SEED ?? 4000);
const FILES = Number(process.env.H5TS_TREES ?? 12);

const both = new BothSides();
afterAll(() => both.close());

async function expectSame(make: (random: Random) => readonly Call[], questions: readonly Call[]): Promise<void> {
  for (let seed = SEED; seed < SEED + FILES; seed++) {
    const calls = make(new Random(seed));
    try {
      await inFolderAsync((folder) => both.expectSame(folder, calls, questions, FILLS_OF_FIELDS));
    } catch (error) {
      console.log(`seed ${seed}`);
      throw error;
    }
  }
}

const DATASETS = [
  ["cube", [2, 3, 4]],
  ["plane", [3, 4]],
  ["row", [4]],
  ["first", [2]],
  ["second", [3]],
  ["third", [4]],
] as const;
const NAMES = DATASETS.map(([name]) => name);
const LABELS = ["", "x", "a longer label", "y axis"];

function scaleCall(random: Random): Call {
  const dataset = random.chance(0.8) ? random.pick(NAMES.slice(0, 3)) : random.pick(NAMES);
  const scale = random.chance(0.8) ? random.pick(NAMES.slice(3)) : random.pick(NAMES);
  const dimension = random.between(0, 3);
  switch (random.between(0, 9)) {
    case 0:
      return ["set_scale", scale, random.pick(LABELS)];
    case 1:
      return ["set_label", dataset, dimension, random.pick(LABELS)];
    case 2:
    case 3:
      return ["detach_scale", dataset, scale, dimension];
    case 4:
      return ["is_attached", dataset, scale, dimension];
    case 5:
      return ["num_scales", dataset, dimension];
    default:
      return ["attach_scale", dataset, scale, dimension];
  }
}

/** A scale that is tied to a dimension already gets a second entry in its REFERENCE_LIST from 1.10.8. */
function withoutTyingTwice(calls: readonly Call[]): Call[] {
  const tied = new Set<string>();
  return calls.filter(([name, ...rest]) => {
    const tie = rest.join();
    if (name === "detach_scale") tied.delete(tie);
    if (name !== "attach_scale") return true;
    return !tied.has(tie) && tied.add(tie);
  });
}

const LAYOUT: Layout = [16, [0, 8], [8, 8]];
// Without gaps, in which 1.10.8 now and then writes what is in its memory.
const FIELDS: TypeSpec[] = ["NATIVE_LLONG", "NATIVE_DOUBLE"];
const TABLES = ["one", "two", "three"];

function tableCalls(random: Random): Call[] {
  const name = random.pick(TABLES);
  // With a count of none, 1.10.8 lets some starts behind the end pass, and others not.
  const [start, count] = [random.between(0, 6), random.between(1, 4)];
  const records = (length: number) => random.hex(16 * length);
  switch (random.between(0, 9)) {
    case 0: {
      const [fill, data] = [random.chance(0.5) ? records(1) : null, random.chance(0.8) ? records(count) : null];
      const chunk = random.between(1, 5);
      const compress = random.between(0, 1);
      return [["make_table", "A title", name, count, LAYOUT, ["a", "b"], FIELDS, chunk, fill, compress, data]];
    }
    case 1:
      return [["write_records", name, start, count, LAYOUT, records(count)]];
    case 2:
      return [["write_fields_name", name, "b", start, count, [8, [0], [8]], random.hex(8 * count)]];
    case 3:
      return [["write_fields_index", name, [1, 0], start, count, [16, [0, 8], [8, 8]], records(count)]];
    case 4:
      return [["delete_record", name, start, count]];
    case 5:
      return [["insert_record", name, start, count, LAYOUT, records(count)]];
    case 6:
      return [["add_records_from", random.pick(TABLES), start, count, name, random.between(0, 6)]];
    case 7:
      // Two without records are refused by 1.10.8.
      return [
        ["append_records", name, 1, LAYOUT, records(1)],
        ["combine_tables", name, random.pick(TABLES), `joined ${random.between(1, 3)}`],
      ];
    default:
      return [["append_records", name, count, LAYOUT, records(count)]];
  }
}

/** Fields come and go in the end: what 1.10.8 makes of records in other layouts than the native one is wrong. */
function fieldCalls(random: Random): Call[] {
  const name = random.pick(TABLES);
  return [
    ["insert_field", name, random.pick(["a", "c"]), "NATIVE_SHORT", random.between(0, 3), null, random.hex(2 * 200)],
    ["delete_field", name, random.pick(["a", "b", "c"])],
    ["get_field_info", name],
  ];
}

function packetCall(random: Random): Call {
  const count = random.between(1, 4);
  switch (random.between(0, 6)) {
    case 0:
      return ["pt_get_next", count, 4 * count + 4];
    case 1:
      return ["pt_read_packets", random.between(0, 9), count, 4 * count + 4];
    case 2:
      return ["pt_set_index", random.between(0, 9)];
    case 3:
      return ["pt_get_index"];
    case 4:
      return ["pt_get_num_packets"];
    default:
      return ["pt_append", count, random.hex(4 * count)];
  }
}

describe(`random calls on ${FILES} files from seed ${SEED} do the same on both sides`, () => {
  test("dimension scales", async () => {
    const questions = DATASETS.flatMap(([name, dims]): Call[] => [
      ["is_scale", name],
      ["get_scale_name", name],
      ...dims.flatMap((_, d): Call[] => [
        ["num_scales", name, d],
        ["get_label", name, d],
        ["iterate_scales", name, d, 0],
        ["iterate_scales", name, d, 1],
        ["is_attached", name, "first", d],
      ]),
    ]);
    const making = DATASETS.map(([name, dims]): Call => ["dataset", name, dims]);
    await expectSame(
      (random) => [...making, ...withoutTyingTwice(Array.from({ length: 40 }, () => scaleCall(random)))],
      [...questions, ["set_label", "cube", 2, "other"], ["detach_scale", "cube", "first", 0]],
    );
  });

  test("tables", async () => {
    const making = TABLES.map(
      (name): Call => ["make_table", name, name, 0, LAYOUT, ["a", "b"], FIELDS, 3, null, 0, null],
    );
    await expectSame(
      (random) => [...making, ...Array.from({ length: 25 }, () => tableCalls(random)).flat(), ...fieldCalls(random)],
      TABLES.flatMap((name): Call[] => [
        ["get_table_info", name],
        ["get_field_info", name],
      ]),
    );
  });

  test("packet tables", async () => {
    await expectSame(
      (random) => [
        ["pt_create", "p", "NATIVE_INT", random.between(1, 5)],
        ...Array.from({ length: 30 }, () => packetCall(random)),
        ["pt_close"],
      ],
      [["pt_open", "p"], ["pt_get_num_packets"], ["pt_append", 1, "01000000"], ["pt_get_next", 1, 4], ["pt_close"]],
    );
  });
});
