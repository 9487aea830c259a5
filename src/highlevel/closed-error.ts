import { plainError } from "../lowlevel/api-error.ts";

/** The error of any use of what is closed, in the words of the notebook that this library started from. */
export function closedError() {
  return plainError("ValueError", "Not a file id (Not a file id)", { code: "closed" });
}

/** The handle of an object that can be used: neither it nor its file was closed. @throws as {@link closedError}. */
export function opened<H extends { readonly valid: boolean }>(handle: H): H {
  if (!handle.valid) throw closedError();
  return handle;
}
