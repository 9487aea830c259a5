/**
 * Copies of objects, within a file or to another one.
 *
 * First all objects are made, group by group, then their data and attributes are copied, when every object that a
 * reference may name has its place. Copies keep the versions of their structures, but for those of a whole tree, which follow
 * the bounds of the destination. Reference implementation: H5Ocopy.c.
 */
import type { Address } from "../base/address.ts";
import { isHdf5Error } from "../base/errors.ts";
import { Queue } from "../base/queue.ts";
import type { Datatype } from "../format/datatype.ts";
import { holdsPlaces, usesHeap } from "../format/datatype-questions.ts";
import type { Link } from "../format/link.ts";
import { AlikeDatasets, alikeDatasetsOf } from "./alike-datasets.ts";
import { CommittedTypes } from "./committed-types.ts";
import { messagesOfCopy } from "./copied-messages.ts";
import { allocationTimeFor, layoutRequest, spaceWithin } from "./copied-storage.ts";
import { boundsOfCopy, boundsOfParts } from "./copied-versions.ts";
import type { CopyOptions, NewStorage, TreeCopyHooks } from "./copy-options.ts";
import { createDataset, createDatatype, createGroup } from "./create-object.ts";
import { convertAll, copyData } from "./dataset-copy.ts";
import type { DatasetOptions } from "./dataset-creation.ts";
import { DatasetObject } from "./dataset-object.ts";
import { DatatypeObject } from "./datatype-object.ts";
import { type RehomeContext, rehomeAll, rehomedType } from "./element-rehoming.ts";
import type { EngineObject } from "./engine-object.ts";
import { GroupObject } from "./group-object.ts";
import type { H5File } from "./h5-file.ts";
import { HeapJournal } from "./heap-journal.ts";
import type { ObjectOptions } from "./object-creation.ts";
import { OwnedHeapObjects } from "./owned-heap-objects.ts";
import { resolveObject } from "./resolve.ts";

const NO_HOOKS: TreeCopyHooks = {};

/** A copy that nothing links to yet. When it fails, nothing is left of it. */
export function copyObject<O extends EngineObject>(source: O, destination: H5File, options: CopyOptions = {}): O {
  destination.requireWritable();
  return new ObjectCopier(destination, options, NO_HOOKS, true).copy(source) as O;
}

/**
 * Copies what is in a group, attributes included, into an empty one. References lead to the copies of what they name, and
 * are null where that is not among what is copied.
 */
export function copyTree(source: GroupObject, target: GroupObject, hooks: TreeCopyHooks = {}): void {
  target.file.requireWritable();
  new ObjectCopier(target.file, {}, hooks, false).copyInto(source, target);
}

interface PendingGroup {
  readonly source: GroupObject;
  readonly copy: GroupObject;
  readonly depth: number;
}

interface Made {
  readonly source: EngineObject;
  readonly copy: EngineObject;
  /** Whether data can be taken over as it is stored. */
  readonly asStored: boolean;
}

interface TypeHolder {
  readonly file: H5File;
  readonly datatype: Datatype;
}

class ObjectCopier {
  private readonly destination: H5File;
  private readonly options: CopyOptions;
  private readonly hooks: TreeCopyHooks;
  /** Whether structures keep their versions; else they follow the bounds of the destination. */
  private readonly keepsVersions: boolean;
  private readonly types: CommittedTypes | undefined;
  /** Copies by file and address of what they are copies of. */
  private readonly copies = new Map<H5File, Map<Address, Address>>();
  private readonly groups = new Queue<PendingGroup>();
  private readonly made = new Queue<Made>();
  private alike: AlikeDatasets | undefined;
  private alikeIn: H5File | undefined;
  /** All that was made. */
  private readonly fresh: Address[] = [];
  /** Whether references stay within what is copied. */
  private isTree = false;
  /** Copies that were made for a reference. */
  private readonly referenced: Address[] = [];

  constructor(destination: H5File, options: CopyOptions, hooks: TreeCopyHooks, keepsVersions: boolean) {
    this.destination = destination;
    this.options = options;
    this.hooks = hooks;
    this.keepsVersions = keepsVersions;
    if (options.mergeCommittedTypes !== undefined) {
      this.types = new CommittedTypes(destination, options.mergeCommittedTypes);
    }
  }

