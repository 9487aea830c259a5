/** What `h5ts stat` counts while it walks over a file. Reference implementation: `obj_stats`, `lnk_stats` in h5stat.c. */
import type { Address } from "../../base/address.ts";
import { isHdf5Error } from "../../base/errors.ts";
import { DatasetObject } from "../../engine/dataset-object.ts";
import type { EngineObject } from "../../engine/engine-object.ts";
import { fileSpaceSettings, freeSections } from "../../engine/free-space-managers.ts";
import { GroupObject } from "../../engine/group-object.ts";
import type { H5File } from "../../engine/h5-file.ts";
import { attributeStorageInfo } from "../../engine/storage-info/attribute-storage-info.ts";
import { datasetStorageInfo } from "../../engine/storage-info/dataset-storage-info.ts";
import { type FileStorageInfo, fileStorageInfo } from "../../engine/storage-info/file-storage-info.ts";
import { groupStorageInfo } from "../../engine/storage-info/group-storage-info.ts";
import type { IndexHeapInfo } from "../../engine/storage-info/index-heap-info.ts";
import { objectHeaderInfo } from "../../engine/storage-info/object-header-info.ts";
import type { Datatype } from "../../format/datatype.ts";
import { datatypesEqual } from "../../format/datatype-questions.ts";
import type { FileSpaceInfoV1 } from "../../format/file-space-info.ts";
import type { Link } from "../../format/link.ts";
import { externalFilesOf, storedBytes } from "../external-files.ts";
import { requireOpenable } from "../openable.ts";
import { traverse } from "../traverse.ts";
import type { StatOptions } from "./options.ts";
import { Tally } from "./tally.ts";

/** Bytes of object headers. */
export class HeaderBytes {
  total = 0;
  free = 0;

  add(object: EngineObject): void {
    const { space } = objectHeaderInfo(object);
    this.total += space.total;
    this.free += space.free;
  }
}

/** Bytes beside object headers. */
export class IndexHeapBytes {
  index = 0;
  heap = 0;

  add({ indexByteLength, heapByteLength }: IndexHeapInfo): void {
    this.index += indexByteLength;
    this.heap += heapByteLength;
  }
}

/** Datasets of one datatype. */
export interface DatatypeUse {
  readonly type: Datatype;
  count: number;
  /** Those that use a committed datatype. */
  committed: number;
}

/** Free sections below this are small. */
export const SMALL_SECTION_BYTES = 10;

export class FileStatistics {
  readonly options: StatOptions;
  readonly fileByteLength: number;
  readonly userBlockBytes: number;
  /** Undefined when the file does not tell. */
  readonly storage: FileStorageInfo | undefined;
  readonly fileSpace: FileSpaceInfoV1;
  readonly sections = new Tally(SMALL_SECTION_BYTES);
  /** What could not be found out, and was left out. */
  readonly warnings: string[] = [];

  groups = 0;
  datasets = 0;
  datatypes = 0;
  /** Soft and external links. */
  links = 0;
  /** Links of other kinds. */
  others = 0;
  maxLinkCount = 0;

  readonly groupHeaders = new HeaderBytes();
  readonly datasetHeaders = new HeaderBytes();
  readonly datatypeHeaders = new HeaderBytes();
  readonly groupStorage = new IndexHeapBytes();
  readonly datasetStorage = new IndexHeapBytes();
  readonly attributeStorage = new IndexHeapBytes();

  readonly linkTally: Tally;
  readonly attributeTally: Tally;
  /** Of one-dimensional datasets. */
  readonly sizeTally: Tally;
  maxRank = 0;
  readonly ranks: number[] = [];
  readonly layouts = { compact: 0, contiguous: 0, chunked: 0, virtual: 0 };
  rawBytes = 0;
  externalRawBytes = 0;
  externalFiles = 0;
  unfiltered = 0;
  /** Datasets by filter number. */
  readonly filters = new Map<number, number>();
  readonly datatypeUses: DatatypeUse[] = [];
  private readonly useByType = new Map<Address, DatatypeUse>();

