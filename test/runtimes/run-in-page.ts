/** The suite in a page, and in a worker of it that has the origin private file system. */
import { runSuite } from "./suite.ts";

interface Runner {
  runHere(): Promise<unknown>;
  runInWorker(): Promise<unknown>;
}

/** What the person in front of the page has put into the two inputs. */
function chosenFiles(): { readonly chosen: Blob | undefined; readonly large: Blob | undefined } {
  const fileOf = (id: string) => (document.getElementById(id) as HTMLInputElement).files?.[0];
  return { chosen: fileOf("chosen"), large: fileOf("large") };
}

const origin = { server: location.origin, workers: `${location.origin}/worker.js` };

const runner: Runner = {
  runHere: () => runSuite({ ...origin, ...chosenFiles() }),
  runInWorker: () =>
    new Promise((resolve, reject) => {
      const worker = new Worker("/run-in-worker.js", { type: "module" });
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage({ ...origin, ...chosenFiles() });
    }),
};
Object.assign(globalThis, { runner });
