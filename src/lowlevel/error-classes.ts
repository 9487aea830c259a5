/** Error classes and messages that programs register beside the library's own. C: `H5Eregister_class`, `H5Ecreate_msg`. */
import type { ErrorRecord } from "./error-codes.ts";
import { closedRecord, ID_TYPE, ObjectID } from "./object-id.ts";

/** A set of messages with the name of the library that reports them. */
export class ErrorClassID extends ObjectID {
  /** What the class was registered by. */
  readonly name: string;
  /** Name of the library that reports. */
  readonly library: string;
  /** Version of that library. */
  readonly version: string;

  constructor(name: string, library: string, version: string) {
    super(ID_TYPE.ERROR_CLASS);
    this.name = name;
    this.library = library;
    this.version = version;
  }

  protected closedRecords(): readonly [ErrorRecord, ...ErrorRecord[]] {
    return [closedRecord("H5I_object_verify", "not a error class ID")];
  }
}

/** A major message (where something failed) or a minor one (what was wrong) of a class. */
export class ErrorMessageID extends ObjectID {
  /** The class that it is of. */
  readonly errorClass: ErrorClassID;
  /** Whether it says where something failed, or what was wrong. */
  readonly kind: "major" | "minor";
  /** What is printed for it. */
  readonly text: string;

  constructor(errorClass: ErrorClassID, kind: "major" | "minor", text: string) {
    super(ID_TYPE.ERROR_MSG);
    this.errorClass = errorClass;
    this.kind = kind;
    this.text = text;
  }

  protected closedRecords(): readonly [ErrorRecord, ...ErrorRecord[]] {
    return [closedRecord("H5I_object_verify", "not a error message ID")];
  }
}
