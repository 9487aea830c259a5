/** Conversion of elements in memory, and conversions of a program's own. C: `H5Tconvert`, `H5Tregister`, … */
import { HDF5Error } from "../base/errors.ts";
import { findConversion } from "../engine/conversion/convert.ts";
import { addConversion, type CustomConversion, removeConversions } from "../engine/conversion/custom-conversions.ts";
import { NO_HEAP } from "../engine/conversion/element-context.ts";
import type { Datatype } from "../format/datatype.ts";
import { datatypesEqual } from "../format/datatype-questions.ts";
import { argumentError, guarded, record } from "./api-error.ts";
import { expectInstance, type Name, type Size, toName, toSize } from "./arguments.ts";
import { bytesOf } from "./memory-type.ts";
import type { PropDXID } from "./prop-dxpl.ts";
import { transferSettings } from "./transfer-settings.ts";
import { TypeID } from "./type-id.ts";
import { typeIdOf } from "./type-wrap.ts";

/** Whether converting needs what the destination held before. C: `H5T_bkg_t`. */
export const BKG_NO = 0;
export const BKG_TEMP = 1;
export const BKG_YES = 2;

/** Between two datatypes, or between all of two classes. C: `H5T_pers_t`. */
export const PERS_DONTCARE = -1;
export const PERS_HARD = 0;
export const PERS_SOFT = 1;

/**
 * Converts `count` packed elements of `src` in `source` into elements of `dst` in `destination`, which do not overlap.
 * What it throws is what the transfer throws.
 */
export type ConversionFunction = (
  source: Uint8Array,
  destination: Uint8Array,
  count: number,
  src: TypeID,
  dst: TypeID,
) => void;

interface RegisteredConversion extends CustomConversion {
  readonly pers: number;
  readonly name: string;
  readonly source: Datatype;
  readonly destination: Datatype;
  readonly func: ConversionFunction;
}

/**
 * Adds a conversion, which is asked before the library's own, wherever elements are converted.
 *
 * @param pers - `PERS_HARD` for these two datatypes, `PERS_SOFT` for all of the same two classes.
 * @throws ValueError for an empty name or another `pers`. C: `H5Tregister`.
 */
export function register(pers: Size, name: Name, src: TypeID, dst: TypeID, func: ConversionFunction): void {
  const where = "H5Tregister";
  expectInstance(src, TypeID, "src");
  expectInstance(dst, TypeID, "dst");
  const text = toName(name);
  if (pers !== PERS_HARD && pers !== PERS_SOFT)
    throw argumentError(where, "ARGS", "BADVALUE", "invalid function persistence");
  if (text === "") throw argumentError(where, "ARGS", "BADVALUE", "conversion must have a name for debugging");
  if (typeof func !== "function") throw argumentError(where, "ARGS", "BADVALUE", "no conversion function specified");
  const [source, destination] = [src.datatype(), dst.datatype()];
  const added: RegisteredConversion = {
    pers,
    name: text,
    source,
    destination,
    func,
    find: (from, to) => {
      const fits =
        pers === PERS_HARD
          ? datatypesEqual(from, source) && datatypesEqual(to, destination)
          : from.class === source.class && to.class === destination.class;
      if (!fits) return undefined;
      const [fromId, toId] = [typeIdOf(from), typeIdOf(to)];
      return {
        noop: false,
        convert(input, inputAt, output, outputAt, count) {
          const elements = input.subarray(inputAt, inputAt + count * from.size);
          func(elements, output.subarray(outputAt, outputAt + count * to.size), count, fromId, toId);
        },
      };
    },
  };
  addConversion(added);
}

/**
 * Takes conversions out that a program added: all that fit what is given; `PERS_DONTCARE`, "" and null fit everything.
 *
 * C: `H5Tunregister`.
 */
export function unregister(
  pers: Size,
  name: Name = "",
  src: TypeID | null = null,
  dst: TypeID | null = null,
  func: ConversionFunction | null = null,
): void {
  const text = toName(name);
  const [source, destination] = [src?.datatype(), dst?.datatype()];
  removeConversions((one) => {
    const own = one as RegisteredConversion;
    return (
      (pers === PERS_DONTCARE || own.pers === Number(pers)) &&
      (text === "" || own.name === text) &&
      (source === undefined || datatypesEqual(own.source, source)) &&
      (destination === undefined || datatypesEqual(own.destination, destination)) &&
      (func === null || own.func === func)
    );
  });
}

/**
 * `[needBkg]`, one of `BKG_…`, when elements of one datatype can be made into elements of another; else null.
 *
 * C: `H5Tfind`. h5py: `find`.
 */
export function find(src: TypeID, dst: TypeID): [number] | null {
  expectInstance(src, TypeID, "src");
  expectInstance(dst, TypeID, "dst");
  const conversion = findConversion(src.datatype(), dst.datatype());
  if (conversion === undefined) return null;
  return [dst.datatype().class === "compound" && !conversion.noop ? BKG_YES : BKG_NO];
}

/**
 * Whether the conversion is one between numbers that the hardware has, of this machine's byte order. C: `H5Tcompiler_conv`.
 *
 * @throws TypeError when there is no conversion.
 */
export function compilerConv(src: TypeID, dst: TypeID): boolean {
  const where = "H5Tcompiler_conv";
  if (find(src, dst) === null) throw argumentError(where, "DATATYPE", "CANTINIT", "conversion function not found");
  return isHardware(src.datatype()) && isHardware(dst.datatype());
}

function isHardware(type: Datatype): boolean {
  if (type.class !== "fixed-point" && type.class !== "floating-point") return false;
  return type.byteOrder === "little-endian" && type.bitPrecision === 8 * type.size && type.size <= 8;
}

/**
 * Converts `count` elements in place: `buffer` holds them packed in `src` and then in `dst`, and has room for both.
 *
 * @param background - What members of `dst` that `src` lacks are to hold: `count` packed elements of `dst`.
 * @param dxpl - Its function for numbers that do not survive counts.
 * @throws TypeError "Unable to convert between src and dst data types (…)". C: `H5Tconvert`.
 */
export function convert(
  src: TypeID,
  dst: TypeID,
  count: Size,
  buffer: ArrayBufferView,
  background?: ArrayBufferView,
  dxpl: PropDXID | null = null,
): void {
  const { watcher } = transferSettings(dxpl);
  const elements = toSize(count, "size_t");
  const outer = record("H5Tconvert", "DATATYPE", "CANTINIT", "unable to convert between src and dst data types");
  guarded(outer, () => {
    const [from, to] = [src.datatype(), dst.datatype()];
    const conversion = findConversion(from, to, watcher && { ...NO_HEAP, watcher });
    if (conversion === undefined) {
      throw new HDF5Error("conversion", "no appropriate function for conversion path");
    }
    const bytes = bytesOf(buffer);
    if (bytes.length < elements * Math.max(from.size, to.size)) {
      throw new HDF5Error("argument", `buffer of ${bytes.length} bytes for ${elements} elements`);
    }
    const converted = background === undefined ? new Uint8Array(elements * to.size) : bytesOf(background).slice();
    conversion.convert(bytes, 0, converted, 0, elements);
    bytes.set(converted.subarray(0, elements * to.size));
  });
}
