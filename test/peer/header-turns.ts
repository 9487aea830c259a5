/** Random edits of object headers: a model of what is in them, and both libraries' ways to make them. */
import { h5, h5a, h5d, h5f, h5g, h5o, h5p, h5s, h5t } from "../../src/lowlevel/index.ts";
import type { PropOCID } from "../../src/lowlevel/prop-ocpl.ts";
import { Random } from "./trees/random.ts";

/** What the objects of a file are made with. */
export interface HeaderSettings {
  /** `h5f.LIBVER_…` */
  readonly low: number;
  /** `h5p.CRT_ORDER_…` bits, of attributes and links. */
  readonly attributeOrder: number;
  /** Most in the header, and least in dense storage; null for the defaults. */
  readonly attributePhase: readonly [number, number] | null;
  readonly linkPhase: readonly [number, number] | null;
  /** Whether the file keeps messages once for all objects that have them. */
  readonly shares?: boolean;
}

/** A group, a dataset and a committed datatype, by number. */
const OBJECTS = ["g", "d", "t"] as const;

/** `closes`: the file is closed and opened again afterwards. */
export type HeaderEdit = { readonly closes?: boolean } & (
  | { readonly op: "add" | "write"; readonly object: number; readonly name: string; readonly values: number[] }
  | { readonly op: "rename"; readonly object: number; readonly name: string; readonly to: string }
  | { readonly op: "delete"; readonly object: number; readonly name: string }
  | { readonly op: "comment"; readonly object: number; readonly text: string }
  | { readonly op: "link"; readonly name: string; readonly path: string }
  | { readonly op: "unlink"; readonly name: string }
  | { readonly op: "extend"; readonly size: number }
);

/** Names and values in the order of creation where that is tracked, else of names. */
type Pairs<T> = [name: string, value: T][];

export interface Description {
  readonly objects: readonly {
    readonly attributes: Pairs<number[]>;
    readonly comment: string;
    readonly phase: readonly number[];
    readonly order: number;
  }[];
  readonly links: Pairs<string>;
  readonly size: number;
}

export class HeaderModel {
  private readonly settings: HeaderSettings;
  private readonly random: Random;
  private readonly attributes = OBJECTS.map((): Pairs<number[]> => []);
  private readonly comments = OBJECTS.map(() => "");
  private readonly links: Pairs<string> = [];
  private size = 10;
  private named = 0;

  constructor(settings: HeaderSettings, seed: number) {
    this.settings = settings;
    this.random = new Random(seed);
  }

  /**
   * Edits of one turn, which has its own share of removals.
   *
   * @param renames - Whether attributes are renamed, too.
   */
  edits(count: number, renames = true): HeaderEdit[] {
    const removals = this.random.pick([0.1, 0.3, 0.6, 0.9]);
    return Array.from({ length: count }, () => {
      const edit = this.edit(removals, renames);
      return this.random.chance(0.05) ? { ...edit, closes: true } : edit;
    });
  }

  private edit(removals: number, renames: boolean): HeaderEdit {
    const { random } = this;
    const kind = random.fraction();
    if (kind < 0.25) return this.linkEdit(removals);
    if (kind < 0.35) return this.comment();
    // 1.10.8 damages the header of a dataset whose dataspace is shared when it extends it to a shape that nobody has yet.
    if (kind < 0.38 && this.settings.shares !== true) {
      this.size = random.between(1, 40);
      return { op: "extend", size: this.size };
    }
    return this.attributeEdit(removals, renames);
  }

  private newName(prefix: string): string {
    return prefix.padEnd(this.random.between(1, 40), prefix) + this.named++;
  }

  private values(): number[] {
    const most = this.random.pick([1, 1, 4, 20, 150]);
    return Array.from({ length: this.random.between(1, most) }, () => this.random.between(-1e9, 1e9));
  }

  private linkEdit(removals: number): HeaderEdit {
    const { links, random } = this;
    if (links.length > 0 && random.chance(removals)) {
      const [[name]] = links.splice(random.between(0, links.length - 1), 1) as [[string, string]];
      return { op: "unlink", name };
    }
    const name = this.newName("link");
    const path = "/".padEnd(random.between(1, random.pick([10, 100, 2000])), "p");
    links.push([name, path]);
    return { op: "link", name, path };
  }

  private comment(): HeaderEdit {
    const object = this.random.between(0, OBJECTS.length - 1);
    const text = "c".repeat(this.random.pick([0, 1, 9, 60, 700]));
    this.comments[object] = text;
    return { op: "comment", object, text };
  }

  private attributeEdit(removals: number, renames: boolean): HeaderEdit {
    const { random } = this;
    const object = random.between(0, OBJECTS.length - 1);
    const attributes = this.attributes[object] as Pairs<number[]>;
    const at = random.between(0, attributes.length - 1);
    const found = attributes[at];
    if (found === undefined || !random.chance(removals + 0.2)) {
      const name = this.newName("attribute");
      const values = this.values();
      attributes.push([name, values]);
      return { op: "add", object, name, values };
    }
    const [name] = found;
    if (random.chance(0.15)) {
      found[1] = found[1].map(() => random.between(0, 1000));
      return { op: "write", object, name, values: found[1] };
    }
    if (renames && random.chance(0.15)) {
      found[0] = this.newName("renamed");
      return { op: "rename", object, name, to: found[0] };
    }
    attributes.splice(at, 1);
    return { op: "delete", object, name };
  }

