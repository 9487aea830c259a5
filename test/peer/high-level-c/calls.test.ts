import { afterAll, describe, test } from "vitest";
import { inFolderAsync } from "../peers.ts";
import { BothSides, FILLS_OF_FIELDS } from "./both.ts";
import type { Call, Layout, TypeSpec } from "./our-calls.ts";

const both = new BothSides();
afterAll(() => both.close());

async function expectSame(
  calls: readonly Call[],
  questions: readonly Call[] = [],
  except?: readonly string[],
): Promise<void> {
  await inFolderAsync((folder) => both.expectSame(folder, calls, questions, except));
}

function hexOf(array: ArrayBufferView): string {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("hex");
}

const int = (...values: number[]) => hexOf(Int32Array.from(values));
const short = (...values: number[]) => hexOf(Int16Array.from(values));
const double = (...values: number[]) => hexOf(Float64Array.from(values));
const bytes = (length: number) => hexOf(Uint8Array.from({ length }, (_, i) => i));

describe("H5LT", () => {
  test("datasets of each kind are made and read as by the C library", async () => {
    const calls: Call[] = [
      ["make_dataset", "int", "i", [2, 3], int(1, 2, 3, -4, 5, 6)],
      ["make_dataset", "int", "i", [2, 3], int(1, 2, 3, 4, 5, 6)],
      ["make_dataset", "char", "c", [4], bytes(4)],
      ["make_dataset", "short", "s", [1, 2, 1], short(-1, 300)],
      ["make_dataset", "long", "l", [2], hexOf(BigInt64Array.of(-(2n ** 62n), 5n))],
      ["make_dataset", "float", "f", [2], hexOf(Float32Array.of(0.5, -1e30))],
      ["make_dataset", "double", "d", [3], double(1, 2.5, -3)],
      ["make_dataset", "double", "unwritten", [2], null],
      ["make_dataset", "float", "scalar", [], int(0x3f800000)],
      ["make_dataset", { string: 3 }, "strings", [2], Buffer.from("abcdef").toString("hex")],
      ["make_dataset", "STD_I32BE", "be", [2], "0000000100000002"],
      ["make_dataset_string", "text", "hello"],
      ["make_dataset_string", "nothing", ""],
      ["group", "g"],
      ["make_dataset", "int", "/g/x", [1], int(1)],
    ];
    const questions: Call[] = [
      ...["i", "text", "strings", "scalar", "nix", "be"].map((name) => ["get_dataset_info", name] as const),
      ["read_dataset", "double", "i", 48],
      ["read_dataset", "char", "i", 6],
      ["read_dataset", "short", "d", 6],
      ["read_dataset", "long", "i", 48],
      ["read_dataset", "float", "l", 8],
      ["read_dataset", "int", "be", 8],
      ["read_dataset", "NATIVE_SHORT", "i", 12],
      ["read_dataset", "int", "text", 24],
      ["read_dataset", "int", "nix", 24],
      ["read_dataset_string", "text"],
      ["read_dataset_string", "nothing"],
      ...["i", "g", "g/x", "zz", "/i"].map((name) => ["find_dataset", name] as const),
    ];
    await expectSame(calls, questions);
  });

  test("attributes of each kind are set and read as by the C library", async () => {
    const kinds = ["char", "uchar", "short", "ushort", "int", "uint", "long", "ulong", "long_long", "float"];
    const sizes = [1, 1, 2, 2, 4, 4, 8, 8, 8, 4];
    const calls: Call[] = [
      ["make_dataset", "int", "i", [1], int(1)],
      ["group", "g"],
      ...kinds.map((kind, i) => ["set_attribute", kind, "i", kind, bytes(3 * (sizes[i] as number)), 3] as const),
      ["set_attribute", "double", "g", "d", double(1, -1), 2],
      ["set_attribute", "int", "/", "none", int(1), 0],
      ["set_attribute", "int", "nix", "a", int(1), 1],
      ["set_attribute_string", "i", "text", "one"],
      ["set_attribute_string", "i", "text", "another, longer"],
      ["set_attribute_string", "i", "int", "in place of numbers"],
    ];
    const questions: Call[] = [
      ...kinds.map((kind, i) => ["get_attribute", kind, "i", "uchar", 3 * (sizes[i] as number)] as const),
      ["get_attribute", "double", "g", "d", 16],
      ["get_attribute", "double", "i", "long", 24],
      ["get_attribute", "NATIVE_SHORT", "i", "short", 6],
      ["get_attribute", "int", "i", "text", 12],
      ["get_attribute", "int", "i", "nix", 12],
      ["get_attribute_string", "i", "text"],
      ["get_attribute_string", "i", "nix"],
      ...["text", "uint", "nix"].map((name) => ["get_attribute_info", "i", name] as const),
      ["get_attribute_info", "g", "d"],
      ["find_attribute", "i", "text"],
      ["find_attribute", "i", "nix"],
      ["find_attribute", "g", "d"],
    ];
    await expectSame(calls, questions);
  });

  test("paths are valid where the C library finds them so", async () => {
    const calls: Call[] = [
      ["make_dataset", "int", "i", [1], int(1)],
      ["group", "g"],
      ["make_dataset", "int", "/g/x", [1], int(1)],
      ["soft_link", "dangling", "/nowhere"],
      ["soft_link", "to_x", "/g/x"],
      ["soft_link", "to_g", "/g"],
    ];
    const paths = [
      ..."/ . .. ./ // /. /i i ./i ././i .//g /./g g/. g/./x g/x /g/x //g//x /g/ ./g/x i/ i/x i/x/y nix nix/y".split(
        " ",
      ),
      ..."to_x to_x/y to_g to_g/ to_g/x to_g/nix dangling dangling/ dangling/x dangling/x/y /dangling/x".split(" "),
    ];
    await expectSame(
      calls,
      paths.flatMap((path) => [0, 1].map((check) => ["path_valid", path, check] as const)),
    );
  });
});

