/** What is told of an error on the command line. */
import { isHdf5Error } from "../base/errors.ts";

/** The library's messages of failed system calls, with the numbers that it puts around the two things that matter. */
const SYSTEM_CALL = /(unable to [\w ]+|file (?:read|write) failed): .*?name = '(.*?)', .*?error message = '(.*?)'/;

/** What was wrong, and with which file or object where that is known. */
export function problemText(error: Error): string {
  const [, action, name, reason] = SYSTEM_CALL.exec(error.message) ?? [];
  if (action !== undefined) return `${action} '${name}': ${reason}`;
  const path = isHdf5Error(error) ? error.path : undefined;
  return path === undefined || error.message.includes(path) ? error.message : `${path}: ${error.message}`;
}

/** The same where the file is named already. */
export function reasonText(error: Error): string {
  return SYSTEM_CALL.exec(error.message)?.[3] ?? error.message;
}
