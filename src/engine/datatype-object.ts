/** A committed datatype: an object header with a datatype message and no dataspace. Specification: IV.A.2.d. */
import { formatError } from "../base/errors.ts";
import type { Datatype } from "../format/datatype.ts";
import { EngineObject } from "./engine-object.ts";
import { datatypeOf } from "./header-values.ts";

export class DatatypeObject extends EngineObject {
  get kind(): "datatype" {
    return "datatype";
  }

  get datatype(): Datatype {
    const datatype = datatypeOf(this.file, this.header);
    if (datatype === undefined) {
      throw formatError("no datatype message", { structure: "Object header", address: this.address });
    }
    return datatype;
  }
}
