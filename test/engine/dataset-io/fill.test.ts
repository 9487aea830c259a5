import { describe, expect, test } from "vitest";
import { fillRule } from "../../../src/engine/dataset-io/fill.ts";
import type { FillTime, FillValue } from "../../../src/format/fill-value.ts";

function message(status: FillValue["status"], fillTime: FillTime): FillValue {
  const value = status === "user" ? Uint8Array.of(7) : undefined;
  return { version: 2, allocationTime: "late", fillTime, status, value };
}

describe("fill rule", () => {
  test("without a message reads zeros", () => {
    expect(fillRule(undefined)).toEqual({ element: undefined, onRead: true, onAllocate: false });
  });

  test("reads the value, or zeros by default, unless told never to", () => {
    expect(fillRule(message("user", "if-set"))).toEqual({ element: Uint8Array.of(7), onRead: true, onAllocate: true });
    expect(fillRule(message("default", "if-set"))).toMatchObject({ element: undefined, onRead: true });
    expect(fillRule(message("user", "never"))).toMatchObject({ onRead: false, onAllocate: false });
  });

  test("leaves memory alone where no fill value is defined", () => {
    expect(fillRule(message("undefined", "if-set"))).toMatchObject({ onRead: false, onAllocate: false });
  });
});
