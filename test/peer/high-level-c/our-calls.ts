/** The calls of c_calls.py, made of ours. Buffers are hexadecimal text here as there. */
import { h5d, h5do, h5ds, h5f, h5g, h5i, h5im, h5ld, h5lt, h5o, h5p, h5pt, h5s, h5t, h5tb } from "h5ts/lowlevel";

/** A name without `H5T_`, or what is made of one. */
export type TypeSpec =
  | string
  | { readonly string: number }
  | { readonly array: readonly [TypeSpec, readonly number[]] }
  | { readonly vlen: TypeSpec }
  | { readonly compound: readonly [number, readonly (readonly [string, number, TypeSpec])[]] };

/** Type size, offsets and sizes of fields. */
export type Layout = readonly [number, readonly number[], readonly number[]];

export function typeOf(spec: TypeSpec): h5t.TypeID {
  if (typeof spec === "string") return (h5t as unknown as Record<string, h5t.TypeID>)[spec] as h5t.TypeID;
  if ("string" in spec) {
    const type = h5t.C_S1.copy();
    type.setSize(spec.string);
    return type;
  }
  if ("array" in spec) return h5t.arrayCreate(typeOf(spec.array[0]), spec.array[1]);
  if ("vlen" in spec) return h5t.vlenCreate(typeOf(spec.vlen));
  const [size, members] = spec.compound;
  const type = h5t.create(h5t.COMPOUND, size);
  for (const [name, offset, member] of members) type.insert(name, offset, typeOf(member));
  return type;
}

const toBytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));
const toHex = (bytes: ArrayBufferView): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");

/** What the C library's side leaves in a buffer that it does not fill. */
function room(byteLength: number): Uint8Array {
  return new Uint8Array(byteLength).fill(0xee);
}

function into(byteLength: number, read: (bytes: Uint8Array) => void): string {
  const bytes = room(byteLength);
  read(bytes);
  return toHex(bytes);
}

const layoutOf = ([typeSize, fieldOffset, fieldSizes]: Layout) => ({ typeSize, fieldOffset, fieldSizes });
const memory = (hex: string, layout: Layout) => ({ bytes: toBytes(hex), layout: layoutOf(layout) });

/** Bytes of C's numbers as the typed array that they are. */
const ARRAYS = {
  char: Int8Array,
  uchar: Uint8Array,
  short: Int16Array,
  ushort: Uint16Array,
  int: Int32Array,
  uint: Uint32Array,
  long: BigInt64Array,
  ulong: BigUint64Array,
  long_long: BigInt64Array,
  ullong: BigUint64Array,
  float: Float32Array,
  double: Float64Array,
} as const;

type Kind = keyof typeof ARRAYS;

function numbers(kind: Kind, hex: string) {
  return new ARRAYS[kind](toBytes(hex).buffer as ArrayBuffer);
}

const MAKERS = {
  char: h5lt.makeDatasetChar,
  short: h5lt.makeDatasetShort,
  int: h5lt.makeDatasetInt,
  long: h5lt.makeDatasetLong,
  float: h5lt.makeDatasetFloat,
  double: h5lt.makeDatasetDouble,
};

const READERS = {
  char: h5lt.readDatasetChar,
  short: h5lt.readDatasetShort,
  int: h5lt.readDatasetInt,
  long: h5lt.readDatasetLong,
  float: h5lt.readDatasetFloat,
  double: h5lt.readDatasetDouble,
};

const SETTERS = {
  char: h5lt.setAttributeChar,
  uchar: h5lt.setAttributeUchar,
  short: h5lt.setAttributeShort,
  ushort: h5lt.setAttributeUshort,
  int: h5lt.setAttributeInt,
  uint: h5lt.setAttributeUint,
  long: h5lt.setAttributeLong,
  ulong: h5lt.setAttributeUlong,
  long_long: h5lt.setAttributeLongLong,
  ullong: h5lt.setAttributeUllong,
  float: h5lt.setAttributeFloat,
  double: h5lt.setAttributeDouble,
};

const GETTERS = {
  char: h5lt.getAttributeChar,
  uchar: h5lt.getAttributeUchar,
  short: h5lt.getAttributeShort,
  ushort: h5lt.getAttributeUshort,
  int: h5lt.getAttributeInt,
  uint: h5lt.getAttributeUint,
  long: h5lt.getAttributeLong,
  ulong: h5lt.getAttributeUlong,
  long_long: h5lt.getAttributeLongLong,
  ullong: h5lt.getAttributeUllong,
  float: h5lt.getAttributeFloat,
  double: h5lt.getAttributeDouble,
};

export type Call = readonly [name: string, ...rest: readonly unknown[]];

