/** What is selected of a dataset. */
import type { Selection } from "../engine/selection/selection.ts";
import type { Dataspace } from "../format/dataspace.ts";
import { shapeOf } from "../lowlevel/dataset-reading.ts";
import type { SpaceQuestions } from "../lowlevel/open-object.ts";
import {
  isRegularHyperslab,
  regularHyperslab,
  selectedPoints,
  selectionBounds,
  selectType,
} from "../lowlevel/space-questions.ts";

export class Space implements SpaceQuestions {
  readonly #extent: Dataspace;
  readonly #selection: Selection;

  constructor(extent: Dataspace, selection: Selection) {
    this.#extent = extent;
    this.#selection = selection;
  }

  get shape(): number[] | null {
    return shapeOf(this.#extent);
  }

  getSelectType(): number {
    return selectType(this.#selection);
  }

  getSelectNpoints(): number {
    return selectedPoints(this.#extent, this.#selection);
  }

  getSelectBounds(): [number[], number[]] | null {
    return selectionBounds(this.#extent, this.#selection);
  }

  isRegularHyperslab(): boolean {
    return isRegularHyperslab(this.#selection);
  }

  getRegularHyperslab(): [number[], number[], number[], number[]] {
    return regularHyperslab(this.#selection);
  }
}
