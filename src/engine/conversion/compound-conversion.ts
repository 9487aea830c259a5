/**
 * Compounds to each other by the names of members. C: `H5T__conv_struct`.
 *
 * Members that the destination lacks are left out; bytes of the destination that no member of the source goes to stay.
 * Each member is gathered from all elements of a block, converted at once, and spread.
 */
import type { CompoundMember, CompoundType } from "../../format/datatype.ts";
import { copyRuns } from "../dataset-io/copy-runs.ts";
import type { Conversion, FindConversion } from "./conversion.ts";
import type { ElementContext } from "./element-context.ts";

/** Bytes of the larger element that a block has at most, as long as that is one element at least. */
const BLOCK_BYTES = 1 << 16;

interface MemberConversion {
  readonly source: CompoundMember;
  readonly destination: CompoundMember;
  readonly conversion: Conversion;
}

export function compoundConversion(
  source: CompoundType,
  destination: CompoundType,
  findConversion: FindConversion,
  context: ElementContext | undefined,
): Conversion | undefined {
  const byName = new Map(source.members.map((member) => [member.name, member]));
  const members: MemberConversion[] = [];
  for (const member of destination.members) {
    const origin = byName.get(member.name);
    if (origin === undefined) continue;
    const conversion = findConversion(origin.type, member.type, context);
    if (conversion === undefined) return undefined;
    members.push({ source: origin, destination: member, conversion });
  }
  return {
    noop: false,
    convert(from, sourceOffset, to, destinationOffset, count) {
      const block = Math.max(1, Math.floor(BLOCK_BYTES / Math.max(source.size, destination.size)));
      const packedSource = new Uint8Array(Math.min(block, count) * source.size);
      const packedDestination = new Uint8Array(Math.min(block, count) * destination.size);
      for (let done = 0; done < count; done += block) {
        const items = Math.min(block, count - done);
        const a = sourceOffset + done * source.size;
        const b = destinationOffset + done * destination.size;
        for (const member of members) {
          const { size } = member.source.type;
          const targetSize = member.destination.type.size;
          const origin = a + member.source.byteOffset;
          const target = b + member.destination.byteOffset;
          copyRuns(packedSource, 0, size, from, origin, source.size, size, items);
          // What the conversion leaves as it is comes from here.
          copyRuns(packedDestination, 0, targetSize, to, target, destination.size, targetSize, items);
          member.conversion.convert(packedSource, 0, packedDestination, 0, items);
          copyRuns(to, target, destination.size, packedDestination, 0, targetSize, targetSize, items);
        }
      }
    },
  };
}
