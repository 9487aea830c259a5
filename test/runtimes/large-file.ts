/** A file of more than 4 GiB, most of it a hole. */
import { type File, type FileMode, slice } from "h5ts";

/** Elements of 8 bytes: 4.5 GiB. */
const COUNT = 4.5 * 2 ** 27;

export async function largeFile(open: (mode: FileMode) => Promise<File>): Promise<void> {
  const made = await open("w");
  made.createDataset("large", { shape: [COUNT], dtype: "<f8" });
  made.close();
  const edited = await open("r+");
  edited.getDataset("large").write(slice(COUNT - 3, COUNT), Float64Array.of(1, 2, 3));
  // What is made now lies behind the large dataset.
  edited.set(
    "behind",
    Int32Array.from({ length: 1000 }, (_, i) => i),
  );
  if (edited.fileSize < 4.5 * 2 ** 30) throw new Error(`the file has ${edited.fileSize} bytes`);
  edited.close();
  const read = await open("r");
  const tail = read.getDataset("large").read<{ data: Float64Array }>("-4:").data;
  const behind = read.getDataset("behind").read<{ data: Int32Array }>().data;
  read.close();
  if (tail.join() !== "0,1,2,3" || behind[999] !== 999) throw new Error(`read ${tail.join()} and ${behind[999]}`);
}
