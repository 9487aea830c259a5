/** Operations carried out by h5ts, through its low-level interface; and what h5ts reads in a file. */

import { join } from "node:path";
import { UNLIMITED } from "../../../src/base/address.ts";
import { DatasetObject } from "../../../src/engine/dataset-object.ts";
import type { EngineObject } from "../../../src/engine/engine-object.ts";
import { GroupObject } from "../../../src/engine/group-object.ts";
import type { H5File } from "../../../src/engine/h5-file.ts";
import { resolveObject } from "../../../src/engine/resolve.ts";
import type { Dataspace } from "../../../src/format/dataspace.ts";
import type { ByteTarget } from "../../../src/io/source.ts";
import { withStaging } from "../../../src/lowlevel/element-context.ts";
import * as h5a from "../../../src/lowlevel/h5a.ts";
import * as h5d from "../../../src/lowlevel/h5d.ts";
import * as h5f from "../../../src/lowlevel/h5f.ts";
import * as h5g from "../../../src/lowlevel/h5g.ts";
import * as h5l from "../../../src/lowlevel/h5l.ts";
import * as h5o from "../../../src/lowlevel/h5o.ts";
import * as h5p from "../../../src/lowlevel/h5p.ts";
import * as h5s from "../../../src/lowlevel/h5s.ts";
import * as h5t from "../../../src/lowlevel/h5t.ts";
import { typeIdOf } from "../../../src/lowlevel/type-wrap.ts";
import { compareUtf8, type DescribedObject, USER_LINK_TYPE } from "./describe-model.ts";
import {
  comparableType,
  type DatasetSpec,
  type Dims,
  type Element,
  type FileOperation,
  type FileSpec,
  type TypeSpec,
} from "./operations.ts";
import { bytesOfHex, datatypeOf, decodeAll, encodeAll, specOf } from "./types.ts";

const ORDER = h5p.CRT_ORDER_TRACKED | h5p.CRT_ORDER_INDEXED;
const BOUNDS: Readonly<Record<FileSpec["low"], number>> = {
  earliest: h5f.LIBVER_EARLIEST,
  v108: h5f.LIBVER_V18,
  v110: h5f.LIBVER_V110,
  v112: h5f.LIBVER_V112,
  v114: h5f.LIBVER_V114,
  v200: h5f.LIBVER_V200,
};

function accessList({ low, high, access = {} }: FileSpec) {
  const fapl = h5p.create(h5p.FILE_ACCESS);
  fapl.setLibverBounds(BOUNDS[low], high === undefined ? Math.max(BOUNDS[low], h5f.LIBVER_LATEST) : BOUNDS[high]);
  const { metaBlock, smallData, alignment, chunkCache, sieve } = access;
  if (metaBlock !== undefined) fapl.setMetaBlockSize(metaBlock);
  if (smallData !== undefined) fapl.setSmallDataBlockSize(smallData);
  if (alignment !== undefined) fapl.setAlignment(...alignment);
  if (chunkCache !== undefined) fapl.setCache(0, ...chunkCache);
  if (sieve !== undefined) fapl.setSieveBufSize(sieve);
  return fapl;
}

function setGroup(
  gcpl: h5p.PropGCID,
  { phase, attrPhase, estimate, heapHint }: Pick<FileSpec, "phase" | "attrPhase" | "estimate" | "heapHint">,
): void {
  if (phase !== undefined) gcpl.setLinkPhaseChange(...phase);
  if (attrPhase !== undefined) gcpl.setAttrPhaseChange(...attrPhase);
  if (estimate !== undefined) gcpl.setEstLinkInfo(...estimate);
  if (heapHint !== undefined) gcpl.setLocalHeapSizeHint(heapHint);
}

