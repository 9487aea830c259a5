/**
 * The script of a pool's workers. It has the predefined filters; a script of one's own imports it, registers more of them,
 * and serves functions for `WorkerPool.call`:
 *
 * ```ts
 * import { serve } from "h5ts/parallel/worker";
 * serve({ sum: (numbers: Float64Array) => numbers.reduce((a, b) => a + b, 0) });
 * ```
 */
import { HDF5Error } from "../base/errors.ts";
import { installPlatformCodecs } from "../engine/platform-codecs.ts";
import { coded } from "./coding.ts";
import type { Answer, CallTask, PlainError, Request } from "./messages.ts";
import { parentOfWorker } from "./platform-worker.ts";

function plainErrorOf(error: unknown): PlainError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { name, message } = error;
  const code = error instanceof HDF5Error ? error.code : undefined;
  return { name, message, code };
}

type Served = (argument: never) => unknown;

const served = new Map<string, Served>();

/** Makes functions available to `WorkerPool.call`, by their names. They may take their time; what they throw is thrown there. */
export function serve(functions: Readonly<Record<string, Served>>): void {
  for (const [name, each] of Object.entries(functions)) served.set(name, each);
}

async function called({ name, argument }: CallTask): Promise<Omit<Answer, "id">> {
  const found = served.get(name);
  if (found === undefined) throw new HDF5Error("not-found", `the workers' script serves no '${name}'`);
  return { value: await found(argument as never) };
}

function answerTo(request: Request): Omit<Answer, "id"> | Promise<Omit<Answer, "id">> {
  return request.kind === "call" ? called(request) : coded(request);
}

/** What may leave with the answer. Bytes in shared memory stay where they are. */
function leaving({ bytes, value }: Answer): ArrayBuffer[] {
  const own = bytes ?? (ArrayBuffer.isView(value) ? value : undefined);
  return own !== undefined && own.buffer instanceof ArrayBuffer ? [own.buffer] : [];
}

installPlatformCodecs();
const parent = parentOfWorker<Request, Answer>();
parent.onMessage(async (request) => {
  let answer: Answer;
  try {
    answer = { id: request.id, ...(await answerTo(request)) };
  } catch (error) {
    answer = { id: request.id, error: plainErrorOf(error) };
  }
  parent.send(answer, leaving(answer));
});