  copy(root: EngineObject): EngineObject {
    const { destination } = this;
    const journal = new HeapJournal();
    try {
      destination.globalHeap.recording(journal, () => {
        this.make(root, 0);
        this.finish();
        this.linkReferenced();
      });
    } catch (error) {
      destination.abandon(this.fresh, journal);
      throw error;
    }
    return destination.object(this.make(root, 0));
  }

  copyInto(source: GroupObject, target: GroupObject): void {
    this.isTree = true;
    try {
      this.known(source.file).set(source.address, target.address);
      this.groups.add({ source, copy: target, depth: 0 });
      this.made.add({ source, copy: target, asStored: true });
      this.finish();
    } catch (error) {
      this.destination.abandon(this.fresh);
      throw error;
    }
  }

  /** Until nothing is left to do: references may bring in more objects. */
  private finish(): void {
    for (;;) {
      const group = this.groups.next();
      if (group !== undefined) {
        this.fillGroup(group);
        continue;
      }
      const next = this.made.next();
      if (next === undefined) return;
      this.finishObject(next);
    }
  }

  private finishObject({ source, copy, asStored }: Made): void {
    if (source instanceof DatasetObject && copy instanceof DatasetObject) {
      copyData(source, copy, asStored, (bytes) => this.elements(source, bytes));
    }
    if (!this.options.withoutAttributes) this.copyAttributes(source, copy);
    const comment = source.comment();
    if (comment !== undefined) copy.setComment(comment);
    copy.takeTimesOf(source);
    // Chunks that wait would wait in memory until the last object is copied.
    copy.closed();
  }

  private known(file: H5File): Map<Address, Address> {
    let known = this.copies.get(file);
    if (known === undefined) {
      known = new Map();
      this.copies.set(file, known);
    }
    return known;
  }

  /** The address of the copy of an object, made when it is first asked for. */
  private make(source: EngineObject, depth: number): Address {
    const known = this.known(source.file);
    const existing = known.get(source.address);
    if (existing !== undefined) return existing;
    const merged = source instanceof DatatypeObject ? this.types?.find(this.typeOf(source)) : undefined;
    if (merged !== undefined) {
      known.set(source.address, merged.address);
      return merged.address;
    }
    const alike = source instanceof DatasetObject ? this.makeAlike(source) : undefined;
    if (alike !== undefined) {
      this.fresh.push(alike.address);
      known.set(source.address, alike.address);
      this.made.add({ source, copy: alike, asStored: true });
      return alike.address;
    }
    const { copy, storage } = this.makeStored(source);
    this.fresh.push(copy.address);
    known.set(source.address, copy.address);
    if (copy instanceof DatatypeObject) this.types?.add(copy);
    const isSame = storage === undefined && source instanceof DatasetObject && this.typeOf(source) === source.datatype;
    this.made.add({ source, copy, asStored: isSame });
    if (source instanceof GroupObject && copy instanceof GroupObject && !(this.options.shallow && depth > 0)) {
      this.groups.add({ source, copy, depth });
    }
    return copy.address;
  }

  /** The copy of a dataset that is stored as the last one was. */
  private makeAlike(source: DatasetObject): DatasetObject | undefined {
    if (this.hooks.storageOf !== undefined) return undefined;
    if (source.file !== this.alikeIn) {
      const { destination, options } = this;
      const isPlain = this.hooks === NO_HOOKS;
      this.alike = isPlain
        ? alikeDatasetsOf(source.file, destination, options.withoutAttributes === true)
        : new AlikeDatasets();
      this.alikeIn = source.file;
    }
    const options = this.alike?.optionsFor(source);
    return options && createDataset(this.destination, options);
  }

  /** A copy with the storage that is asked for, if that suits it. */
  private makeStored(source: EngineObject): { readonly copy: EngineObject; readonly storage: NewStorage | undefined } {
    const { storageOf, storageRefused } = this.hooks;
    const storage = source instanceof DatasetObject ? storageOf?.(source) : undefined;
    try {
      return { copy: this.makeNew(source, storage), storage };
    } catch (error) {
      if (storage === undefined || storageRefused === undefined || !isHdf5Error(error, "argument")) throw error;
      storageRefused(source as DatasetObject, error);
      return { copy: this.makeNew(source, undefined), storage: undefined };
    }
  }

  private typeOf({ file, datatype }: TypeHolder): Datatype {
    return holdsPlaces(datatype)
      ? rehomedType(datatype, { source: file, destination: this.destination })
      : (this.hooks.convertedType?.(datatype) ?? datatype);
  }