export function createFile(target: ByteTarget, spec: FileSpec): h5f.FileID {
  const fcpl = h5p.create(h5p.FILE_CREATE);
  if (spec.userBlock > 0) fcpl.setUserblock(spec.userBlock);
  if (spec.linkOrder) fcpl.setLinkCreationOrder(ORDER);
  if (spec.attrOrder) fcpl.setAttrCreationOrder(ORDER);
  if (spec.sizes !== undefined) fcpl.setSizes(...spec.sizes);
  if (spec.symK !== undefined) fcpl.setSymK(...spec.symK);
  if (spec.istoreK !== undefined) fcpl.setIstoreK(spec.istoreK);
  setGroup(fcpl, spec);
  if (spec.strategy !== undefined) {
    const [strategy, persist, pageBytes] = spec.strategy;
    fcpl.setFileSpaceStrategy(strategy, persist, spec.threshold ?? 1);
    fcpl.setFileSpacePageSize(pageBytes);
  }
  if (spec.shared !== undefined) {
    const { indexes, phase } = spec.shared;
    fcpl.setSharedMesgNindexes(indexes.length);
    indexes.forEach(([flags, size], i) => {
      fcpl.setSharedMesgIndex(i, flags, size);
    });
    fcpl.setSharedMesgPhaseChange(...phase);
  }
  return h5f.create(target, { fcpl, fapl: accessList(spec) });
}

export function openFile(target: ByteTarget, spec: FileSpec): h5f.FileID {
  return h5f.open(target, h5f.ACC_RDWR, accessList(spec));
}

export function engineFile(file: h5f.FileID): H5File {
  return file.location().object.file;
}

function spaceOf(dims: Dims, maxDims?: readonly number[]) {
  if (dims === null) return h5s.create(h5s.NULL);
  if (dims.length === 0) return h5s.create(h5s.SCALAR);
  return h5s.createSimple(
    dims,
    maxDims === undefined ? null : maxDims.map((size) => (size < 0 ? h5s.UNLIMITED : size)),
  );
}

function typeFor(file: h5f.FileID, type: TypeSpec, committed: string | undefined) {
  return committed === undefined
    ? typeIdOf(datatypeOf(type, engineFile(file).storage.widths))
    : h5t.open(file, committed);
}

/** Gives `use` the elements as bytes, to be written at once. */
function encoded(file: h5f.FileID, type: TypeSpec, data: readonly Element[], use: (bytes: Uint8Array) => void): void {
  const engine = engineFile(file);
  withStaging(engine, (context) => {
    use(encodeAll(engine, context, type, data));
  });
}

function box(dims: Dims, start: readonly number[], count: readonly number[]) {
  const space = h5s.createSimple(dims ?? []);
  space.selectHyperslab(start, count);
  return space;
}

function creationList(file: h5f.FileID, spec: DatasetSpec, folder: string) {
  const dcpl = h5p.create(h5p.DATASET_CREATE);
  for (const [name, byteLength] of spec.external ?? []) dcpl.setExternal(join(folder, name), 0, byteLength);
  for (const { path, at, from, count } of spec.parts ?? []) {
    const { dataspace } = resolveObject(engineFile(file).root(), path) as DatasetObject;
    dcpl.setVirtual(box(spec.dims, at, count), ".", path, box(dimsOf(dataspace), from, count));
  }
  if (spec.layout === "chunked") dcpl.setChunk(spec.chunk ?? []);
  else if (spec.layout !== "virtual") dcpl.setLayout(spec.layout === "compact" ? h5d.COMPACT : h5d.CONTIGUOUS);
  for (const { id, values } of spec.filters ?? []) {
    const [first = 0, second = 0] = values;
    if (id === 4) dcpl.setSzip(first, second);
    else if (id === 5) dcpl.setNbit();
    else if (id === 6) dcpl.setScaleoffset(first, second);
    else dcpl.setFilter(id, id === 3 ? 0 : 1, values);
  }
  if (spec.fill !== undefined) {
    encoded(file, spec.type, [spec.fill], (bytes) => dcpl.setFillValue(bytes, typeIdOf(datatypeOf(spec.type))));
  }
  if (spec.alloc) dcpl.setAllocTime(spec.alloc);
  if (spec.fillTime !== undefined) dcpl.setFillTime(spec.fillTime);
  if (spec.attrOrder) dcpl.setAttrCreationOrder(ORDER);
  if (spec.attrPhase) dcpl.setAttrPhaseChange(...spec.attrPhase);
  if (spec.chunkOptions !== undefined) dcpl.setChunkOpts(spec.chunkOptions);
  return dcpl;
}

