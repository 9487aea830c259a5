/**
 * Small raw data that nobody can have seen in the file, and that moves as it is closed.
 *
 * It is read, and waits from then on with the structures, in whose order it is written: a flush that fails puts back what
 * lay there.
 */
import { type Address, isDefined } from "../base/address.ts";
import { isHdf5Error } from "../base/errors.ts";
import { DatasetObject } from "./dataset-object.ts";
import type { FileStorage } from "./file-storage.ts";
import type { MovableBlock } from "./movable-blocks.ts";
import type { StructureCodec } from "./structure-cache.ts";

/** Larger pieces stay. */
const MOST_BYTES = 1 << 16;
/** So many are looked for: in files of more, what the last of them take is nothing. */
const MOST_PIECES = 4096;

interface Piece {
  readonly storage: FileStorage;
  /** Where it is now. */
  address: Address;
  readonly byteLength: number;
  /** Has the dataset find it at another address. */
  readonly lead: (to: Address) => void;
}

export class MovableData {
  private readonly pieces: readonly Piece[];

  constructor(datasets: Iterable<DatasetObject>) {
    const pieces: Piece[] = [];
    for (const dataset of datasets) {
      pieces.push(...readablePieces(dataset));
      if (pieces.length > MOST_PIECES) break;
    }
    this.pieces = pieces.length > MOST_PIECES ? [] : pieces;
  }

  movableBlocks(): MovableBlock[] {
    return this.pieces.map((piece) => {
      const { address, byteLength, lead } = piece;
      const repoint = (to: Address): void => {
        piece.address = to;
        lead(to);
      };
      return { type: "draw", address, byteLength, prepare: () => holdPiece(piece), repoint };
    });
  }
}

/** The piece waits to be written where it is. */
function holdPiece({ storage, address, byteLength }: Piece): void {
  if (storage.isDirty(address)) return;
  const bytes = new Uint8Array(byteLength);
  storage.readRaw(address, bytes);
  const codec: StructureCodec<Uint8Array> = {
    structure: "Raw data",
    byteLength,
    decode: (cursor) => cursor.take(cursor.length),
    encode: (writer, value) => writer.bytes(value),
  };
  storage.store(address, codec, bytes);
}

/** Those of a damaged dataset stay. */
function readablePieces(dataset: DatasetObject): Piece[] {
  try {
    const { layout } = dataset;
    if (layout.kind === "chunked") return chunksOf(dataset);
    // That of other files has no address.
    if (layout.kind !== "contiguous" || !isDefined(layout.address)) return [];
    const { address } = layout;
    return movesFrom(dataset, address, layout.byteLength) ? [contiguousPiece(dataset, address, layout.byteLength)] : [];
  } catch (cause) {
    if (!isHdf5Error(cause)) throw cause;
    return [];
  }
}

function movesFrom({ storage }: DatasetObject, address: Address, byteLength: number): boolean {
  return byteLength > 0 && byteLength <= MOST_BYTES && storage.isUnseen(address);
}

/** What the header says of the data may have moved meanwhile: it is looked at anew. */
function again({ file, header }: DatasetObject): DatasetObject {
  return new DatasetObject(file, header);
}

function contiguousPiece(dataset: DatasetObject, address: Address, byteLength: number): Piece {
  const lead = (to: Address): void => {
    const now = again(dataset);
    if (now.layout.kind === "contiguous") now.replaceLayout({ ...now.layout, address: to });
  };
  return { storage: dataset.storage, address, byteLength, lead };
}

function chunksOf(dataset: DatasetObject): Piece[] {
  const { storage } = dataset;
  const { index } = dataset.chunkStore();
  const pieces: Piece[] = [];
  // Those of an index that says itself where they are lie side by side.
  if (index.reserve !== undefined || index.count() > MOST_PIECES) return pieces;
  index.forEach((place, record) => {
    const { address, byteLength } = record;
    if (!movesFrom(dataset, address, byteLength)) return;
    const scaled = place.slice();
    const lead = (to: Address): void => {
      const now = again(dataset);
      now.chunkStore().index.insert(scaled, { ...record, address: to });
      now.closed();
    };
    pieces.push({ storage, address, byteLength, lead });
  });
  return pieces;
}
