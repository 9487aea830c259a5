/** The objects and links of a file, by their paths. */
import type { DatasetObject } from "../../engine/dataset-object.ts";
import type { EngineObject } from "../../engine/engine-object.ts";
import type { GroupObject } from "../../engine/group-object.ts";
import type { H5File } from "../../engine/h5-file.ts";
import type { Link } from "../../format/link.ts";
import { type LinkOrder, traverse } from "../traverse.ts";

export interface FoundObject {
  readonly path: string;
  readonly object: EngineObject;
}

export interface FoundLink {
  readonly path: string;
  readonly link: Link;
  readonly group: GroupObject;
}

export class FileContents {
  /** Every object once, by the path under which it is met first. */
  readonly objects: readonly FoundObject[];
  /** All but hard links. */
  readonly links: readonly FoundLink[];
  private readonly paths = new Map<number, string>();
  private readonly byPath = new Map<string, EngineObject>();

  private constructor(all: readonly (FoundObject & { readonly isFirst: boolean })[], links: readonly FoundLink[]) {
    this.objects = all.filter(({ isFirst }) => isFirst);
    this.links = links;
    for (const { path, object } of this.objects) this.paths.set(object.address, path);
    for (const { path, object } of all) this.byPath.set(path, object);
  }

  static of(file: H5File, order: LinkOrder): FileContents {
    const objects: (FoundObject & { isFirst: boolean })[] = [];
    const links: FoundLink[] = [];
    traverse(
      file,
      {
        object: (path, object, seenAs) => objects.push({ path, object, isFirst: seenAs === undefined }),
        link: (path, link, group) => links.push({ path, link, group }),
      },
      order,
    );
    return new FileContents(objects, links);
  }

  pathOf(dataset: DatasetObject): string {
    return this.paths.get(dataset.address) ?? "";
  }

  /** A leading slash may be left out. */
  objectAt(path: string): EngineObject | undefined {
    return this.byPath.get(path.startsWith("/") ? path : `/${path}`);
  }
}
