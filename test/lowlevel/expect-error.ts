/** Expectations about the errors of the API floor. */
import { expect } from "vitest";
import { ApiError } from "../../src/lowlevel/api-error.ts";

/** Runs `operation`, which must fail with h5py's class and words; returns the error. */
export function expectError(operation: () => unknown, name: string, message: string | RegExp): ApiError {
  let caught: unknown;
  try {
    operation();
  } catch (error) {
    caught = error;
  }
  expect(caught, `expected ${name}: ${message}`).toBeInstanceOf(ApiError);
  const error = caught as ApiError;
  if (typeof message === "string") expect(`${error.name}: ${error.message}`).toBe(`${name}: ${message}`);
  else {
    expect(error.name).toBe(name);
    expect(error.message).toMatch(message);
  }
  return error;
}
