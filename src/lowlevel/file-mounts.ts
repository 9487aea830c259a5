/** Files mounted on groups of others. C: `H5Fmount`, `H5Funmount`. */
import { mountedFiles, mountFile, unmountFile } from "../engine/mounts.ts";
import { argumentError, guarded, record } from "./api-error.ts";
import { expectInstance, type Name, toName } from "./arguments.ts";
import { FileID } from "./file-id.ts";
import type { LocationID } from "./location-id.ts";
import { resolvePlace } from "./places.ts";
import { closeUnused, type SharedFile, sharedFileOf } from "./shared-file.ts";

function mountName(where: string, name: Name): string {
  const text = toName(name);
  if (text === "") throw argumentError(where, "ARGS", "BADVALUE", "name parameter cannot be the empty string");
  return text;
}

/**
 * Mounts a file on a group of another: from now on names that lead to the group lead to the root group of `file`, and on into it.
 * Identifiers of the group that are open already, and `file` itself, stay what they are. While it is mounted a file stays open,
 * and names that begin with a slash begin in the file that it is mounted in.
 *
 * @throws OSError "Unable to mount file (…)" when the group has no such name or is none, and when the file is mounted
 * already. C: `H5Fmount`.
 */
export function mount(loc: LocationID, name: Name, file: FileID): void {
  const text = mountName("H5Fmount", name);
  expectInstance(file, FileID, "fid");
  guarded(record("H5Fmount", "FILE", "MOUNT", "unable to mount file"), () => {
    const { shared } = file.openFile;
    const { object } = resolvePlace(loc.location(), text);
    mountFile(object, shared.engine);
    shared.keepers.add(sharedFileOf(object.file));
  });
}

/** Takes off the file that is mounted on the group of a name. @throws OSError "Unable to unmount file (…)". C: `H5Funmount`. */
export function unmount(loc: LocationID, name: Name): void {
  const text = mountName("H5Funmount", name);
  guarded(record("H5Funmount", "FILE", "MOUNT", "unable to unmount file"), () => {
    const { object } = resolvePlace(loc.location(), text);
    const { child, parent } = unmountFile(object);
    sharedFileOf(child).keepers.delete(sharedFileOf(parent));
  });
  closeUnused();
}

/** The file, and those mounted in it, and those in them. */
export function withMounted(shared: SharedFile): SharedFile[] {
  return [shared, ...mountedFiles(shared.engine).flatMap((file) => withMounted(sharedFileOf(file)))];
}