/** A file that calls are made on, with the packet table that is open. */
export class OurCalls {
  private readonly file: h5f.FileID;
  private table: h5pt.PacketTable | undefined;

  constructor(path: string, mode: "w" | "a" | "r") {
    this.file = mode === "w" ? h5f.create(path) : h5f.open(path, mode === "a" ? h5f.ACC_RDWR : h5f.ACC_RDONLY);
  }

  close(): void {
    this.table?.close();
    this.file.close();
  }

  /** What a call gives, or "failed". */
  run([name, ...rest]: Call): unknown {
    const method = (this.calls as Record<string, (...args: never[]) => unknown>)[name];
    if (method === undefined) throw new Error(`no call ${name}`);
    try {
      return method(...(rest as never[])) ?? null;
    } catch (error) {
      if (error instanceof Error && "code" in error) return "failed";
      throw error;
    }
  }

  private with<T>(name: string, use: (dataset: h5d.DatasetID) => T): T {
    const dataset = h5d.open(this.file, name);
    try {
      return use(dataset);
    } finally {
      dataset.close();
    }
  }

  private recordsOf(table: string): number {
    return h5tb.getTableInfo(this.file, table).nrecords;
  }

  private get packets(): h5pt.PacketTable {
    if (this.table === undefined) throw new Error("no packet table is open");
    return this.table;
  }

