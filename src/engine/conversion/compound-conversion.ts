/**
 * Compounds to each other by the names of members. C: `H5T__conv_struct`.
 *
 * Members that the destination lacks are left out; bytes of the destination that no member of the source goes to stay.
 * Each member is gathered from all elements of a block, converted at once, and spread.
 */
import type { CompoundMember, CompoundType } from "../../format/datatype.ts";
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
          const fromMember = {
            offset: a + member.source.byteOffset,
            stride: source.size,
            size: member.source.type.size,
          };
          const toMember = {
            offset: b + member.destination.byteOffset,
            stride: destination.size,
            size: member.destination.type.size,
          };
          gather(from, fromMember, packedSource, items);
          gather(to, toMember, packedDestination, items);
          member.conversion.convert(packedSource, 0, packedDestination, 0, items);
          spread(packedDestination, to, toMember, items);
        }
      }
    },
  };
}

/** One member of consecutive elements. */
interface MemberRun {
  readonly offset: number;
  readonly stride: number;
  readonly size: number;
}

function gather(bytes: Uint8Array, { offset, stride, size }: MemberRun, packed: Uint8Array, count: number): void {
  let at = 0;
  for (let i = 0, start = offset; i < count; i++, start += stride) {
    for (let k = 0; k < size; k++) packed[at++] = bytes[start + k] as number;
  }
}

function spread(packed: Uint8Array, bytes: Uint8Array, { offset, stride, size }: MemberRun, count: number): void {
  let at = 0;
  for (let i = 0, start = offset; i < count; i++, start += stride) {
    for (let k = 0; k < size; k++) bytes[start + k] = packed[at++] as number;
  }
}