/** Carries out an operation that the model found possible. @param folder - Where external raw data is put. */
export function applyWithH5ts(file: h5f.FileID, operation: FileOperation, folder: string): void {
  switch (operation.op) {
    case "group": {
      const gcpl = h5p.create(h5p.GROUP_CREATE);
      const order = operation.onlyTracked ? h5p.CRT_ORDER_TRACKED : ORDER;
      if (operation.linkOrder) gcpl.setLinkCreationOrder(order);
      if (operation.attrOrder) gcpl.setAttrCreationOrder(order);
      setGroup(gcpl, operation);
      h5g.create(file, operation.path, null, gcpl).close();
      return;
    }
    case "dataset": {
      const { spec, path } = operation;
      const space = spaceOf(spec.dims, spec.maxDims);
      const type = typeFor(file, spec.type, spec.committed);
      h5d.create(file, path, type, space, creationList(file, spec, folder)).close();
      type.close();
      return;
    }
    case "commit": {
      const type = typeIdOf(datatypeOf(operation.type));
      type.commit(file, operation.path);
      type.close();
      return;
    }
    case "hard":
      file.links.createHard(operation.path, file, operation.target);
      return;
    case "soft":
      file.links.createSoft(operation.path, operation.to);
      return;
    case "external":
      file.links.createExternal(operation.path, operation.file, operation.to);
      return;
    case "user":
      h5l.register({ id: USER_LINK_TYPE, traverse: (_name, group) => group });
      file.links.createUserDefined(operation.path, USER_LINK_TYPE, bytesOfHex(operation.data));
      return;
    case "unlink":
      file.unlink(operation.path);
      return;
    case "move":
      file.links.move(operation.path, file, operation.to);
      return;
    case "copy":
      h5o.copy(file, operation.path, file, operation.to);
      return;
    default:
      change(file, operation);
  }
}

type Change = Extract<
  FileOperation,
  { op: "write" | "resize" | "attr" | "attrWrite" | "attrDelete" | "attrRename" | "comment" }
>;

function change(file: h5f.FileID, operation: Change): void {
  const { path } = operation;
  switch (operation.op) {
    case "write":
      write(file, operation);
      return;
    case "resize": {
      const dataset = h5d.open(file, path);
      dataset.setExtent(operation.dims);
      dataset.close();
      return;
    }
    case "comment":
      h5o.setComment(file, operation.text, { objName: path });
      return;
    default: {
      const object = h5o.open(file, path);
      changeAttribute(file, object, operation);
      object.close();
    }
  }
}

function write(file: h5f.FileID, { path, start, count, stride, data }: Extract<FileOperation, { op: "write" }>): void {
  const dataset = h5d.open(file, path);
  const { datatype } = dataset.location().object;
  const fileSpace = dataset.getSpace();
  if (start.length > 0) fileSpace.selectHyperslab(start, count, stride);
  const memorySpace = start.length > 0 ? h5s.createSimple([data.length]) : h5s.create(h5s.SCALAR);
  encoded(file, specOf(datatype), data, (bytes) => dataset.write(memorySpace, fileSpace, bytes, typeIdOf(datatype)));
  dataset.close();
}