  /** What is to be found in the file. */
  describe(): Description {
    const { attributeOrder: order, attributePhase } = this.settings;
    const sorted = <T>(pairs: Pairs<T>): Pairs<T> => (order === 0 ? pairs.toSorted(byName) : [...pairs]);
    return {
      objects: OBJECTS.map((_, i) => ({
        attributes: sorted(this.attributes[i] as Pairs<number[]>),
        comment: this.comments[i] as string,
        phase: attributePhase ?? [8, 6],
        order,
      })),
      links: sorted(this.links),
      size: this.size,
    };
  }
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}

function access({ low }: HeaderSettings) {
  const fapl = h5p.create(h5p.FILE_ACCESS);
  fapl.setLibverBounds(low, h5f.LIBVER_V110);
  fapl.setFcloseDegree(h5f.CLOSE_STRONG);
  return fapl;
}

function prepare<T extends PropOCID>(list: T, { attributeOrder, attributePhase }: HeaderSettings): T {
  list.setAttrCreationOrder(attributeOrder);
  if (attributePhase !== null) list.setAttrPhaseChange(...attributePhase);
  return list;
}

/** Makes the file that the edits start from. */
function create(path: string, settings: HeaderSettings): h5f.FileID {
  const fcpl = h5p.create(h5p.FILE_CREATE);
  if (settings.shares === true) {
    fcpl.setSharedMesgNindexes(1);
    fcpl.setSharedMesgIndex(0, h5o.SHMESG_ALL_FLAG, 0);
  }
  const file = h5f.create(path, { fcpl, fapl: access(settings) });
  const gcpl = prepare(h5p.create(h5p.GROUP_CREATE), settings);
  gcpl.setLinkCreationOrder(settings.attributeOrder);
  if (settings.linkPhase !== null) gcpl.setLinkPhaseChange(...settings.linkPhase);
  h5g.create(file, "g", null, gcpl);
  const dcpl = prepare(h5p.create(h5p.DATASET_CREATE), settings);
  dcpl.setChunk([10]);
  h5d.create(file, "d", h5t.STD_I32LE, h5s.createSimple([10], [h5s.UNLIMITED]), dcpl);
  const tcpl = prepare(h5p.create(h5p.DATATYPE_CREATE), settings);
  h5t.STD_I16BE.copy().commit(file, "t", null, tcpl);
  return file;
}

type Opened = readonly [h5g.GroupID, h5d.DatasetID, h5t.TypeID];

function objectsOf(file: h5f.FileID): Opened {
  return [h5g.open(file, "g"), h5d.open(file, "d"), h5t.open(file, "t")];
}

function apply(objects: Opened, edit: HeaderEdit): void {
  const [group, dataset] = objects;
  if (edit.op === "link") group.links.createSoft(edit.name, edit.path);
  else if (edit.op === "unlink") group.unlink(edit.name);
  else if (edit.op === "extend") dataset.setExtent([edit.size]);
  else {
    const target = objects[edit.object] as Opened[number];
    if (edit.op === "comment") h5o.setComment(target, edit.text);
    else if (edit.op === "rename") h5a.rename(target, edit.name, edit.to);
    else if (edit.op === "delete") h5a.delete(target, edit.name);
    else {
      const values = BigInt64Array.from(edit.values, BigInt);
      const attribute =
        edit.op === "write"
          ? h5a.open(target, edit.name)
          : h5a.create(target, edit.name, h5t.STD_I64LE, h5s.createSimple([values.length]));
      attribute.write(values);
    }
  }
}

/** Carries out edits in a file, which is made first if `isNew`. */
export function editHeaders(
  path: string,
  settings: HeaderSettings,
  edits: readonly HeaderEdit[],
  isNew: boolean,
): void {
  const open = () => h5f.open(path, h5f.ACC_RDWR, access(settings));
  let file = isNew ? create(path, settings) : open();
  let objects = objectsOf(file);
  for (const edit of edits) {
    apply(objects, edit);
    if (edit.closes !== true) continue;
    file.close();
    file = open();
    objects = objectsOf(file);
  }
  file.close();
}

function attributesOf(target: Opened[number], ordered: boolean): Pairs<number[]> {
  return Array.from({ length: h5a.getNumAttrs(target) }, (_, i) => {
    const attribute = h5a.open(target, null, i, { indexType: ordered ? h5.INDEX_CRT_ORDER : h5.INDEX_NAME });
    const values = new BigInt64Array(attribute.shape?.[0] ?? 0);
    attribute.read(values);
    return [attribute.name, Array.from(values, Number)];
  });
}

/** What is found in a file. */
export function describeHeaders(path: string, { attributeOrder }: HeaderSettings): Description {
  const file = h5f.open(path, h5f.ACC_RDONLY);
  const ordered = attributeOrder !== 0;
  const objects = objectsOf(file);
  const [{ links }, dataset] = objects;
  const names: string[] = [];
  links.iterate((name) => void names.push(name), { idxType: ordered ? h5.INDEX_CRT_ORDER : h5.INDEX_NAME });
  const description = {
    objects: objects.map((target) => {
      const list = target.getCreatePlist();
      return {
        attributes: attributesOf(target, ordered),
        comment: h5o.getComment(target),
        phase: list.getAttrPhaseChange(),
        order: list.getAttrCreationOrder(),
      };
    }),
    links: names.map((name): [string, string] => [name, links.getVal(name) as string]),
    size: dataset.shape?.[0] ?? 0,
  };
  file.close();
  return description;
}
