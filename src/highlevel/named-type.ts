/** A datatype that is an object of the file. h5py: `Datatype`. */
import { dtypeText } from "../engine/conversion/dtype-text.ts";
import type { Datatype as DatatypeValue } from "../format/datatype.ts";
import { plainError } from "../lowlevel/api-error.ts";
import { isTypeHandle, type OpenDatatype } from "../lowlevel/open-object.ts";
import type { TypeID } from "../lowlevel/type-id.ts";
import { dtypeCode } from "./dtype.ts";
import { baseName, HLObject } from "./hl-object.ts";

/** A datatype that is an object of the file, with a name and attributes. h5py: `Datatype`. */
export class Datatype extends HLObject<TypeID, OpenDatatype> {
  /** @throws ValueError for a handle that is not of a datatype. */
  constructor(id: TypeID | OpenDatatype) {
    if (!isTypeHandle(id)) throw plainError("ValueError", `${String(id)} is not a TypeID`);
    super(id);
  }

  /** The datatype as a value. */
  get datatype(): DatatypeValue {
    this.requireOpen();
    return this.handle.datatype();
  }

  /** In numpy's words. */
  get dtype(): string {
    return dtypeText(this.datatype);
  }

  /** `<HDF5 named type "t" (dtype <i4)>`, as h5py prints it. */
  override toString(): string {
    if (!this.isOpen) return "<Closed HDF5 named type>";
    const { name } = this;
    const text = name === null ? '("anonymous")' : `"${baseName(name)}"`;
    return `<HDF5 named type ${text} (dtype ${dtypeCode(this.datatype)})>`;
  }
}