  /** Packed elements as they are in the copy. */
  private elements(holder: TypeHolder, bytes: Uint8Array): Uint8Array {
    const { file, datatype } = holder;
    if (holdsPlaces(datatype)) return rehomeAll(datatype, bytes, this.context(file));
    return convertAll(datatype, this.typeOf(holder), bytes);
  }

  private makeNew(source: EngineObject, storage: NewStorage | undefined): EngineObject {
    const { fields } = source.header;
    const options = {
      bounds: this.keepsVersions ? boundsOfCopy(source, this.destination) : undefined,
      trackAttributeOrder: fields.attributeCreationOrderTracked,
      indexAttributeOrder: fields.version === 2 && fields.attributeCreationOrderIndexed,
      attributePhaseChange: fields.version === 2 ? fields.attributePhaseChange : undefined,
      trackTimes: source.modificationTime() !== undefined,
      messagesToCome: messagesOfCopy(source, this.destination, this.options, this.keepsVersions),
    };
    if (source instanceof GroupObject) {
      const { tracksCreationOrder: trackLinkOrder, indexesCreationOrder: indexLinkOrder } = source;
      const { linkPhaseChange, estimates: linkEstimates } = source.groupInfo ?? {};
      return createGroup(this.destination, {
        ...options,
        isNewStyle: this.keepsVersions && source.linkStorage !== "symbol table",
        trackLinkOrder,
        indexLinkOrder,
        linkPhaseChange: this.hooks.linkPhaseChange ?? linkPhaseChange,
        linkEstimates,
      });
    }
    if (source instanceof DatasetObject) return this.makeDataset(source, options, storage);
    return createDatatype(this.destination, this.typeOf(source as DatatypeObject), options);
  }

  private makeDataset(source: DatasetObject, options: ObjectOptions, storage: NewStorage | undefined): DatasetObject {
    const { fillValue } = source;
    const value = fillValue?.status === "user" ? fillValue.value : undefined;
    const datatype = this.typeOf(source);
    const isSame = storage === undefined && datatype === source.datatype;
    // Changed elements must not reach the files that the source has its own in.
    const external = !isSame && source.externalParts().length > 0;
    const layout = storage?.layout ?? (external ? ({ kind: "contiguous" } as const) : layoutRequest(source));
    const rehomed = value && this.elements(source, value);
    // The dataset makes a copy of its own.
    const release = (): void => {
      if (rehomed === undefined) return;
      const own = OwnedHeapObjects.of(this.destination, datatype, rehomed);
      this.destination.delete((deletion) => deletion.addHeapObjects(own));
    };
    try {
      const all: DatasetOptions = {
        ...options,
        datatype,
        committedTypeAddress: this.committedType(source),
        dataspace: isSame || layout.kind === "virtual" ? source.storedDataspace : spaceWithin(source, layout),
        layout,
        filters: storage?.filters ?? source.pipeline?.filters ?? [],
        // Chunks that are taken over as they are were encoded with just these values.
        isCopy: storage === undefined,
        filterParameters: isSame ? "as given" : "of the dataset",
        allocationTime: allocationTimeFor(source, layout),
        fillTime: fillValue?.fillTime ?? "if-set",
        // Without a message there is no fill value.
        ...(fillValue === undefined || fillValue.status === "undefined"
          ? { fillValue: null }
          : rehomed === undefined
            ? {}
            : { fillValue: rehomed }),
      };
      const copy = createDataset(this.destination, all);
      release();
      if (isSame && !usesHeap(datatype)) this.alike?.remember(source, all);
      return copy;
    } catch (error) {
      // It may be made otherwise.
      if (isHdf5Error(error, "argument")) release();
      throw error;
    }
  }

  /** The copy of a committed datatype. */
  private committedType(holder: {
    readonly file: H5File;
    readonly committedTypeAddress: Address | undefined;
  }): (() => Address) | undefined {
    const { file, committedTypeAddress } = holder;
    return committedTypeAddress === undefined ? undefined : () => this.make(file.object(committedTypeAddress), 0);
  }