  private readonly calls = {
    dataset: (name: string, dims: number[]) => void h5d.create(this.file, name, h5t.STD_I32LE, h5s.createSimple(dims)),
    group: (name: string) => void h5g.create(this.file, name),
    soft_link: (name: string, path: string) => h5g.open(this.file, "/").links.createSoft(name, path),

    set_scale: (name: string, label: string) => this.with(name, (one) => h5ds.setScale(one, label)),
    attach_scale: (name: string, scale: string, index: number) =>
      this.with(name, (one) => this.with(scale, (other) => h5ds.attachScale(one, other, index))),
    detach_scale: (name: string, scale: string, index: number) =>
      this.with(name, (one) => this.with(scale, (other) => h5ds.detachScale(one, other, index))),
    is_attached: (name: string, scale: string, index: number) =>
      this.with(name, (one) => this.with(scale, (other) => h5ds.isAttached(one, other, index))),
    is_scale: (name: string) => this.with(name, h5ds.isScale),
    num_scales: (name: string, index: number) => this.with(name, (one) => h5ds.getNumScales(one, index)),
    set_label: (name: string, index: number, label: string) =>
      this.with(name, (one) => h5ds.setLabel(one, index, label)),
    get_label: (name: string, index: number) => this.with(name, (one) => h5ds.getLabel(one, index)),
    get_scale_name: (name: string) => this.with(name, h5ds.getScaleName),
    iterate_scales: (name: string, index: number, start: number) => {
      const names: (string | null)[] = [];
      this.with(name, (one) => h5ds.iterate(one, index, (scale) => void names.push(h5i.getName(scale)), start));
      return names;
    },

    make_dataset: (kind: keyof typeof MAKERS | TypeSpec, name: string, dims: number[], data: string | null) => {
      if (typeof kind === "string" && kind in MAKERS) {
        const known = kind as keyof typeof MAKERS;
        MAKERS[known](this.file, name, dims, data === null ? null : numbers(known, data));
      } else {
        h5lt.makeDataset(this.file, name, dims, typeOf(kind), data === null ? null : toBytes(data));
      }
    },
    make_dataset_string: (name: string, value: string) => h5lt.makeDatasetString(this.file, name, value),
    read_dataset: (kind: string | TypeSpec, name: string, byteLength: number) => {
      if (typeof kind === "string" && kind in READERS)
        return toHex(READERS[kind as keyof typeof READERS](this.file, name));
      return into(byteLength, (bytes) => h5lt.readDataset(this.file, name, typeOf(kind), bytes));
    },
    read_dataset_string: (name: string) => h5lt.readDatasetString(this.file, name),
    get_dataset_info: (name: string) => {
      const { dims, typeClass, typeSize } = h5lt.getDatasetInfo(this.file, name);
      return [h5lt.getDatasetNdims(this.file, name), dims, typeClass, typeSize];
    },
    find_dataset: (name: string) => Number(h5lt.findDataset(this.file, name)),
    find_attribute: (owner: string, name: string) => Number(h5lt.findAttribute(h5o.open(this.file, owner), name)),
    set_attribute: (kind: Kind, owner: string, name: string, data: string, count: number) =>
      SETTERS[kind](this.file, owner, name, numbers(kind, data).subarray(0, count)),
    set_attribute_string: (owner: string, name: string, value: string) =>
      h5lt.setAttributeString(this.file, owner, name, value),
    get_attribute: (kind: string | TypeSpec, owner: string, name: string, byteLength: number) => {
      if (typeof kind === "string" && kind in GETTERS) return toHex(GETTERS[kind as Kind](this.file, owner, name));
      return into(byteLength, (bytes) => h5lt.getAttribute(this.file, owner, name, typeOf(kind), bytes));
    },
    get_attribute_string: (owner: string, name: string) => h5lt.getAttributeString(this.file, owner, name),
    get_attribute_info: (owner: string, name: string) => {
      const { dims, typeClass, typeSize } = h5lt.getAttributeInfo(this.file, owner, name);
      return [h5lt.getAttributeNdims(this.file, owner, name), dims, typeClass, typeSize];
    },
    path_valid: (path: string, check: boolean) => h5lt.pathValid(this.file, path, Boolean(check)),

    make_image_8bit: (name: string, width: number, height: number, data: string) =>
      h5im.makeImage8bit(this.file, name, width, height, toBytes(data)),
    make_image_24bit: (name: string, width: number, height: number, interlace: string, data: string) =>
      h5im.makeImage24bit(this.file, name, width, height, interlace, toBytes(data)),
    get_image_info: (name: string) => {
      const { width, height, planes, interlace, npals } = h5im.getImageInfo(this.file, name);
      return [width, height, planes, interlace, npals];
    },
    read_image: (name: string) => toHex(h5im.readImage(this.file, name)),
    make_palette: (name: string, dims: number[], data: string) =>
      h5im.makePalette(this.file, name, dims, toBytes(data)),
    link_palette: (image: string, palette: string) => h5im.linkPalette(this.file, image, palette),
    unlink_palette: (image: string, palette: string) => h5im.unlinkPalette(this.file, image, palette),
    get_npalettes: (image: string) => h5im.getNpalettes(this.file, image),
    get_palette_info: (image: string, number: number) => h5im.getPaletteInfo(this.file, image, number),
    get_palette: (image: string, number: number) => toHex(h5im.getPalette(this.file, image, number)),
    is_image: (name: string) => Number(h5im.isImage(this.file, name)),
    is_palette: (name: string) => Number(h5im.isPalette(this.file, name)),

    make_table: (
      title: string,
      name: string,
      count: number,
      layout: Layout,
      names: string[],
      types: TypeSpec[],
      chunkSize: number,
      fill: string | null,
      compress: number,
      data: string | null,
    ) => {
      const members = names.map((field, i) => [field, layout[1][i] as number, types[i] as TypeSpec] as const);
      const type = typeOf({ compound: [layout[0], members] }) as h5t.TypeCompoundID;
      h5tb.makeTable(title, this.file, name, type, {
        chunkSize,
        nrecords: count,
        fillData: fill === null ? null : toBytes(fill),
        compress: compress !== 0,
        data: data === null ? null : toBytes(data),
      });
    },
    append_records: (name: string, _count: number, layout: Layout, data: string) =>
      h5tb.appendRecords(this.file, name, memory(data, layout)),
    write_records: (name: string, start: number, _count: number, layout: Layout, data: string) =>
      h5tb.writeRecords(this.file, name, start, memory(data, layout)),
    write_fields_name: (name: string, fields: string, start: number, _count: number, layout: Layout, data: string) =>
      h5tb.writeFieldsName(this.file, name, fields, start, memory(data, layout)),
    write_fields_index: (
      name: string,
      indices: number[],
      start: number,
      _count: number,
      layout: Layout,
      data: string,
    ) => h5tb.writeFieldsIndex(this.file, name, indices, start, memory(data, layout)),
    read_table: (name: string, layout: Layout, byteLength: number) =>
      into(byteLength, (bytes) => h5tb.readTable(this.file, name, { bytes, layout: layoutOf(layout) })),
    read_records: (name: string, start: number, count: number, layout: Layout, byteLength: number) =>
      into(byteLength, (bytes) => h5tb.readRecords(this.file, name, start, count, { bytes, layout: layoutOf(layout) })),
    read_fields_name: (
      name: string,
      fields: string,
      start: number,
      count: number,
      layout: Layout,
      byteLength: number,
    ) =>
      into(byteLength, (bytes) =>
        h5tb.readFieldsName(this.file, name, fields, start, count, { bytes, layout: layoutOf(layout) }),
      ),
    read_fields_index: (
      name: string,
      indices: number[],
      start: number,
      count: number,
      layout: Layout,
      byteLength: number,
    ) =>
      into(byteLength, (bytes) =>
        h5tb.readFieldsIndex(this.file, name, indices, start, count, { bytes, layout: layoutOf(layout) }),
      ),
    delete_record: (name: string, start: number, count: number) => h5tb.deleteRecord(this.file, name, start, count),
    insert_record: (name: string, start: number, _count: number, layout: Layout, data: string) =>
      h5tb.insertRecord(this.file, name, start, memory(data, layout)),
    add_records_from: (first: string, start: number, count: number, second: string, position: number) =>
      h5tb.addRecordsFrom(this.file, first, start, count, second, position),
    combine_tables: (first: string, second: string, third: string) =>
      h5tb.combineTables(this.file, first, this.file, second, third),
    insert_field: (
      name: string,
      field: string,
      spec: TypeSpec,
      position: number,
      fill: string | null,
      data: string | null,
    ) =>
      h5tb.insertField(this.file, name, field, typeOf(spec), position, {
        fillData: fill === null ? null : toBytes(fill),
        // C takes as many elements as there are records, whatever lies behind them.
        data: data === null ? null : toBytes(data).subarray(0, this.recordsOf(name) * typeOf(spec).getSize()),
      }),
    delete_field: (name: string, field: string) => h5tb.deleteField(this.file, name, field),
    get_table_info: (name: string) => {
      const { nfields, nrecords } = h5tb.getTableInfo(this.file, name);
      return [nfields, nrecords];
    },
    get_field_info: (name: string) => {
      const { fieldNames, fieldSizes, fieldOffsets, typeSize } = h5tb.getFieldInfo(this.file, name);
      return [fieldNames, fieldSizes, fieldOffsets, typeSize];
    },
    get_title: (name: string) => this.with(name, h5tb.getTitle),

    pt_create: (name: string, spec: TypeSpec, chunk: number) => {
      this.table = h5pt.create(this.file, name, typeOf(spec), chunk);
    },
    pt_create_fl: (name: string, spec: TypeSpec, chunk: number, compression: number) => {
      this.table = h5pt.createFl(this.file, name, typeOf(spec), chunk, compression);
    },
    pt_open: (name: string) => {
      this.table = h5pt.open(this.file, name);
    },
    pt_close: () => this.packets.close(),
    pt_append: (_count: number, data: string) => this.packets.append(toBytes(data)),
    pt_get_next: (count: number, byteLength: number) => into(byteLength, (bytes) => this.packets.getNext(count, bytes)),
    pt_read_packets: (start: number, count: number, byteLength: number) =>
      into(byteLength, (bytes) => this.packets.readPackets(start, count, bytes)),
    pt_create_index: () => this.packets.createIndex(),
    pt_set_index: (index: number) => this.packets.setIndex(index),
    pt_get_index: () => this.packets.getIndex(),
    pt_get_num_packets: () => this.packets.getNumPackets(),
    pt_is_valid: () => (this.packets.isValid() ? null : "failed"),
    pt_is_varlen: () => this.packets.isVarlen(),

    ld_get_dset_dims: (name: string) => this.with(name, h5ld.getDsetDims),
    ld_get_dset_type_size: (name: string, fields: string | null) =>
      this.with(name, (one) => h5ld.getDsetTypeSize(one, fields)),
    ld_get_dset_elmts: (name: string, before: number[], after: number[], fields: string | null, byteLength: number) =>
      into(byteLength, (bytes) => this.with(name, (one) => h5ld.getDsetElmts(one, before, after, fields, bytes))),
    growing: (name: string, dims: number[], chunks: number[], spec: TypeSpec) => {
      const dcpl = h5p.create(h5p.DATASET_CREATE);
      dcpl.setChunk(chunks);
      const space = h5s.createSimple(
        dims,
        dims.map(() => h5s.UNLIMITED),
      );
      h5d.create(this.file, name, typeOf(spec), space, dcpl).close();
    },
    write_all: (name: string, spec: TypeSpec, data: string) =>
      this.with(name, (one) => one.write(h5s.ALL, h5s.ALL, toBytes(data), typeOf(spec))),
    do_append: (name: string, axis: number, extension: number, spec: TypeSpec, data: string) =>
      this.with(name, (one) => h5do.append(one, axis, extension, toBytes(data), typeOf(spec))),
    do_write_chunk: (name: string, mask: number, offset: number[], data: string) =>
      this.with(name, (one) => h5do.writeChunk(one, mask, offset, toBytes(data))),
    do_read_chunk: (name: string, offset: number[], byteLength: number) =>
      this.with(name, (one) => {
        const [mask, bytes] = h5do.readChunk(one, offset);
        return [mask, into(byteLength, (whole) => whole.set(bytes))];
      }),
  };
}
