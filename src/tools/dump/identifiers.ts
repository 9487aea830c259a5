/**
 * The numbers that `-i` prints: the identifiers a C program would have got for what it opens.
 *
 * An identifier is the object's type in the top byte and a count of what was opened of that type before. Besides the
 * objects themselves, listing the links of a group, listing attributes and following an external link take one each.
 */
const GROUP = 2n << 56n;
const DATASET = 5n << 56n;
const ATTRIBUTE = 7n << 56n;

export class IdentifierCounter {
  /** The walk over the file before anything is printed takes one group, and each dataset once. */
  private groups = 1n;
  private datasets = 0n;
  private attributes = 0n;

  datasetsVisited(count: number): void {
    this.datasets += BigInt(count);
  }

  /** A group is opened: its identifier. Two more go to listing its attributes and links. */
  group(listsAttributes: boolean): bigint {
    const id = GROUP + this.groups;
    this.groups += listsAttributes ? 3n : 2n;
    return id;
  }

  /** A dataset is opened: its identifier. Another goes to listing its attributes. */
  dataset(listsAttributes: boolean): bigint {
    const id = DATASET + this.datasets;
    this.datasets += listsAttributes ? 2n : 1n;
    return id;
  }

  attribute(): bigint {
    return ATTRIBUTE + this.attributes++;
  }

  externalLinkFollowed(): void {
    this.groups++;
  }
}
