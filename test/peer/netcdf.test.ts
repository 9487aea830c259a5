/** Files of the netCDF-4 library, which builds on HDF5 and is strict about what it finds: read, edited in turns, and made. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { File, type Group, slice } from "../../src/index.ts";
import { h5dump, inFolder, pythonWithH5py, start } from "./peers.ts";

const script = fileURLToPath(new URL("netcdf.py", import.meta.url));

function netcdf(command: "make" | "change" | "tell", path: string): string {
  const output = start(pythonWithH5py(), [script, command, path]);
  if (output?.status !== 0) throw new Error(`netCDF: ${output?.stderr}`);
  return output.stdout;
}

interface Variable {
  readonly dimensions: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly values: unknown;
}

interface Contents {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly dimensions: Readonly<Record<string, readonly [length: number, unlimited: boolean]>>;
  readonly variables: Readonly<Record<string, Variable>>;
  readonly groups: Readonly<Record<string, Contents>>;
}

const tell = (path: string): Contents => JSON.parse(netcdf("tell", path)) as Contents;

const rowsOf = (variable: Variable | undefined) => (variable?.values as number[][] | undefined) ?? [];

/** A dimension scale by netCDF's conventions. */
function addDimension(group: Group, name: string, id: number, length: number, limit: number | null): void {
  const scale = group.createDataset(name, { shape: [length], maxshape: [limit], dtype: "<f8", trackOrder: true });
  scale.makeScale(name);
  scale.attrs.create("_Netcdf4Dimid", id, { dtype: "<i4" });
}

describe("netCDF-4", () => {
  test("a file of the netCDF library is read", () => {
    inFolder((folder) => {
      const path = join(folder, "made.nc");
      netcdf("make", path);
      using file = new File(path, "r");
      expect(file.attrs.get("title")).toMatchObject({ data: ["Grüße"] });
      expect(file.get("time").read()).toMatchObject({
        shape: [10],
        data: Float64Array.from({ length: 10 }, (_, i) => i / 2),
      });
      const temperature = file.get("temperature");
      expect(temperature.read([slice(8, 10)])).toMatchObject({
        shape: [2, 5],
        data: Float32Array.from({ length: 10 }, (_, i) => 40 + i),
      });
      expect(temperature.attrs.get("units")).toBe("K");
      expect(temperature.dims.get(1).label).toBe("");
      expect(temperature.dims.get(1).get(0).name).toBe("/x");
      expect(file.get("names").read()).toMatchObject({ data: ["a", "b", "c", "d", "e"] });
      expect(file.get("pairs").read([3])).toEqual({ a: 3, b: [3, -3] });
      expect(file.get("ragged").read([4])).toEqual(Int32Array.of(0, 1, 2, 3));
      expect(file.get("flags").read()).toMatchObject({ data: Uint8Array.of(0, 1, 0, 1, 0) });
      expect(file.get("inner/counts").maxshape).toEqual([null]);
    });
  });

  test("both edit a file in turns", () => {
    inFolder((folder) => {
      const path = join(folder, "turns.nc");
      netcdf("make", path);
      for (let turn = 0; turn < 3; turn++) {
        const step = 10 + 2 * turn;
        const file = new File(path, "r+");
        for (const name of ["time", "temperature", "inner/counts"]) file.get(name).resize(step + 1, 0);
        file.get("time").write([step], step);
        file.get("temperature").write([step], Float32Array.of(1, 2, 3, 4, step));
        file.get("inner/counts").write([step], 2n ** 60n);
        file.get("names").write([1], `step ${step}`);
        file.get("ragged").write([0], Int32Array.of(step));
        file.attrs.set("history", `turn ${turn}`);
        file.get("temperature").attrs.set(`note${turn}`, "by h5ts");
        file.close();
        netcdf("change", path);
        const { attributes, dimensions, variables, groups } = tell(path);
        expect(attributes).toEqual({ title: "Grüße", history: `turn ${turn}` });
        expect(dimensions).toEqual({ time: [step + 2, true], x: [5, false] });
        expect(variables.temperature?.attributes).toMatchObject({
          [`note${turn}`]: "by h5ts",
          note: `step ${step + 1}`,
        });
        const rows = rowsOf(variables.temperature);
        expect(rows.slice(step)).toEqual([
          [1, 2, 3, 4, step],
          [7, 7, 7, 7, 7],
        ]);
        expect(variables.names?.values).toEqual(["changed by netCDF", `step ${step}`, "c", "d", "e"]);
        expect(rowsOf(variables.ragged)[0]).toEqual([step]);
        expect(groups.inner?.variables.counts?.values).toMatchObject({ [step]: 2 ** 60 });
        expect(Object.keys(variables)).toContain(`added${step + 1}`);
        h5dump(path);
      }
    });
  });

  test("a file made by h5ts is one of netCDF, and grows there", () => {
    inFolder((folder) => {
      const path = join(folder, "ours.nc");
      const file = new File(path, "w", { trackOrder: true, libver: ["earliest", "v108"] });
      addDimension(file, "time", 0, 2, null);
      addDimension(file, "x", 1, 5, 5);
      file.get("time").write(null, [0.5, 1]);
      file.get("x").write(null, [10, 20, 30, 40, 50]);
      const rain = file.createDataset("rain", {
        shape: [2, 5],
        maxshape: [null, 5],
        chunks: [16, 5],
        dtype: "<i2",
        fillvalue: -9,
        compression: "gzip",
        shuffle: true,
        trackOrder: true,
      });
      rain.write([0], [1, 2, 3, 4, 5]);
      rain.dims.get(0).attachScale(file.get("time"));
      rain.dims.get(1).attachScale(file.get("x"));
      rain.attrs.set("units", "mm");
      file.createDataset("temperature", { shape: [2, 5], maxshape: [null, 5], dtype: "<f4", trackOrder: true });
      for (const [axis, name] of ["time", "x"].entries())
        file.get("temperature").dims.get(axis).attachScale(file.get(name));
      file
        .createDataset("names", { data: ["p", "q", "r", "s", "t"], trackOrder: true })
        .dims.get(0)
        .attachScale(file.get("x"));
      file.close();
      expect(tell(path).variables.rain).toEqual({
        dimensions: ["time", "x"],
        attributes: { units: "mm" },
        values: [
          [1, 2, 3, 4, 5],
          [-9, -9, -9, -9, -9],
        ],
      });
      netcdf("change", path);
      const { dimensions, variables } = tell(path);
      expect(dimensions).toEqual({ time: [3, true], x: [5, false] });
      expect(variables.x?.values).toEqual([10, 20, 30, 40, 50]);
      expect(rowsOf(variables.temperature)[2]).toEqual([7, 7, 7, 7, 7]);
      using changed = new File(path, "r");
      expect(changed.get("names").read()).toMatchObject({ data: ["changed by netCDF", "q", "r", "s", "t"] });
      expect(changed.get("added2").read()).toMatchObject({ data: Int16Array.of(0, 1, 2, 3, 4) });
    });
  });
});