  private constructor(file: H5File, options: StatOptions) {
    this.options = options;
    this.fileByteLength = file.fileSize();
    this.userBlockBytes = file.superblock.baseAddress;
    this.storage = this.optional("file info", () => fileStorageInfo(file));
    this.fileSpace = fileSpaceSettings(file);
    const sections = this.optional("freespace info", () => freeSections(file)) ?? [];
    for (const { byteLength } of sections) this.sections.add(byteLength);
    this.linkTally = new Tally(options.linkThreshold);
    this.attributeTally = new Tally(options.attributeThreshold + 1);
    this.sizeTally = new Tally(options.sizeThreshold);
  }

  private optional<T>(what: string, find: () => T): T | undefined {
    try {
      return find();
    } catch (error) {
      if (!isHdf5Error(error)) throw error;
      this.warnings.push(`Unable to retrieve ${what}: ${error.message}`);
      return undefined;
    }
  }

  /** @throws HDF5Error when something in the file cannot be read. */
  static of(file: H5File, options: StatOptions): FileStatistics {
    const statistics = new FileStatistics(file, options);
    traverse(file, {
      object: (_, object, seenAs) => {
        if (seenAs === undefined) statistics.addObject(object);
      },
      link: (_, link) => statistics.addLink(link),
    });
    return statistics;
  }

  private addLink({ target }: Link): void {
    if (target.kind === "soft" || target.kind === "external") this.links++;
    else this.others++;
  }

  private addObject(object: EngineObject): void {
    requireOpenable(object);
    this.maxLinkCount = Math.max(this.maxLinkCount, object.linkCount);
    if (object instanceof GroupObject) this.addGroup(object);
    else if (object instanceof DatasetObject) this.addDataset(object);
    else {
      this.datatypes++;
      this.datatypeHeaders.add(object);
    }
    this.attributeStorage.add(attributeStorageInfo(object));
    this.attributeTally.add(object.attributeCount);
  }

  private addGroup(group: GroupObject): void {
    this.groups++;
    this.groupHeaders.add(group);
    this.groupStorage.add(groupStorageInfo(group));
    this.linkTally.add(group.linkTotal);
  }

  private addDataset(dataset: DatasetObject): void {
    this.datasets++;
    this.datasetHeaders.add(dataset);
    this.datasetStorage.add(datasetStorageInfo(dataset));
    this.addRawData(dataset);
    const { dims } = dataset;
    this.maxRank = Math.max(this.maxRank, dims.length);
    this.ranks[dims.length] = (this.ranks[dims.length] ?? 0) + 1;
    if (dims.length === 1) this.sizeTally.add(dims[0] as number);
    this.addDatatype(dataset);
    const filters = dataset.pipeline?.filters ?? [];
    if (filters.length === 0) this.unfiltered++;
    for (const { id } of filters) this.filters.set(id, (this.filters.get(id) ?? 0) + 1);
  }

  private addRawData(dataset: DatasetObject): void {
    const byteLength = storedBytes(dataset);
    const { kind } = dataset.layout;
    this.layouts[kind]++;
    // Compact data is part of the object header, but no metadata.
    if (kind === "compact") this.datasetHeaders.total -= byteLength;
    const external = externalFilesOf(dataset).length;
    this.externalFiles += external;
    if (external > 0) this.externalRawBytes += byteLength;
    else this.rawBytes += byteLength;
  }

  private addDatatype(dataset: DatasetObject): void {
    const { datatype: type, committedTypeAddress } = dataset;
    let use = committedTypeAddress === undefined ? undefined : this.useByType.get(committedTypeAddress);
    use ??= this.datatypeUses.find((known) => datatypesEqual(known.type, type));
    if (use === undefined) {
      use = { type, count: 0, committed: 0 };
      this.datatypeUses.push(use);
    }
    use.count++;
    if (committedTypeAddress === undefined) return;
    use.committed++;
    this.useByType.set(committedTypeAddress, use);
  }
}
