/** The dataset that an input file becomes. */
import { product } from "../../base/bits.ts";
import { HDF5Error } from "../../base/errors.ts";
import type { ByteSource } from "../../io/source.ts";
import type { DatasetID } from "../../lowlevel/dataset-id.ts";
import { withElements } from "../../lowlevel/element-buffer.ts";
import type { FileID } from "../../lowlevel/file-id.ts";
import * as h5d from "../../lowlevel/h5d.ts";
import * as h5g from "../../lowlevel/h5g.ts";
import * as h5p from "../../lowlevel/h5p.ts";
import * as h5s from "../../lowlevel/h5s.ts";
import type { TypeID } from "../../lowlevel/type-id.ts";
import { numbersInput, stringsInput } from "./input.ts";
import { piecesOf } from "./pieces.ts";
import { type ImportSpec, type NumberFormat, type NumbersImport, type StringsImport, typeOfNumbers } from "./spec.ts";

/**
 * Makes a dataset and the groups above it, and writes it. One that cannot be filled is taken out again.
 *
 * @throws HDF5Error when there is something of that name, or the input has not what the dataset needs.
 */
export function importDataset(file: FileID, spec: ImportSpec, source: ByteSource): void {
  if (spec.kind === "strings") importStrings(file, spec, source);
  else importNumbers(file, spec, source);
}

function requiredType(format: NumberFormat): TypeID {
  const type = typeOfNumbers(format);
  if (type === undefined)
    throw new HDF5Error("argument", `no numbers of class ${format.numberClass}, ${format.bits} bits`);
  return type;
}

function importNumbers(file: FileID, spec: NumbersImport, source: ByteSource): void {
  const { dims, chunkDims } = spec;
  const input = numbersInput(spec, source, product(dims));
  const memoryType = requiredType(input.format);
  withNewDataset(file, spec, requiredType(spec.output), dims, (dataset) => {
    const space = dataset.getSpace();
    for (const { start, count } of piecesOf(dims, chunkDims, input.format.bits / 8)) {
      if (dims.length > 0) space.selectHyperslab(start, count);
      dataset.write(h5s.createSimple(count), space, input.next(product(count)), memoryType);
    }
  });
}

function importStrings(file: FileID, spec: StringsImport, source: ByteSource): void {
  const { type, values } = stringsInput(spec, source);
  const dims = spec.dims ?? [values.length];
  if (product(dims) !== values.length) {
    throw new HDF5Error("argument", `the file has ${values.length} strings, the dataset ${product(dims)}`);
  }
  withNewDataset(file, spec, type, dims, (dataset) => {
    withElements(file.location().file.engine, type.datatype(), values, (bytes) => {
      dataset.write(h5s.ALL, h5s.ALL, bytes, type);
    });
  });
}

function withNewDataset(
  file: FileID,
  spec: ImportSpec,
  type: TypeID,
  dims: readonly number[],
  use: (dataset: DatasetID) => void,
): void {
  const links = h5p.create(h5p.LINK_CREATE);
  links.setCreateIntermediateGroup(true);
  const space = h5s.createSimple(dims, spec.maxDims ?? dims);
  const dataset = h5d.create(file, spec.path, type, space, creationList(spec, type, dims), links);
  try {
    use(dataset);
    dataset.close();
  } catch (error) {
    dataset.close();
    h5g.open(file, "/").unlink(spec.path);
    throw error;
  }
}

function creationList(spec: ImportSpec, type: TypeID, dims: readonly number[]): h5p.PropDCID {
  const list = h5p.create(h5p.DATASET_CREATE);
  if (spec.chunkDims !== undefined) list.setChunk(spec.chunkDims);
  if (spec.external !== undefined) list.setExternal(spec.external, 0, product(dims) * type.getSize());
  for (const filter of spec.filters) {
    if (filter.name === "deflate") list.setDeflate(filter.level);
    else if (filter.name === "shuffle") list.setShuffle();
    else if (filter.name === "nbit") list.setNbit();
    else list.setFletcher32();
  }
  return list;
}
