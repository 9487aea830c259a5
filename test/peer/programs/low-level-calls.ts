/** Calls of the low-level API, made with h5ts. */
import { Dataset, Group, h5a, h5d, h5g, h5o, h5p, h5s, h5t, h5z, type Member } from "../../../src/index.ts";
import type { Call, LowLevelCall, PropertySpec, SelectionStep } from "./calls.ts";
import { info, plain } from "./canonical.ts";
import { ContainerCalls } from "./container-calls.ts";
import { numbersOf } from "./values.ts";

type CallOf<N extends Call["call"]> = Extract<Call, { call: N }>;

/** Whose chunks the C library marks otherwise, see values.py. */
const MASKED = ["szip", "lzf"];

/** What of the scale-offset filter is behind the fill value's lower half the C library does not always initialise. */
function toldFilter([code, flags, values]: readonly [number, number, readonly number[], string]): unknown[] {
  return [code, flags, code === h5z.FILTER_SCALEOFFSET ? values.slice(0, 9) : values];
}

/** Whether an index would have the first dimension last: the C library then tells chunks by other coordinates than theirs. */
function isTurnedBy(maxshape: readonly (number | null)[]): boolean {
  return maxshape.slice(1).includes(null) && maxshape.filter((limit) => limit === null).length === 1;
}

/** How elements are stored; sizes of what is not compressed. */
function storageFacts(dataset: Dataset): unknown[] {
  const id = dataset.id as h5d.DatasetID;
  const plist = id.getCreatePlist();
  const filters = Array.from({ length: plist.getNfilters() }, (_, i) => toldFilter(plist.getFilter(i)));
  const isChunked = plist.getLayout() === h5d.CHUNKED;
  const infos = isChunked ? Array.from({ length: id.getNumChunks() }, (_, i) => id.getChunkInfo(i)) : undefined;
  const isPlain = !MASKED.includes(dataset.compression ?? "");
  const chunks = infos?.map(({ chunkOffset, filterMask, size }) => [
    chunkOffset,
    isPlain ? filterMask : null,
    filters.length > 0 ? null : size,
  ]);
  const times = [plist.getAllocTime(), plist.getFillTime()];
  const size = filters.length > 0 ? null : id.getStorageSize();
  const isTurned = chunks !== undefined && isTurnedBy(dataset.maxshape ?? []);
  const status = filters.length > 0 ? null : id.getSpaceStatus();
  return [plist.getLayout(), times, filters, size, status, isTurned ? chunks.length : (chunks ?? null)];
}

function combinedSpace(space: h5s.SpaceID, steps: readonly SelectionStep[]): h5s.SpaceID {
  for (const step of steps) {
    const operation = h5s[`SELECT_${step.op}`];
    if ("points" in step) space.selectElements(step.points, operation);
    else space.selectHyperslab(step.start, step.count, step.stride, step.block, operation);
  }
  return space;
}

function selectionFacts(space: h5s.SpaceID): { count: number; isValid: boolean; facts: unknown[] } {
  const count = space.getSelectNpoints();
  const kind = space.getSelectType();
  const isValid = space.selectValid();
  const bounds = count > 0 ? space.getSelectBounds() : null;
  const blocks = kind === h5s.SEL_HYPERSLABS ? space.getSelectHyperBlocklist() : null;
  const points = kind === h5s.SEL_POINTS ? space.getSelectElemPointlist() : null;
  return { count, isValid, facts: [count, kind, isValid, bounds, blocks, points] };
}

