/** A process runs many files of tests; before each it is put back to how it began, as far as they can tell. */
import { deflateOfPlatform } from "../../src/engine/platform-codecs.ts";
import { setDeflateBackend } from "../../src/filters/deflate.ts";
import * as h5 from "../../src/lowlevel/h5.ts";

setDeflateBackend(deflateOfPlatform);
try {
  h5.close();
} catch {
  // Of files that cannot be written on purpose; the others are closed all the same.
}