  private fillGroup({ source, copy, depth }: PendingGroup): void {
    if (this.keepsVersions && source.linkStorage === "dense") copy.makeLinksDense();
    for (const link of this.hooks.linksOf?.(source) ?? linksAsMade(source)) {
      const as = this.hooks.linkAs?.(source, link) ?? "link";
      if (as === "nothing") continue;
      this.keepOrder(copy, link.creationOrder);
      const target = this.linkedObject(source, link, as === "object");
      // Symbol tables say ASCII of every name.
      const characterSet = this.keepsVersions && link.characterSet === "utf-8" ? "utf-8" : undefined;
      if (target === undefined) copy.insertLink(link.name, link.target, characterSet);
      else {
        const objectHeaderAddress = as === "object" ? this.copyOfItsOwn(target) : this.make(target, depth + 1);
        copy.insertLink(link.name, { kind: "hard", objectHeaderAddress }, characterSet);
      }
    }
    this.keepOrder(copy, source.nextCreationOrder);
  }

  /** One more copy of an object, beside the one that a hard link to it leads to. */
  private copyOfItsOwn(source: EngineObject): Address {
    return new ObjectCopier(this.destination, {}, NO_HOOKS, this.keepsVersions).copy(source).address;
  }

  /** Links and attributes keep their numbers, unless they are put into an order of the caller's. */
  private keepOrder(copy: GroupObject, creationOrder: number | undefined): void {
    if (creationOrder !== undefined && this.hooks.linksOf === undefined) copy.continueAt(creationOrder);
  }

  /** The object to copy for a link; undefined when the link itself is copied. */
  private linkedObject(group: GroupObject, link: Link, asObject: boolean): EngineObject | undefined {
    const { target } = link;
    if (target.kind === "hard") return group.file.object(target.objectHeaderAddress);
    const expand =
      asObject ||
      (target.kind === "soft" && this.options.expandSoftLinks) ||
      (target.kind === "external" && this.options.expandExternalLinks);
    if (!expand) return undefined;
    try {
      return resolveObject(group, link.name);
    } catch (error) {
      // Links that lead nowhere, or in a circle, stay links.
      if (isHdf5Error(error, "not-found") || isHdf5Error(error, "limit")) return undefined;
      throw error;
    }
  }

  private context(source: H5File): RehomeContext {
    const { destination } = this;
    if (source === destination) return { source, destination, addressOf: (address) => address };
    const known = this.known(source);
    const copyAt = (address: Address): Address | undefined => {
      if (this.isTree) return known.get(address);
      return this.options.expandReferences ? (known.get(address) ?? this.copyReferenced(source, address)) : undefined;
    };
    const addressOf = (address: Address): Address | undefined => {
      const copied = copyAt(address);
      if (copied !== undefined) destination.tellAddress(copied);
      return copied;
    };
    return { source, destination, addressOf };
  }

  /** An object that only a reference leads to; undefined where there is no object. */
  private copyReferenced(source: H5File, address: Address): Address | undefined {
    let object: EngineObject;
    try {
      object = source.object(address);
    } catch (error) {
      if (isHdf5Error(error)) return undefined;
      throw error;
    }
    const copied = this.make(object, 0);
    this.referenced.push(copied);
    return copied;
  }

  /** Objects that nothing but references leads to are found by these names. */
  private linkReferenced(): void {
    const root = this.destination.root();
    for (const address of this.referenced) {
      root.insertLink(`~obj_pointed_by_${address}`, { kind: "hard", objectHeaderAddress: address });
    }
  }

  private copyAttributes(source: EngineObject, copy: EngineObject): void {
    const { file } = source;
    const isKept = this.hooks.linksOf === undefined;
    if (this.keepsVersions && source.hasDenseAttributes && copy.header.version === 2) copy.makeAttributesDense();
    for (const attribute of source.attributes()) {
      if (isKept) copy.continueAttributesAt(attribute.creationOrder);
      const { name, characterSet, datatype, dataspace, committedTypeAddress } = attribute;
      copy.createAttribute({
        name,
        characterSet,
        datatype: this.typeOf({ file, datatype }),
        dataspace,
        bytes: this.elements({ file, datatype }, attribute.bytes).slice(),
        committedTypeAddress: this.committedType({ file, committedTypeAddress })?.(),
        partBounds: this.keepsVersions ? boundsOfParts(attribute, this.destination) : undefined,
      });
    }
    if (isKept) copy.continueAttributesAt(source.nextAttributeOrder);
  }
}

function linksAsMade(group: GroupObject): readonly Link[] {
  const links = group.links();
  if (!group.tracksCreationOrder) return links;
  return links.toSorted((a, b) => (a.creationOrder ?? 0) - (b.creationOrder ?? 0));
}
