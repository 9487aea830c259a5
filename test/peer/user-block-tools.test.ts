/** `jam`, `unjam` and `repart` beside the C library's tools: the same arguments make files of the same bytes. */
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runJam } from "../../src/tools/jam/command.ts";
import { runRepart } from "../../src/tools/repart/command.ts";
import { runUnjam } from "../../src/tools/unjam/command.ts";
import { fixturePath } from "../support/fixture-model.ts";
import { runTool } from "../tools/test-platform.ts";
import { C_LIBRARY, h5dump, inFolder, runPython, start } from "./peers.ts";

/** Runs a tool of the C library; it must succeed. @returns what it prints. */
function runPeer(command: string, ...args: string[]): string {
  const output = start(command, args);
  if (output === undefined) throw new Error(`the peer suite needs ${command}`);
  if (output.status !== 0) throw new Error(`${command} ended with ${output.status}: ${output.stderr}`);
  return output.stdout;
}

function succeeds(result: { readonly code: number; readonly errors: string; readonly output: string }): string {
  expect(result).toMatchObject({ code: 0, errors: "" });
  return result.output;
}

/** Files without a user block, with one that the superblock knows, and with one that h5jam made. */
const SOURCES = ["links-earliest", "user-block-512", "user-block-1024-latest"] as const;

describe.each(SOURCES)("%s", (fixture) => {
  test.each([0, 512, 513])("a user block from %i bytes is that of h5jam and goes again", (byteLength) => {
    inFolder((folder) => {
      const at = (name: string) => join(folder, name);
      const source = fixturePath(`${fixture}.h5`);
      writeFileSync(at("added"), new Uint8Array(byteLength).fill(66));
      for (const flags of [[], ["--clobber"]]) {
        runPeer("h5jam", "-i", source, "-u", at("added"), "-o", at("theirs.h5"), ...flags);
        succeeds(runTool(runJam, "-i", source, "-u", at("added"), "-o", at("ours.h5"), ...flags));
        const made = readFileSync(at("theirs.h5"));
        expect(readFileSync(at("ours.h5")).equals(made)).toBe(true);
        // In its place h5jam 1.10 leaves bytes of the file in the block where it moves them by less than the block has.
        copyFileSync(source, at("changed.h5"));
        succeeds(runTool(runJam, "-i", at("changed.h5"), "-u", at("added"), ...flags));
        expect(readFileSync(at("changed.h5")).equals(made)).toBe(true);
        if (byteLength > 512) unjams(made, at);
      }
      h5dump(at("changed.h5"));
    });
  });
});

function unjams(jammed: Uint8Array, at: (name: string) => string): void {
  writeFileSync(at("jammed.h5"), jammed);
  runPeer("h5unjam", "-i", at("jammed.h5"), "-o", at("theirs.h5"), "-u", at("their block"));
  succeeds(runTool(runUnjam, "-i", at("jammed.h5"), "-o", at("ours.h5"), "-u", at("our block")));
  const rest = readFileSync(at("theirs.h5"));
  expect(readFileSync(at("ours.h5")).equals(rest)).toBe(true);
  const block = readFileSync(at("their block"));
  expect(readFileSync(at("our block")).equals(block)).toBe(true);
  const printed = succeeds(runTool(runUnjam, "-i", at("jammed.h5"), "-o", at("ours.h5")));
  expect(Buffer.from(printed, "latin1").equals(block)).toBe(true);
  // h5unjam 1.10 does not do without an output file.
  succeeds(runTool(runUnjam, "-i", at("jammed.h5"), "--delete"));
  expect(readFileSync(at("jammed.h5")).equals(rest)).toBe(true);
  h5dump(at("jammed.h5"));
}

