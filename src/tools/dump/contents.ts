/** The list of a file's objects (`-n`). Reference implementation: `h5trav_print` in h5trav.c. */
import type { H5File } from "../../engine/h5-file.ts";
import { byteText } from "../byte-text.ts";
import { traverse } from "../traverse.ts";
import { sortedAttributes } from "./objects.ts";
import type { DumpSession } from "./session.ts";

function entry(kind: string, rest: string): string {
  return ` ${kind.padEnd(10)} ${rest}\n`;
}

export function dumpContents(session: DumpSession, file: H5File): void {
  session.write("FILE_CONTENTS {\n");
  for (const { address } of session.current.unnamedDatatypes()) session.write(entry("datatype", `/#${address}`));
  const { contentsVerbosity, order } = session.options;
  traverse(
    file,
    {
      object: (name, object, seenAs) => {
        const path = byteText(name);
        session.write(entry(object.kind, seenAs === undefined ? path : `${path} -> ${byteText(seenAs)}`));
        if (seenAs !== undefined || contentsVerbosity <= 0) return;
        for (const attribute of sortedAttributes(object, order)) {
          session.write(entry("attribute", `${path === "/" ? "" : path}/${byteText(attribute.name)}`));
        }
      },
      link: (name, { target }) => {
        const path = byteText(name);
        if (target.kind === "soft") session.write(entry("link", `${path} -> ${byteText(target.path)}`));
        else if (target.kind === "external") {
          session.write(entry("ext link", `${path} -> ${byteText(target.file)} ${byteText(target.path)}`));
        } else session.write(entry("unknown type of UD link", `${path} -> ???`));
      },
      broken: (name, error) => session.fail(`"${byteText(name)}": ${error.message}`),
    },
    order,
  );
  session.write(" }\n");
}
