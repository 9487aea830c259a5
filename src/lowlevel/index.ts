/** The low-level interface: h5py's modules, one namespace each. */
export { ApiError } from "./api-error.ts";
export type { ErrorRecord, ExceptionName } from "./error-codes.ts";
export * as h5 from "./h5.ts";
export * as h5a from "./h5a.ts";
export * as h5d from "./h5d.ts";
export * as h5e from "./h5e.ts";
export * as h5f from "./h5f.ts";
export * as h5fd from "./h5fd.ts";
export * as h5g from "./h5g.ts";
export * as h5i from "./h5i.ts";
export * as h5l from "./h5l.ts";
export * as h5o from "./h5o.ts";
export * as h5p from "./h5p.ts";
export * as h5s from "./h5s.ts";
export * as h5t from "./h5t.ts";
export * as h5z from "./h5z.ts";
export { ObjectID } from "./object-id.ts";
