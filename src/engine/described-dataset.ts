/**
 * What a dataset's header says of it.
 *
 * Reference implementation: H5Dint.c.
 */
import type { Address } from "../base/address.ts";
import { formatError } from "../base/errors.ts";
import { type DataLayout, isVirtualLayout, type VirtualLayout } from "../format/data-layout.ts";
import type { Dataspace } from "../format/dataspace.ts";
import type { Datatype } from "../format/datatype.ts";
import { hasVariableLength } from "../format/datatype-questions.ts";
import type { FillValue } from "../format/fill-value.ts";
import type { FilterPipeline } from "../format/filter-pipeline.ts";
import { MESSAGE } from "../format/message-types.ts";
import { type FillRule, fillRule } from "./dataset-io/fill.ts";
import { EngineObject } from "./engine-object.ts";
import type { ExternalFolders } from "./file-opener.ts";
import type { FileStorage } from "./file-storage.ts";
import type { H5File } from "./h5-file.ts";
import { committedTypeAddressOf, dataspaceOf, datatypeOf, fillValueOf, layoutOf, pipelineOf } from "./header-values.ts";
import { ownerOfFills } from "./heap-copies.ts";
import type { ObjectHeader } from "./object-header.ts";
import type { VirtualView } from "./virtual/extent.ts";
import { VirtualDataset } from "./virtual/virtual-dataset.ts";

const NO_FOLDERS = {};

export abstract class DescribedDataset extends EngineObject {
  /** Asked at each access; no dataset becomes virtual or ceases to be, nor do its elements change their datatype. */
  private knownVirtual: boolean | undefined;
  private knownOwner: boolean | undefined;
  private knownType: Datatype | undefined;
  protected shown: VirtualDataset | undefined;
  private wantedView: VirtualView | undefined;
  /** Where this dataset's other files are looked for, in place of the file's setting. */
  externalFolders: Pick<ExternalFolders, "rawData" | "virtualSources"> = NO_FOLDERS;

  /** @param madeOf - Of a contiguous dataset that was made just now: its datatype, which keeps nothing in the global heap. */
  constructor(file: H5File, header: ObjectHeader, madeOf?: Datatype) {
    super(file, header);
    if (madeOf === undefined) return;
    this.knownType = madeOf;
    this.knownVirtual = false;
    this.knownOwner = false;
  }

  get storage(): FileStorage {
    return this.file.storage;
  }

  protected required<T>(value: T | undefined, message: string): T {
    if (value !== undefined) return value;
    throw formatError(`no ${message} message`, { structure: "Object header", address: this.address });
  }

  /** In the file; memory may have another. */
  get datatype(): Datatype {
    this.knownType ??= this.required(datatypeOf(this.file, this.header), "datatype");
    return this.knownType;
  }

  /** Where the datatype is committed, if it is. */
  get committedTypeAddress(): Address | undefined {
    return committedTypeAddressOf(this.file, this.header);
  }

  /** As the header has it, whatever the sources of a virtual dataset say. */
  get storedDataspace(): Dataspace {
    return this.required(dataspaceOf(this.file, this.header), "dataspace");
  }

  /** Of a virtual dataset, with the extent that its sources give it now. */
  get dataspace(): Dataspace {
    const stored = this.storedDataspace;
    const dims = this.virtual?.dims ?? stored.dims;
    return dims === stored.dims ? stored : { ...stored, dims };
  }

  /** Whether the layout message says so; it may be damaged otherwise. */
  get isVirtual(): boolean {
    if (this.knownVirtual === undefined) {
      const message = this.header.look(MESSAGE.DATA_LAYOUT);
      this.knownVirtual = message !== undefined && isVirtualLayout(message.byteAt(0), message.byteAt(1));
    }
    return this.knownVirtual;
  }

  /** What there is to know of a virtual dataset; undefined for others. */
  get virtual(): VirtualDataset | undefined {
    if (!this.isVirtual || this.shown !== undefined) return this.shown;
    const { layout } = this;
    if (layout.kind !== "virtual") return undefined;
    this.shown = this.openVirtual(layout);
    if (this.wantedView !== undefined) this.shown.view = this.wantedView;
    return this.shown;
  }

  /** What a virtual dataset shows of sources that are missing or of different size. C: `H5Pset_virtual_view`. */
  set virtualView(view: VirtualView) {
    this.wantedView = view;
    if (this.shown !== undefined) this.shown.view = view;
  }

  private openVirtual(layout: VirtualLayout): VirtualDataset {
    const { file, address, datatype, fill } = this;
    const storedDims = this.required(dataspaceOf(file, this.header), "dataspace").dims;
    const sourceFolder = this.externalFolders.virtualSources;
    return new VirtualDataset({ file, address, datatype, fill, storedDims, sourceFolder }, layout);
  }

  get layout(): DataLayout {
    return this.required(layoutOf(this.file, this.header), "data layout");
  }

  get pipeline(): FilterPipeline | undefined {
    return pipelineOf(this.file, this.header);
  }

  get fillValue(): FillValue | undefined {
    return fillValueOf(this.file, this.header);
  }

  /** Current extent, in elements; empty for scalar and null. */
  get dims(): readonly number[] {
    return this.dataspace.dims;
  }

  get elementSize(): number {
    return this.datatype.size;
  }

  get fill(): FillRule {
    const rule = fillRule(this.fillValue);
    const { file, datatype } = this;
    if (rule.element === undefined || !hasVariableLength(datatype)) return rule;
    return { ...rule, own: ownerOfFills(file, datatype, rule.element) };
  }

  /** Whether elements own heap objects, which come and go with them. */
  get ownsHeapObjects(): boolean {
    this.knownOwner ??= !this.isVirtual && this.storedDataspace.kind !== "null" && hasVariableLength(this.datatype);
    return this.knownOwner;
  }

  protected override startAnew(header: ObjectHeader): void {
    super.startAnew(header);
    this.knownType = undefined;
    this.forgetVirtual();
  }

  /** Mappings are over another extent now. */
  protected forgetVirtual(): void {
    if (this.shown === undefined) return;
    this.shown.close();
    this.shown = undefined;
  }
}
