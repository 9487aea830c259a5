/** Indexing written as text, the way numpy has it between brackets: `"0:10, :, ::2"`, `"..., 3"`, `"[0, 2], -1"`. */
import { type IndexArgument, slice } from "./index-arguments.ts";
import { indexError } from "./index-errors.ts";

const INTEGER = /^[+-]?\d+$/;

/** @throws HDF5Error named ValueError for anything else; such text would be a field name of a compound type. */
export function parseIndexText(text: string): IndexArgument[] {
  const items = splitOutsideBrackets(text);
  // One comma may stand at the end, as in a Python tuple.
  if (items.length > 1 && items[items.length - 1] === "") items.pop();
  return items.map(parseItem);
}

function splitOutsideBrackets(text: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === "[") depth++;
    else if (character === "]") depth--;
    else if (character === "," && depth === 0) {
      items.push(text.slice(from, i).trim());
      from = i + 1;
    }
  }
  items.push(text.slice(from).trim());
  return items;
}

function parseItem(item: string): IndexArgument {
  if (item === "..." || item === "Ellipsis") return "...";
  if (item.startsWith("[") && item.endsWith("]")) {
    const inner = item.slice(1, -1).trim();
    return inner === "" ? [] : inner.split(",").map((entry) => parseInteger(entry.trim()));
  }
  const bounds = item.split(":");
  if (bounds.length === 1) return parseInteger(item);
  if (bounds.length > 3) throw notAnIndex();
  const [start, stop, step] = bounds.map((bound) => {
    const trimmed = bound.trim();
    return trimmed === "" || trimmed === "None" ? undefined : parseInteger(trimmed);
  });
  return slice(start, stop, step);
}

function parseInteger(text: string): number {
  if (!INTEGER.test(text)) throw notAnIndex();
  return Number(text);
}

function notAnIndex() {
  return indexError("ValueError", "Field names only allowed for compound types");
}
