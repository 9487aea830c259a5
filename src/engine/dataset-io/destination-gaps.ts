/** Which bytes of an element a conversion leaves as they are. */
import type { BitPad, CompoundType, Datatype } from "../../format/datatype.ts";

/**
 * "none": every byte is set. "holes": bytes between the members of a compound are not. "kept": members or bits that the
 * source lacks keep what the destination had.
 */
export type DestinationGaps = "none" | "holes" | "kept";

/** C: `H5T_path_bkg`, which tells the same three apart (none, temporary, yes). */
export function destinationGaps(source: Datatype, destination: Datatype): DestinationGaps {
  switch (destination.class) {
    case "compound":
      return source.class === "compound" ? compoundGaps(source, destination) : "none";
    case "array":
      return source.class === "array" ? destinationGaps(source.base, destination.base) : "none";
    case "fixed-point":
    case "bitfield":
      return keepsBits([destination.lowPad, destination.highPad]) ? "kept" : "none";
    case "floating-point":
      return keepsBits([destination.lowPad, destination.highPad, destination.internalPad]) ? "kept" : "none";
    default:
      return "none";
  }
}

function keepsBits(pads: readonly BitPad[]): boolean {
  return pads.includes("background");
}

function compoundGaps(source: CompoundType, destination: CompoundType): DestinationGaps {
  const byName = new Map(source.members.map((member) => [member.name, member.type]));
  let gaps: DestinationGaps = "none";
  let covered = 0;
  for (const member of destination.members) {
    const origin = byName.get(member.name);
    const inner = origin === undefined ? "kept" : destinationGaps(origin, member.type);
    if (inner === "kept") return "kept";
    if (inner === "holes") gaps = "holes";
    covered += member.type.size;
  }
  return covered < destination.size ? "holes" : gaps;
}
