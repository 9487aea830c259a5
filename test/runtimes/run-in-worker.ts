/** The suite in a worker of a page. */
import { OpfsTarget, type SyncAccessHandle } from "h5ts";
import { runSuite } from "./suite.ts";

/** Types of workers are not those of pages. */
interface PrivateFile {
  createSyncAccessHandle(): Promise<SyncAccessHandle>;
}

async function openPrivate(name: string): Promise<OpfsTarget> {
  const folder = await navigator.storage.getDirectory();
  const file = (await folder.getFileHandle(name, { create: true })) as unknown as PrivateFile;
  return new OpfsTarget(await file.createSyncAccessHandle(), name);
}

addEventListener("message", async ({ data }) => {
  postMessage(await runSuite({ ...data, openPrivate }));
});
