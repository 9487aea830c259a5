import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { withPlainNamespaces } from "../../scripts/lib/namespace-objects.mjs";

/** As esbuild makes a namespace of a module. */
const BUILT = `
  var __defProp=Object.defineProperty;var __export=(target,all)=>{for(var name in all)__defProp(target,name,{get:all[name],enumerable:!0})};
  var h5x_exports={};__export(h5x_exports,{LATER:()=>LATER,open:()=>open2});
  function open2(){return h5x_exports.LATER}
  var LATER="defined behind the namespace";
  export{h5x_exports,open2 as open};`;

const plain = withPlainNamespaces(BUILT);

async function bundled(program: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: "/" },
    bundle: true,
    format: "esm",
    write: false,
    plugins: [
      {
        name: "built",
        setup({ onLoad, onResolve }) {
          onResolve({ filter: /^built$/ }, () => ({ path: "built", namespace: "built" }));
          onLoad({ filter: /./, namespace: "built" }, () => ({ contents: plain, loader: "js" }));
        },
      },
    ],
  });
  return outputFiles[0]?.text ?? "";
}

describe("namespaces of a built module", () => {
  test("have the members that they had, which cannot be set", async () => {
    const { h5x_exports: h5x, open } = await import(`data:text/javascript,${encodeURIComponent(plain)}`);
    expect(Object.keys(h5x)).toEqual(["LATER", "open"]);
    expect(h5x.open).toBe(open);
    expect(h5x.open()).toBe("defined behind the namespace");
    expect(() => {
      h5x.LATER = "";
    }).toThrow(TypeError);
  });

  test("fall away in programs without them, and stay in those with them", async () => {
    expect(await bundled(`import "built";`)).not.toContain("LATER");
    expect(await bundled(`import { h5x_exports } from "built"; console.log(h5x_exports.open());`)).toContain("LATER");
  });

  test("stay as they are in a module without any", () => {
    const code = "var a=1;export{a};";
    expect(withPlainNamespaces(code)).toBe(code);
  });

  test("of another form are an error of the build", () => {
    expect(() => withPlainNamespaces("var x={a:1};__export(x,{b:()=>b});")).toThrow("not made as esbuild makes them");
    expect(() => withPlainNamespaces("var x={};__export(x,{b:()=>b+1});")).toThrow("the member b of x is no name");
  });
});
