/** Attributes. C: `H5A`. */
import { NotFoundError } from "../base/errors.ts";
import type { Attribute } from "../engine/attribute-values.ts";
import { guarded, record } from "./api-error.ts";
import { CANNOT_READ, readAttribute, requireRoom } from "./attribute-reading.ts";
import { CSET_ASCII, CSET_UTF8 } from "./character-sets.ts";
import { typeOf } from "./dataset-id.ts";
import { writingContextOf } from "./element-context.ts";
import type { ErrorRecord } from "./error-codes.ts";
import { LocationID, type Place } from "./location-id.ts";
import { memoryBuffer } from "./memory-type.ts";
import { closedRecord, ID_TYPE } from "./object-id.ts";
import { PropACID } from "./prop-links.ts";
import { requireConversion } from "./require-conversion.ts";
import { SpaceID } from "./space-id.ts";
import type { TypeID } from "./type-id.ts";

/** An open attribute of an object; names looked up from it start at the object. h5py: `AttrID`. */
export class AttrID extends LocationID {
  private attributeName: string;

  constructor(place: Place, name: string) {
    super(ID_TYPE.ATTR, place, name);
    this.attributeName = name;
  }

  protected closedRecords(): readonly [ErrorRecord, ...ErrorRecord[]] {
    return [closedRecord("H5I_object_verify", "not an attribute")];
  }

  protected override identity(): string | undefined {
    const identity = super.identity();
    return identity === undefined ? undefined : `${identity} attribute ${this.attributeName}`;
  }

  /** Another name, after a rename. */
  follow(name: string): void {
    this.attributeName = name;
  }

  private get attribute(): Attribute {
    const attribute = this.location().object.attribute(this.attributeName);
    if (attribute === undefined) throw new NotFoundError(`can't locate attribute: '${this.attributeName}'`);
    return attribute;
  }

  /** Its name. C: `H5Aget_name`. */
  get name(): string {
    return this.getName();
  }

  /** Its name. C: `H5Aget_name`. */
  getName(): string {
    this.requireValid();
    return this.attributeName;
  }

  /** Elements a dimension; null of a null dataspace. */
  get shape(): number[] | null {
    return this.getSpace().shape;
  }

  /** The datatype as numpy writes it, for example `<i4`. */
  get dtype(): string {
    return this.getType().dtype;
  }

  /** Number of dimensions; 0 of a scalar and of a null dataspace. */
  get rank(): number {
    return this.getSpace().getSimpleExtentNdims();
  }

  /**
   * Reads the value into `array`, which has room for all of it.
   *
   * @param array - Filled in place, not kept.
   * @param mtype - The datatype of `array`'s elements; default: that of the typed array. Bytes for an attribute that is
   *   not of numbers get the file's own elements.
   * @throws RangeError when `array` is too short; OSError "Unable to read attribute (…)". C: `H5Aread`.
   */
  read(array: ArrayBufferView, mtype: TypeID | null = null): void {
    guarded(CANNOT_READ, () => {
      const { attribute } = this;
      readAttribute(this.location().object, attribute, memoryBuffer(array, attribute.datatype, mtype?.datatype()));
    });
  }

  /**
   * Replaces the value by that of `array`; parameters as for {@link read}.
   *
   * @throws RangeError when `array` is too short; OSError "Unable to write attribute (…)", `"read-only"` when the file
   *   is not open for writing. C: `H5Awrite`.
   */
  write(array: ArrayBufferView, mtype: TypeID | null = null): void {
    guarded(record("H5Awrite", "ATTR", "WRITEERROR", "unable to write attribute"), () => {
      const { object } = this.location();
      object.file.requireWritable();
      const { bytes, datatype } = this.attribute;
      const buffer = memoryBuffer(array, datatype, mtype?.datatype());
      const count = bytes.length / datatype.size;
      requireRoom(buffer.bytes, count * buffer.datatype.size);
      const value = bytes.slice();
      requireConversion(buffer.datatype, datatype, writingContextOf(object.file)).convert(
        buffer.bytes,
        0,
        value,
        0,
        count,
      );
      object.writeAttribute(this.attributeName, value);
    });
  }

  /** Its dataspace, a copy. C: `H5Aget_space`. */
  getSpace(): SpaceID {
    return guarded(record("H5Aget_space", "ATTR", "CANTGET", "can't get space ID of attribute"), () => {
      return new SpaceID(this.attribute.dataspace);
    });
  }

  /** The datatype in the file: the committed one if it is one, else a copy. Neither can be changed. C: `H5Aget_type`. */
  getType(): TypeID {
    return guarded(record("H5Aget_type", "ATTR", "CANTGET", "can't get datatype ID of attribute"), () => {
      return typeOf(this.location().file, this.attribute);
    });
  }

  /** A creation list, which tells the character set of the name. C: `H5Aget_create_plist`. */
  getCreatePlist(): PropACID {
    return guarded(record("H5Aget_create_plist", "ATTR", "CANTGET", "unable to get creation property list"), () => {
      return new PropACID({ charEncoding: this.attribute.characterSet === "utf-8" ? CSET_UTF8 : CSET_ASCII });
    });
  }

  /** Bytes of the value in the file. C: `H5Aget_storage_size`. */
  getStorageSize(): number {
    return guarded(record("H5Aget_storage_size", "ATTR", "CANTGET", "can't get size of attribute"), () => {
      return this.attribute.bytes.length;
    });
  }
}
