/** Judges the use of space in a file that we have open for writing, with what is known of it from before. */
import type { H5File } from "../../src/engine/h5-file.ts";
import { AllocationAccount } from "./allocations.ts";
import { checkHeap, type HeapObjectName } from "./heap-objects.ts";
import { type ByteSpan, overlaps, spaceProblems } from "./space-check.ts";

export interface KnownSpace {
  /** Bytes without an owner that the file has lost before it was opened. */
  readonly lost?: readonly ByteSpan[];
  /** Collections of the global heap of nothing but objects that region references left behind. */
  readonly abandonedHeaps?: readonly ByteSpan[];
  /** The heap objects of all region references made so far, or left over for another reason. The caller adds new ones. */
  readonly references: ReadonlySet<HeapObjectName>;
  /** Whether the file keeps account of what is freed, at least while it is open. */
  readonly keepsAccount: boolean;
}

export class SpaceJudge {
  private readonly file: H5File;
  private readonly known: KnownSpace;
  private readonly allocations: AllocationAccount;
  /** After the last check: heap objects that nothing holds, and collections of nothing else. */
  abandoned: readonly HeapObjectName[] = [];
  abandonedHeaps: readonly ByteSpan[] = [];

  constructor(file: H5File, known: KnownSpace) {
    this.file = file;
    this.known = known;
    this.allocations = new AllocationAccount(file, known.abandonedHeaps);
  }

  /** Flushes. @returns what is wrong. */
  problems(): string[] {
    const { file, allocations } = this;
    const { lost = [], references, keepsAccount } = this.known;
    const heap = checkHeap(file, references, allocations);
    this.abandoned = heap.abandoned;
    this.abandonedHeaps = heap.lost;
    const accounts = keepsAccount ? spaceProblems(file, [...lost, ...heap.lost]) : overlaps(file);
    return [...heap.problems, ...accounts, ...allocations.problems(heap.lost)];
  }
}