function creationList(given: PropertySpec): h5p.PropDCID {
  const plist = h5p.create(h5p.DATASET_CREATE);
  if (given.layout !== undefined) plist.setLayout(h5d[given.layout]);
  if (given.chunks !== undefined) plist.setChunk(given.chunks);
  if (given.allocTime !== undefined) plist.setAllocTime(h5d[`ALLOC_TIME_${given.allocTime}`]);
  if (given.fillTime !== undefined) plist.setFillTime(h5d[`FILL_TIME_${given.fillTime}`]);
  if (given.fillvalue !== undefined) plist.setFillValue(numbersOf(given.code, [given.fillvalue]));
  if (given.attrPhaseChange !== undefined) plist.setAttrPhaseChange(...given.attrPhaseChange);
  for (const name of given.filters) {
    if (name === "deflate") plist.setDeflate(4);
    else if (name === "nbit") plist.setFilter(h5z.FILTER_NBIT, 0, []);
    else if (name === "shuffle") plist.setShuffle();
    else plist.setFletcher32();
  }
  return plist;
}

/** Numbers one after the other. */
function numbered(code: string, length: number, start = 0) {
  return numbersOf(
    code,
    Array.from({ length }, (_, i) => start + i),
  );
}

/** Calls as methods of the same names. */
export abstract class LowLevelCalls extends ContainerCalls implements Record<LowLevelCall["call"], unknown> {
  protected abstract dataset(path: string): Dataset;
  protected abstract made(dataset: Dataset): unknown;
  protected abstract opens<T extends Member>(member: T): T;

  storage({ path }: { path: string }) {
    return storageFacts(this.dataset(path));
  }

  objectInfo({ path }: { path: string }) {
    const { type, rc, hdr } = h5o.getInfo(this.member(path).id as h5g.GroupID);
    return [type, rc, hdr.version];
  }

  linkInfo({ path, name }: CallOf<"linkInfo">) {
    // The character set is not always told right by h5py.
    const { type, corder, corderValid } = this.group(path).id.links.getInfo(name);
    return [type, corderValid ? corder : null];
  }

  attrInfo({ path, name }: CallOf<"attrInfo">) {
    // Of its order and the character set of its name h5py tells what it made of a name of its own, before it renames.
    return h5a.getInfo(this.member(path).id as h5g.GroupID, name).dataSize;
  }

  combined({ path, code, steps, writes }: CallOf<"combined">) {
    const id = this.dataset(path).id as h5d.DatasetID;
    const space = combinedSpace(id.getSpace(), steps);
    const { count, isValid, facts } = selectionFacts(space);
    if (count === 0 || !isValid) return facts;
    const array = numbered(code, count);
    const memory = h5s.createSimple([count]);
    if (writes) id.write(memory, space, array);
    else id.read(memory, space, array);
    return [facts, Array.from(array as ArrayLike<unknown>, (item) => plain(item, this.file))];
  }

  createWith({ path, properties }: CallOf<"createWith">) {
    const { shape, maxshape, code, data } = properties;
    const limits = maxshape?.map((each) => each ?? h5s.UNLIMITED);
    const space = h5s.createSimple(shape, limits ?? null);
    const id = h5d.create(this.file.id, path, h5t.pyCreate(code), space, creationList(properties));
    const dataset = new Dataset(id);
    const found = this.made(dataset);
    if (data !== undefined) {
      const length = shape.reduce((a, b) => a * b, 1);
      id.write(h5s.ALL, h5s.ALL, numbered(code, length, data));
    }
    return [data === undefined ? found : info(dataset, this.file), storageFacts(dataset)];
  }

  createGroupWith({ path, order, attrPhaseChange }: CallOf<"createGroupWith">) {
    const plist = h5p.create(h5p.GROUP_CREATE);
    plist.setLinkCreationOrder(order);
    if (attrPhaseChange !== undefined) plist.setAttrPhaseChange(...attrPhaseChange);
    return this.opens(new Group(h5g.create(this.file.id, path, null, plist))).name;
  }

  readChunk({ path, offset }: CallOf<"readChunk">) {
    const [mask, bytes] = (this.dataset(path).id as h5d.DatasetID).readDirectChunk(offset);
    return [mask, Buffer.from(bytes).toString("hex")];
  }

  writeChunk({ path, offset, bytes, filterMask }: CallOf<"writeChunk">) {
    (this.dataset(path).id as h5d.DatasetID).writeDirectChunk(offset, Buffer.from(bytes, "hex"), filterMask);
  }
}