function changeAttribute(
  file: h5f.FileID,
  object: ReturnType<typeof h5o.open>,
  operation: Extract<Change, { op: "attr" | "attrWrite" | "attrDelete" | "attrRename" }>,
): void {
  const { name } = operation;
  switch (operation.op) {
    case "attr": {
      const { type, committed, dims, data } = operation;
      const fileType = typeFor(file, type, committed);
      const attribute = h5a.create(object, name, fileType, spaceOf(dims));
      if (data.length > 0) encoded(file, type, data, (bytes) => attribute.write(bytes, fileType));
      attribute.close();
      fileType.close();
      return;
    }
    case "attrWrite": {
      const attribute = h5a.open(object, name);
      const type = attribute.getType();
      encoded(file, specOf(type.datatype()), operation.data, (bytes) => attribute.write(bytes, type));
      type.close();
      attribute.close();
      return;
    }
    case "attrDelete":
      h5a.remove(object, name);
      return;
    case "attrRename":
      h5a.rename(object, name, operation.to);
  }
}

/** What h5ts finds in a file, in the words of `describeModel`. */
export function describeWithH5ts(file: H5File): DescribedObject[] {
  const numbers = new Map<number, number>();
  const objects: EngineObject[] = [];
  const visit = (object: EngineObject): void => {
    if (numbers.has(object.address)) return;
    numbers.set(object.address, objects.length);
    objects.push(object);
    if (!(object instanceof GroupObject)) return;
    for (const { target } of sortedLinks(object))
      if (target.kind === "hard") visit(file.object(target.objectHeaderAddress));
  };
  visit(file.root());
  return objects.map((object) => describeObject(file, object, (address) => numbers.get(address) ?? -1));
}

function sortedLinks(group: GroupObject) {
  return group.links().toSorted((a, b) => compareUtf8(a.name, b.name));
}

function dimsOf(space: Dataspace): readonly number[] | null {
  return space.kind === "null" ? null : space.dims;
}

function describeObject(file: H5File, object: EngineObject, numberOf: (address: number) => number): DescribedObject {
  const attributes = object.attributes();
  const common = {
    kind: object.kind,
    comment: object.comment() ?? "",
    attributes: Object.fromEntries(
      attributes.map(({ name, datatype, dataspace, bytes }) => {
        const type = specOf(datatype);
        return [
          name,
          { type: comparableType(type), dims: dimsOf(dataspace), data: decodeAll(file, type, bytes, numberOf) },
        ];
      }),
    ),
    ...(object.header.fields.attributeCreationOrderTracked &&
      object.kind !== "datatype" && { attributeOrder: attributes.map(({ name }) => name) }),
  };
  if (object instanceof GroupObject) {
    const links = sortedLinks(object);
    const byOrder = links.toSorted((a, b) => (a.creationOrder ?? 0) - (b.creationOrder ?? 0));
    const described = links.map(({ name, target }) => {
      if (target.kind === "hard") return [name, numberOf(target.objectHeaderAddress)] as const;
      if (target.kind === "user") return [name, [target.linkType]] as const;
      return [name, target.kind === "soft" ? target.path : ([target.file, target.path] as const)] as const;
    });
    return {
      ...common,
      links: Object.fromEntries(described),
      ...(object.tracksCreationOrder && { linkOrder: byOrder.map(({ name }) => name) }),
    };
  }
  if (!(object instanceof DatasetObject)) {
    const { datatype } = object as unknown as DatasetObject;
    return { ...common, type: comparableType(specOf(datatype)) };
  }
  const { layout, datatype, dataspace, pipeline } = object;
  const type = specOf(datatype);
  return {
    ...common,
    type: comparableType(type),
    dims: dimsOf(dataspace),
    maxDims: dataspace.kind === "null" ? null : dataspace.maxDims.map((size) => (size === UNLIMITED ? -1 : size)),
    layout: layout.kind,
    ...(layout.kind === "chunked" && { chunk: layout.chunkDims }),
    filters: pipeline?.filters.map(({ id }) => id) ?? [],
    data: decodeAll(file, type, object.readBytes(), numberOf),
  };
}
