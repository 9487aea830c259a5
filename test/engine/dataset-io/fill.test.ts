import { describe, expect, test } from "vitest";
import { fillRule } from "../../../src/engine/dataset-io/fill.ts";
import type { FillTime, FillValue } from "../../../src/format/fill-value.ts";

function message(status: FillValue["status"], fillTime: FillTime): FillValue {
  const value = status === "user" ? Uint8Array.of(7) : undefined;
  return { version: 2, allocationTime: "late", fillTime, status, value };
}

describe("fill rule", () => {
  test("without a message reads zeros", () => {
    expect(fillRule(undefined)).toEqual({ element: undefined, onRead: true, onAllocate: false, newElement: undefined });
  });

  test("reads the value, or zeros by default, unless told never to", () => {
    const seven = Uint8Array.of(7);
    const all = { element: seven, onRead: true, onAllocate: true, newElement: seven };
    expect(fillRule(message("user", "if-set"))).toEqual(all);
    expect(fillRule(message("default", "if-set"))).toMatchObject({ element: undefined, onRead: true });
    const never = { onRead: false, onAllocate: false, newElement: undefined };
    expect(fillRule(message("user", "never"))).toMatchObject(never);
  });

  test("leaves memory alone where no fill value is defined", () => {
    expect(fillRule(message("undefined", "if-set"))).toMatchObject({ onRead: false, onAllocate: false });
  });
});
