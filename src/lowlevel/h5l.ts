/** Links. C: `H5L`. h5py: `h5py.h5l`; the functions are methods of `GroupID.links`. */
export {
  type LinkInfo,
  type LinkIteration,
  LinkProxy,
  type LinkVisitor,
  TYPE_EXTERNAL,
  TYPE_HARD,
  TYPE_SOFT,
} from "./link-proxy.ts";