describe("H5IM", () => {
  test("images and palettes are those of the C library", async () => {
    const palette = bytes(768);
    const calls: Call[] = [
      ["make_image_8bit", "indexed", 3, 2, bytes(6)],
      ["make_image_24bit", "pixels", 3, 2, "INTERLACE_PIXEL", bytes(18)],
      ["make_image_24bit", "planes", 3, 2, "INTERLACE_PLANE", bytes(18)],
      ["make_image_24bit", "lines", 3, 2, "INTERLACE_LINE", bytes(18)],
      ["make_palette", "colours", [256, 3], palette],
      ["make_palette", "greys", [2, 3], bytes(6)],
      ["link_palette", "indexed", "colours"],
      ["link_palette", "indexed", "greys"],
      ["link_palette", "indexed", "colours"],
      ["link_palette", "pixels", "greys"],
      ["make_dataset", "int", "plain", [2, 3], int(1, 2, 3, 4, 5, 6)],
    ];
    const questions: Call[] = [
      ...["indexed", "pixels", "planes", "plain"].flatMap((name) =>
        ["get_image_info", "get_npalettes", "is_image", "is_palette"].map((question) => [question, name] as const),
      ),
      ["is_palette", "colours"],
      ["is_image", "colours"],
      ["read_image", "planes", 18],
      ["read_image", "plain", 6],
      ...[0, 1, 2].map((number) => ["get_palette_info", "indexed", number] as const),
      ["get_palette", "indexed", 0, 768],
      ["get_palette", "indexed", 1, 6],
      ["unlink_palette", "indexed", "greys"],
      ["get_npalettes", "indexed"],
      ["link_palette", "indexed", "greys"],
      ["get_npalettes", "indexed"],
    ];
    await expectSame(calls, questions);
  });
});

const LAYOUT: Layout = [16, [0, 8], [4, 8]];
const FIELDS: TypeSpec[] = ["NATIVE_INT", "NATIVE_DOUBLE"];

function records(...rows: [number, number][]): string {
  const view = new DataView(new ArrayBuffer(16 * rows.length));
  for (const [i, [a, b]] of rows.entries()) {
    view.setInt32(16 * i, a, true);
    view.setFloat64(16 * i + 8, b, true);
  }
  return hexOf(view);
}

const FOUR = records([0, 0.5], [1, 1.5], [2, 2.5], [3, 3.5]);

