/** Watches over the space of a file while a program runs: nothing is owned twice, nothing is lost, each heap object has an owner. */
import { type File, h5f } from "../../../src/index.ts";
import { lostSpans } from "../../support/space-check.ts";
import { SpaceJudge } from "../../support/space-judge.ts";
import type { Program } from "./calls.ts";

export class SpaceWatch {
  readonly problems: string[] = [];
  private readonly options: Program["file"]["options"];
  private judge: SpaceJudge | undefined;
  private isNew = true;

  constructor({ options }: Program["file"]) {
    this.options = options;
  }

  /** The file was opened for writing. */
  begin(file: File): void {
    const { fsStrategy, fsPersist, fsThreshold = 1 } = this.options;
    const { file: engine } = idOf(file).location().object;
    this.judge = new SpaceJudge(engine, {
      // What is kept account of is not lost.
      lost: this.isNew || fsPersist ? [] : lostSpans(engine),
      references: new Set(),
      // Of pieces below the threshold nobody does.
      keepsAccount: fsStrategy !== "aggregate" && fsStrategy !== "none" && fsThreshold === 1,
    });
    this.isNew = false;
  }

  /** It is about to be closed. What is open lives without a name, so that it is closed first. */
  end(file: File): void {
    const { judge } = this;
    this.judge = undefined;
    if (judge === undefined) return;
    const id = idOf(file);
    for (const each of h5f.getObjIds(id, h5f.OBJ_ALL & ~h5f.OBJ_FILE)) each.close();
    file.flush();
    this.problems.push(...judge.problems());
  }
}

function idOf(file: File): h5f.FileID {
  return file.id as unknown as h5f.FileID;
}
