/** How many things the machine does at a time. */
import { builtinModule } from "../io/platform.ts";

export function platformCores(): number {
  const { navigator } = globalThis as { navigator?: { hardwareConcurrency?: number } };
  const os = builtinModule("node:os") as { availableParallelism?: () => number } | undefined;
  return navigator?.hardwareConcurrency ?? os?.availableParallelism?.() ?? 1;
}