describe("H5TB", () => {
  test("records and fields are written, read, put in and taken out as by the C library", async () => {
    const calls: Call[] = [
      ["make_table", "Title", "t", 4, LAYOUT, ["a", "b"], FIELDS, 10, records([-1, -2]), 1, FOUR],
      ["append_records", "t", 1, LAYOUT, records([9, 9.5])],
      ["append_records", "t", 0, LAYOUT, ""],
      ["append_records", "t", 1, [24, [16, 0], [4, 8]], bytes(24)],
      ["write_records", "t", 5, 2, LAYOUT, records([1, 1], [2, 2])],
      ["write_records", "t", 1, 2, LAYOUT, records([101, 1], [102, 2])],
      ["write_fields_name", "t", "b", 0, 2, [8, [0], [8]], double(7, 8)],
      ["write_fields_name", "t", "b", 5, 2, [8, [0], [8]], double(7, 8)],
      ["write_fields_name", "t", "zz", 0, 2, [8, [0], [8]], double(7, 8)],
      ["write_fields_index", "t", [0], 0, 2, [4, [0], [4]], int(70, 80)],
      ["write_fields_index", "t", [5], 0, 2, [4, [0], [4]], int(70, 80)],
      ["delete_record", "t", 1, 1],
      ["delete_record", "t", 4, 2],
      ["delete_record", "t", 5, 0],
      ["insert_record", "t", 1, 2, LAYOUT, records([11, 11], [12, 12])],
      ["insert_record", "t", 7, 1, LAYOUT, records([13, 13])],
      ["insert_record", "t", 19, 1, LAYOUT, records([14, 14])],
      ["make_table", "Other", "u", 1, LAYOUT, ["a", "b"], FIELDS, 3, null, 0, records([5, 5])],
      ["add_records_from", "t", 1, 2, "u", 0],
      ["add_records_from", "t", 1, 2, "u", 3],
      ["add_records_from", "t", 1, 20, "u", 3],
      ["combine_tables", "t", "u", "joined"],
      ["make_table", "Empty", "e", 0, LAYOUT, ["a", "b"], FIELDS, 3, null, 0, null],
      ["combine_tables", "e", "u", "joined, too"],
      ["delete_record", "e", 0, 1],
    ];
    const questions: Call[] = [
      ...["t", "u", "joined", "e"].flatMap(
        (name) =>
          [
            ["get_table_info", name],
            ["get_field_info", name],
            ["get_title", name, 40],
          ] as const,
      ),
      ["read_table", "t", LAYOUT, 16 * 8],
      ["read_table", "t", [20, [12, 0], [8, 8]], 20 * 8],
      ["read_table", "t", [12, [0, 8], [4, 4]], 12 * 8],
      ["read_records", "t", 3, 2, LAYOUT, 32],
      ["read_records", "t", 8, 0, LAYOUT, 8],
      ["read_records", "t", 9, 0, LAYOUT, 8],
      ["read_fields_name", "t", "b", 0, 2, [8, [0], [8]], 16],
      ["read_fields_name", "t", "b,a", 0, 2, [12, [0, 4], [4, 8]], 24],
      ["read_fields_name", "t", "zz", 0, 2, [12, [0, 4], [4, 8]], 24],
      ["read_fields_index", "t", [1, 0], 0, 2, [12, [0, 8], [8, 4]], 24],
      ["delete_record", "t", 0, 2],
      ["insert_record", "u", 2, 1, LAYOUT, records([13, 13])],
      ["append_records", "joined", 2, LAYOUT, records([1, 2], [3, 4])],
    ];
    await expectSame(calls, questions);
  });

  test("fields are added and taken away as by the C library", async () => {
    const calls: Call[] = [
      ["make_table", "Title", "t", 4, LAYOUT, ["a", "b"], FIELDS, 10, null, 1, FOUR],
      ["insert_field", "t", "b", "NATIVE_SHORT", 1, null, short(1, 2, 3, 4)],
      ["insert_field", "t", "z", "NATIVE_SHORT", 3, null, short(1, 2, 3, 4)],
      ["delete_field", "t", "nix"],
      ["make_table", "Title", "u", 4, LAYOUT, ["a", "b"], FIELDS, 10, records([-1, -2]), 0, FOUR],
      ["delete_field", "u", "a"],
      ["delete_field", "u", "b"],
    ];
    const questions: Call[] = [
      ["get_field_info", "t"],
      ["get_field_info", "u"],
    ];
    await expectSame(calls, questions, FILLS_OF_FIELDS);
  });
});

