/** A walk over single runs of a selection, for looking along two selections at once. */
import type { RunGroups } from "./run-groups.ts";

export class RunWalk {
  /** First element of the run in the extent. */
  offset = 0;
  /** Its number in the selection. */
  position = 0;
  length = 0;
  private readonly groups: RunGroups;
  private left = 0;

  constructor(groups: RunGroups) {
    this.groups = groups;
  }

  /** Goes to the next run; false when there is none. */
  next(): boolean {
    if (this.left > 0) {
      this.left--;
      this.offset += this.groups.offsetStride;
      this.position += this.groups.positionStride;
      return true;
    }
    if (!this.groups.next()) return false;
    this.offset = this.groups.offset;
    this.position = this.groups.position;
    this.length = this.groups.length;
    this.left = this.groups.repeat - 1;
    return true;
  }
}
