/** Calls that fail: class and words are those of h5py, asked at the same time. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { inFolder, runPython } from "../peers.ts";
import { EMPTY_NAME_ROWS } from "./empty-name-rows.ts";
import { FILE_ROWS, PYTHON_FILES } from "./file-rows.ts";
import { CLOSED_OBJECT_ROWS, HIGH_LEVEL_ROWS, TEXT_ROWS } from "./high-level-rows.ts";
import { CLOSED_ROWS, DATATYPE_ROWS, LOW_LEVEL_ROWS, type Row } from "./low-level-rows.ts";
import { PYTHON_WORLD, type World, world } from "./world.ts";

function told(ours: (w: World) => unknown): [string, string] | null {
  const w = world();
  try {
    ours(w);
  } catch (error) {
    if (error instanceof Error) return [error.name, error.message];
    throw error;
  } finally {
    w.f.close();
  }
  return null;
}

const ALL: Readonly<Record<string, readonly Row[]>> = {
  "handles of closed files": CLOSED_ROWS,
  "what is closed": CLOSED_OBJECT_ROWS,
  "the low level": LOW_LEVEL_ROWS,
  "datatypes that cannot be changed": DATATYPE_ROWS,
  "empty names": EMPTY_NAME_ROWS,
  "the high level": HIGH_LEVEL_ROWS,
  "text that is not ASCII": TEXT_ROWS,
};

test.each(Object.entries(ALL))("of %s: errors have the class and the words of h5py", (_, rows) => {
  const codes = JSON.stringify(JSON.stringify(rows.map(([theirs]) => theirs)));
  const answers = JSON.parse(
    runPython(`${PYTHON_WORLD}\nprint(json.dumps([told(code) for code in json.loads(${codes})]))`),
  );
  const ours = rows.map(([theirs, call]) => ({ theirs, error: told(call) }));
  const wanted = rows.map(([theirs, , message, ourName], i) => {
    const [name, words] = answers[i] as [string, string];
    return { theirs, error: [ourName ?? name, message ?? words] };
  });
  expect(ours).toEqual(wanted);
});

test("of files: errors have the class and the words of h5py", () => {
  inFolder((folder) => {
    const codes = JSON.stringify(JSON.stringify(FILE_ROWS.map(([theirs]) => theirs)));
    const python = `${PYTHON_WORLD}${PYTHON_FILES}\nprint(json.dumps([told(code) for code in json.loads(${codes})]))`;
    const answers = JSON.parse(runPython(python, folder));
    const at = (name: string) => join(folder, name);
    expect(answers).not.toContain(null);
    const ours = FILE_ROWS.map(([theirs, call]) => ({ theirs, error: told(() => call(at)) }));
    expect(ours).toEqual(FILE_ROWS.map(([theirs], i) => ({ theirs, error: answers[i] })));
  });
});
