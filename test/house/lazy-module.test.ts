import { build } from "esbuild";
import { zlibSync } from "fflate";
import { describe, expect, test } from "vitest";
import { lazyModule } from "../../scripts/lib/lazy-module.mjs";

const root = new URL("../..", import.meta.url).pathname;

/** What a bundle of this text exports. */
async function evaluated(contents: string): Promise<Record<string, unknown>> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    write: false,
    format: "esm",
    platform: "neutral",
    plugins: [lazyModule("fflate", ["Inflate", "unzlibSync"])],
  });
  const text = outputFiles[0]?.text ?? "";
  return (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as Record<string, unknown>;
}

describe("a module that is evaluated when it is used", () => {
  const bytes = Uint8Array.from({ length: 3000 }, (_, i) => i % 13);

  test("makes no table at the import", async () => {
    const { before, after } = await evaluated(`
      import { unzlibSync } from "fflate";
      let count = 0;
      const Words = globalThis.Uint16Array;
      globalThis.Uint16Array = class extends Words { constructor(...values) { super(...values); count++; } };
      export const before = count;
      unzlibSync(Uint8Array.of(${zlibSync(bytes).join()}));
      export const after = count;
      globalThis.Uint16Array = Words;`);
    expect(before).toBe(0);
    expect(after).toBeGreaterThan(0);
  });

  test("gives functions and classes that do what those of the module do", async () => {
    const { whole, pieces } = await evaluated(`
      import { Inflate, unzlibSync } from "fflate";
      const stored = Uint8Array.of(${zlibSync(bytes).join()});
      export const whole = [...unzlibSync(stored)];
      export const pieces = [];
      const stream = new Inflate((piece) => pieces.push(...piece));
      stream.push(stored.subarray(2, 20));
      stream.push(stored.subarray(20, -4), true);`);
    expect(whole).toEqual([...bytes]);
    expect(pieces).toEqual([...bytes]);
  });
});
