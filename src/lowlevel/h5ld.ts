/** What a reader that follows a growing dataset asks for. C: `H5LD`. */
import { HDF5Error } from "../base/errors.ts";
import { selectBox } from "../engine/selection/selection.ts";
import type { CompoundMember, Datatype } from "../format/datatype.ts";
import { guarded, record } from "./api-error.ts";
import { type Size, toSizes } from "./arguments.ts";
import type { DatasetID } from "./dataset-id.ts";

const FAILED = (where: string) => record(where, "DATASET", "CANTGET", "unable to get dataset elements");

/** The current dimensions. C: `H5LDget_dset_dims`. */
export function getDsetDims(dataset: DatasetID): number[] {
  return [...dataset.location().object.dims];
}

/** The compound member at the end of a path of names, dots between them; a backslash takes their meaning from dots and commas. */
function memberAt(type: Datatype, path: string): CompoundMember {
  let current = type;
  let found: CompoundMember | undefined;
  let byteOffset = 0;
  for (const name of splitAt(path, ".")) {
    found = current.class === "compound" ? current.members.find((member) => member.name === name) : undefined;
    if (found === undefined) throw new HDF5Error("argument", `no field '${path}'`, { path });
    byteOffset += found.byteOffset;
    current = found.type;
  }
  return { name: path, byteOffset, type: current };
}

function splitAt(text: string, separator: "." | ","): string[] {
  const parts: string[] = [];
  let part = "";
  for (let i = 0; i < text.length; i++) {
    const letter = text[i] as string;
    const escaped = text[i + 1];
    if (letter === "\\" && escaped !== undefined) {
      // A list of fields is split before their paths are.
      part += separator === "," ? letter + escaped : escaped;
      i++;
    } else if (letter === separator) {
      parts.push(part);
      part = "";
    } else part += letter;
  }
  return [...parts, part];
}

function fieldsOf(type: Datatype, fields: string | null): readonly CompoundMember[] {
  if (fields === null) return [{ name: "", byteOffset: 0, type }];
  return splitAt(fields, ",").map((path) => memberAt(type, path));
}

/**
 * Bytes of an element, or of some fields of it together.
 *
 * @param fields - Names, commas between them, dots within: `"position.x,time"`. C: `H5LDget_dset_type_size`.
 */
export function getDsetTypeSize(dataset: DatasetID, fields: string | null = null): number {
  return guarded(FAILED("H5LDget_dset_type_size"), () => {
    const { datatype } = dataset.location().object;
    return fieldsOf(datatype, fields).reduce((sum, { type }) => sum + type.size, 0);
  });
}

/**
 * The elements that a dataset has more than it had: those in the corner between earlier dimensions and later ones, the last
 * dimension fastest, in the datatype of the file. Of fields only these, one after the other.
 *
 * @param previousDims - Dimensions as they were.
 * @param currentDims - As they are now, or were in between; no element of a dimension that did not grow is left out.
 * @throws RuntimeError when no dimension grew, or there is no such field. C: `H5LDget_dset_elmts`.
 */
export function getDsetElmts(
  dataset: DatasetID,
  previousDims: readonly Size[],
  currentDims: readonly Size[],
  fields: string | null = null,
): Uint8Array {
  const [before, now] = [toSizes(previousDims, "prev_dims"), toSizes(currentDims, "cur_dims")];
  return guarded(FAILED("H5LDget_dset_elmts"), () => {
    const { object } = dataset.location();
    if (before.length !== object.dims.length || now.length !== object.dims.length) {
      throw new HDF5Error("argument", "dimensions of another rank");
    }
    const grew = now.map((size, d) => size > (before[d] as number));
    if (!grew.includes(true)) throw new HDF5Error("argument", "no dimension has grown");
    // As the C tool has it: of dimensions that grew what is new, of others everything.
    const start = before.map((size, d) => (grew[d] ? size : 0));
    const selection = selectBox(
      object.dims,
      start,
      now.map((size, d) => size - (start[d] as number)),
    );
    const bytes = object.readBytes(selection);
    if (fields === null) return bytes;
    const members = fieldsOf(object.datatype, fields);
    const total = members.reduce((sum, { type }) => sum + type.size, 0);
    const count = bytes.length / object.elementSize;
    const out = new Uint8Array(count * total);
    for (let i = 0, at = 0; i < count; i++) {
      for (const { byteOffset, type } of members) {
        const from = i * object.elementSize + byteOffset;
        out.set(bytes.subarray(from, from + type.size), at);
        at += type.size;
      }
    }
    return out;
  });
}