describe.each(["earliest", "latest"])("a family, %s", (bounds) => {
  const source = `test/fixtures/drivers/family-${bounds}-%03d.h5`;

  test.each([
    ["members of another size", "-m", "3000", "part-%d.h5"],
    ["members of the same size", "-m", "1k", "part-%02d.h5"],
    ["one member", "part-%d.h5"],
  ])("becomes %s like h5repart's", (_, ...words) => {
    inFolder((folder) => {
      const options = words.slice(0, -1);
      const name = words.at(-1) as string;
      const [theirs, ours] = [join(folder, `t-${name}`), join(folder, `o-${name}`)] as const;
      runPeer("h5repart", ...options, source, theirs);
      succeeds(runTool(runRepart, ...options, source, ours));
      const names = readdirSync(folder).filter((file) => file.startsWith("t-"));
      expect(readdirSync(folder).filter((file) => file.startsWith("o-"))).toEqual(
        names.map((file) => `o${file.slice(1)}`),
      );
      const sizes = (prefix: string) => names.map((file) => readFileSync(join(folder, prefix + file.slice(1))).length);
      expect(sizes("o")).toEqual(sizes("t"));
      expect(dumpOf(ours, "-f", "family", "-B")).toBe(dumpOf(theirs, "-f", "family", "-B"));
      // And back: the members that were there.
      const again = join(folder, "again-%03d.h5");
      succeeds(runTool(runRepart, "-m", String(readFileSync(source.replace("%03d", "000")).length), ours, again));
      for (let i = 0; existsSync(source.replace("%03d", String(i).padStart(3, "0"))); i++) {
        const number = String(i).padStart(3, "0");
        const original = readFileSync(source.replace("%03d", number));
        expect(readFileSync(again.replace("%03d", number)).equals(original)).toBe(true);
      }
    });
  });

  test("becomes one file", () => {
    inFolder((folder) => {
      const [theirs, ours] = [join(folder, "theirs.h5"), join(folder, "ours.h5")] as const;
      succeeds(runTool(runRepart, "-family_to_single", source, ours));
      expect(dumpOf(ours)).toBe(dumpOf(source, "-f", "family"));
      // h5repart 1.10 crashes when the record is a message.
      if (bounds === "latest") return;
      runPeer("h5repart", "-family_to_single", source, theirs);
      expect(dumpOf(ours, "-B")).toBe(dumpOf(theirs, "-B"));
    });
  });
});

/** The record does not go into the first block of the superblock's extension, where there are shared messages. */
const SHARING_FAMILY = `
fcpl = h5py.h5p.create(h5py.h5p.FILE_CREATE)
assert C.H5Pset_shared_mesg_nindexes(ctypes.c_int64(fcpl.id), ctypes.c_uint(1)) >= 0
assert C.H5Pset_shared_mesg_index(ctypes.c_int64(fcpl.id), ctypes.c_uint(0), ctypes.c_uint(0x1f), ctypes.c_uint(0)) >= 0
fapl = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
fapl.set_libver_bounds(h5py.h5f.LIBVER_V110, h5py.h5f.LIBVER_LATEST)
fapl.set_fapl_family(2048, h5py.h5p.create(h5py.h5p.FILE_ACCESS))
with h5py.File(h5py.h5f.create(args[0].encode(), h5py.h5f.ACC_TRUNC, fcpl, fapl)) as f:
    for i in range(3):
        f[f"data {i}"] = np.arange(300 * i)
`;

test("a family whose record is in a later block becomes one file, and one of other members", () => {
  inFolder((folder) => {
    const at = (name: string) => join(folder, name);
    runPython(C_LIBRARY + SHARING_FAMILY, at("family-%d.h5"));
    const contents = dumpOf(at("family-%d.h5"), "-f", "family");
    succeeds(runTool(runRepart, "-family_to_single", at("family-%d.h5"), at("single.h5")));
    expect(dumpOf(at("single.h5"))).toBe(contents);
    succeeds(runTool(runRepart, "-m", "1k", at("family-%d.h5"), at("smaller-%d.h5")));
    expect(dumpOf(at("smaller-%d.h5"), "-f", "family")).toBe(contents);
  });
});

function dumpOf(path: string, ...options: string[]): string {
  return h5dump(path, ...options).replace(/^HDF5 ".*"/, "HDF5");
}
