/**
 * Committed datatypes of a file that a copy may use in place of its own.
 *
 * Reference implementation: H5Ocopy.c, `H5O__copy_search_comm_dt`.
 */
import type { Address } from "../base/address.ts";
import { isHdf5Error } from "../base/errors.ts";
import type { Datatype } from "../format/datatype.ts";
import { elementsInterchangeable } from "../format/datatype-questions.ts";
import { DatasetObject } from "./dataset-object.ts";
import { DatatypeObject } from "./datatype-object.ts";
import type { EngineObject } from "./engine-object.ts";
import { GroupObject } from "./group-object.ts";
import type { H5File } from "./h5-file.ts";
import { resolveObject } from "./resolve.ts";

export interface TypeSearch {
  /** Objects whose committed datatypes are tried first. C: `H5Padd_merge_committed_dtype_path`. */
  readonly paths?: readonly string[];
  /**
   * Asked, once at most, before the whole file is searched; false leaves that out. Default: the file is searched.
   * C: `H5Pset_mcdt_search_cb`.
   */
  readonly searchFile?: (() => boolean) | undefined;
}

export class CommittedTypes {
  private readonly file: H5File;
  private readonly search: TypeSearch;
  private readonly found = new Map<Address, Datatype>();
  private suggestionsRead = false;
  private fileRead = false;

  constructor(file: H5File, search: TypeSearch) {
    this.file = file;
    this.search = search;
  }

  /** A committed datatype that is equal to `type`. */
  find(type: Datatype): DatatypeObject | undefined {
    this.readSuggestions();
    return this.match(type) ?? (this.readFile() ? this.match(type) : undefined);
  }

  /** One that was just made. */
  add({ address, datatype }: DatatypeObject): void {
    this.found.set(address, datatype);
  }

  private match(type: Datatype): DatatypeObject | undefined {
    for (const [address, known] of this.found) {
      if (!elementsInterchangeable(known, type)) continue;
      const object = this.file.object(address);
      if (object instanceof DatatypeObject) return object;
    }
    return undefined;
  }

  private readSuggestions(): void {
    if (this.suggestionsRead) return;
    this.suggestionsRead = true;
    for (const path of this.search.paths ?? []) {
      try {
        const object = resolveObject(this.file.root(), path);
        if (object.file === this.file) this.addTypesOf(object);
      } catch (error) {
        // A suggestion that leads nowhere is none.
        if (!isHdf5Error(error)) throw error;
      }
    }
  }

  /** True when there may be more now. */
  private readFile(): boolean {
    if (this.fileRead) return false;
    this.fileRead = true;
    if (this.search.searchFile !== undefined && !this.search.searchFile()) return false;
    const root = this.file.root();
    const seen = new Set([root.address]);
    const waiting: EngineObject[] = [root];
    for (let object = waiting.pop(); object !== undefined; object = waiting.pop()) {
      this.addTypesOf(object);
      if (!(object instanceof GroupObject)) continue;
      for (const { target } of object.links()) {
        if (target.kind !== "hard" || seen.has(target.objectHeaderAddress)) continue;
        seen.add(target.objectHeaderAddress);
        waiting.push(this.file.object(target.objectHeaderAddress));
      }
    }
    return true;
  }

  /** The object itself, the datatype it is of, and those of its attributes. */
  private addTypesOf(object: EngineObject): void {
    if (object instanceof DatatypeObject) this.add(object);
    if (object instanceof DatasetObject) this.addAt(object.committedTypeAddress, object.datatype);
    for (const { committedTypeAddress, datatype } of object.attributes()) this.addAt(committedTypeAddress, datatype);
  }

  private addAt(address: Address | undefined, datatype: Datatype): void {
    if (address !== undefined && !this.found.has(address)) this.found.set(address, datatype);
  }
}
