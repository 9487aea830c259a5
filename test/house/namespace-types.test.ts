import { expect, test } from "vitest";
import { withNamespaceTypes } from "../../scripts/lib/namespace-types.mjs";

test("members of a namespace that stand in another file keep all that they mean", () => {
  const written = `import { a as FileID, type b as FileInfo, c as unused, OBJ_ALL } from './ids.js';

type h5f_Options = Options;
declare const h5f_FileID: typeof FileID;
declare const h5f_FileInfo: typeof FileInfo;
declare const h5f_OBJ_ALL: typeof OBJ_ALL;
declare const h5f_create: typeof create;
declare namespace h5f {
  export { h5f_FileID as FileID, h5f_FileInfo as FileInfo, h5f_OBJ_ALL as OBJ_ALL, h5f_create as create };
}
declare const other_FileID: typeof FileID;
`;
  expect(withNamespaceTypes(written)).toBe(`import { a as FileID, type b as FileInfo, c as unused, OBJ_ALL, \
a as h5f_FileID, b as h5f_FileInfo, OBJ_ALL as h5f_OBJ_ALL } from './ids.js';

type h5f_Options = Options;
declare const h5f_create: typeof create;
declare namespace h5f {
  export { h5f_FileID as FileID, h5f_FileInfo as FileInfo, h5f_OBJ_ALL as OBJ_ALL, h5f_create as create };
}
declare const other_FileID: typeof FileID;
`);
});

test("a namespace has the comment of its module", () => {
  const written = "declare namespace h5f {\n  export { };\n}\ndeclare namespace h5x {\n  export { };\n}\n";
  const commentOf = (name: string) => (name === "h5f" ? "/** Files. */" : undefined);
  expect(withNamespaceTypes(written, commentOf)).toBe(`/** Files. */\n${written}`);
});