describe("H5PT", () => {
  test("packets are appended and read as by the C library", async () => {
    const walk: Call[] = [
      ["pt_get_num_packets"],
      ["pt_get_index"],
      ["pt_get_next", 2, 8],
      ["pt_get_index"],
      ["pt_get_next", 2, 8],
      ["pt_get_next", 1, 4],
      ["pt_get_next", 1, 4],
      ["pt_create_index"],
      ["pt_get_index"],
      ["pt_set_index", 2],
      ["pt_set_index", 3],
      ["pt_get_index"],
      ["pt_read_packets", 1, 2, 8],
      ["pt_read_packets", 2, 2, 8],
      ["pt_read_packets", 3, 0, 8],
      ["pt_is_varlen"],
      ["pt_is_valid"],
    ];
    const calls: Call[] = [
      ["pt_create", "p", "NATIVE_INT", 4],
      ["pt_append", 3, int(1, 2, 3)],
      ["pt_append", 0, ""],
      ...walk,
      ["pt_close"],
      ["pt_create", "be", "STD_I32BE", 4],
      ["pt_append", 2, int(1, 2)],
      ["pt_close"],
      ["pt_create", "v", { vlen: "NATIVE_INT" }, 4],
      ["pt_is_varlen"],
      ["pt_close"],
      ["pt_create_fl", "none", "NATIVE_INT", 4, -1],
      ["pt_close"],
      ["pt_create_fl", "deflated", "NATIVE_DOUBLE", 4, 6],
      ["pt_append", 3, double(1, 2, 3)],
      ["pt_close"],
      ["pt_create", "p", "NATIVE_INT", 4],
      ["pt_create", "z", "NATIVE_INT", 0],
      ["make_dataset", "int", "fixed", [3], int(1, 2, 3)],
      ["pt_open", "fixed"],
      ["pt_append", 1, int(1)],
      ["pt_close"],
    ];
    const questions: Call[] = [
      ["pt_open", "nix"],
      ["pt_open", "p"],
      ...walk,
      ["pt_append", 1, int(4)],
      ["pt_read_packets", 0, 4, 16],
      ["pt_close"],
      ["pt_open", "be"],
      ["pt_append", 2, int(3, 4)],
      ["pt_read_packets", 0, 4, 16],
      ["pt_close"],
    ];
    await expectSame(calls, questions);
  });
});

describe("H5LD and H5DO", () => {
  const inner: TypeSpec = {
    compound: [
      16,
      [
        ["x", 0, "NATIVE_INT"],
        ["y", 8, "NATIVE_DOUBLE"],
      ],
    ],
  };
  const nested: TypeSpec = {
    compound: [
      32,
      [
        ["a", 0, "NATIVE_SHORT"],
        ["b", 8, inner],
        ["c", 24, { array: ["NATIVE_SHORT", [2]] }],
      ],
    ],
  };

  test("what was appended to a dataset is what the C library finds new", async () => {
    const calls: Call[] = [
      ["growing", "m", [3, 4], [2, 2], "STD_I16LE"],
      ["write_all", "m", "NATIVE_SHORT", short(...Array.from({ length: 12 }, (_, i) => i))],
      ["growing", "c", [4], [2], nested],
    ];
    const fields = [
      "a",
      "b",
      "b.x",
      "c",
      "a,b.y",
      "b.y,a",
      "a,a",
      "nix",
      "b.nix",
      "a.x",
      "",
      "b.",
      "a,",
      ",a",
      "b.x,c,a",
    ];
    const questions: Call[] = [
      ["ld_get_dset_dims", "m"],
      ["write_all", "c", nested, bytes(128)],
      ...[null, ...fields].flatMap((field): Call[] => [
        ["ld_get_dset_type_size", "c", field],
        ["ld_get_dset_elmts", "c", [2], [4], field, 100],
      ]),
      ["ld_get_dset_elmts", "m", [2, 2], [3, 4], null, 20],
      ["ld_get_dset_elmts", "m", [0, 0], [3, 4], null, 24],
      ["ld_get_dset_elmts", "m", [3, 2], [3, 4], null, 16],
      ["ld_get_dset_elmts", "m", [3, 4], [3, 4], null, 16],
      ["ld_get_dset_elmts", "m", [3, 4], [2, 4], null, 16],
      ["ld_get_dset_elmts", "m", [3, 3], [2, 4], null, 16],
      ["ld_get_dset_elmts", "m", [2, 2], [9, 4], null, 16],
    ];
    await expectSame(calls, questions);
  });

  test("datasets are appended to and chunks written as by the C library", async () => {
    const calls: Call[] = [
      ["growing", "d", [2, 3], [2, 2], "NATIVE_INT"],
      ["do_append", "d", 0, 2, "NATIVE_SHORT", short(0, 1, 2, 3, 4, 5)],
      ["do_append", "d", 1, 1, "NATIVE_SHORT", short(6, 7, 8, 9)],
      ["do_append", "d", 2, 1, "NATIVE_SHORT", ""],
      ["do_append", "d", 1, 0, "NATIVE_SHORT", ""],
      ["make_dataset", "int", "fixed", [3], int(1, 2, 3)],
      ["do_append", "fixed", 0, 1, "NATIVE_SHORT", short(1)],
      ["do_write_chunk", "d", 0, [0, 0], int(1, 2, 3, 4)],
      ["do_write_chunk", "d", 0, [0, 1], int(1, 2, 3, 4)],
      ["do_write_chunk", "fixed", 0, [0], int(1, 2, 3, 4)],
    ];
    await expectSame(calls, [
      ["do_read_chunk", "d", [0, 0], 16],
      ["do_read_chunk", "d", [1, 0], 16],
      ["do_read_chunk", "d", [8, 0], 16],
    ]);
  });
});
