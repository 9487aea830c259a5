/** All that a file holds, in few letters: the same in every runtime. */
import { Dataset, File, Group, h5o, isHdf5Error, type Member } from "h5ts";

/** Text for any value that is read. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each === "bigint") return `${each}n`;
    if (typeof each === "number" && !Number.isFinite(each)) return String(each);
    if (ArrayBuffer.isView(each)) return Array.from(each as unknown as ArrayLike<number | bigint>, String);
    return each instanceof Map ? [...each] : each;
  });
}

function attempted(read: () => unknown): string {
  try {
    return textOf(read());
  } catch (error) {
    if (isHdf5Error(error)) return `error ${error.code}`;
    throw error;
  }
}

function describe(name: string, object: Member, lines: string[]): void {
  lines.push(`${name} ${object.constructor.name}`);
  for (const attribute of object.attrs.keys()) {
    lines.push(`${attribute} = ${attempted(() => object.attrs.get(attribute))}`);
  }
  if (!(object instanceof Dataset)) return;
  lines.push(`${object.shape} ${object.maxshape} ${object.chunks} ${attempted(() => String(object.dtype))}`);
  lines.push(attempted(() => object.read()));
}

function walk(path: string, group: Group, lines: string[], seen: Set<string>): void {
  for (const name of group.keys()) {
    const member = attemptedMember(group, name);
    lines.push(`${path}/${name}`);
    if (member === undefined) continue;
    describe(name, member, lines);
    if (!(member instanceof Group)) continue;
    const address = String(h5o.getInfo(member.id).addr);
    if (seen.has(address)) continue;
    seen.add(address);
    walk(`${path}/${name}`, member, lines, seen);
  }
}

function attemptedMember(group: Group, name: string): Member | undefined {
  try {
    return group.get<Member>(name);
  } catch (error) {
    if (isHdf5Error(error)) return undefined;
    throw error;
  }
}

export async function contentsDigest(name: string, bytes: Uint8Array): Promise<string> {
  const lines: string[] = [name];
  try {
    const f = new File(bytes);
    describe("/", f, lines);
    walk("", f, lines, new Set());
    f.close();
  } catch (error) {
    if (!isHdf5Error(error)) throw error;
    lines.push(`error ${error.code}`);
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(lines.join("\n"))));
  return Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
