/** What a data transfer property list means to a transfer. */
import { type ChunkTransferSettings, withChunkTransfer } from "../engine/chunks/chunk-transfer.ts";
import { DataTransform } from "../engine/conversion/data-transform.ts";
import type { ConversionWatcher } from "../engine/conversion/watched-conversion.ts";
import type { TransferOptions } from "../engine/dataset-io/typed-transfer.ts";
import { expectInstance } from "./arguments.ts";
import { PropDXID } from "./prop-dxpl.ts";
import { typeIdOf } from "./type-wrap.ts";

export interface TransferSettings extends TransferOptions {
  readonly watcher?: ConversionWatcher | undefined;
  readonly chunks?: ChunkTransferSettings | undefined;
}

const DEFAULTS: TransferSettings = {};

/** @throws TypeError for what is no such list. */
export function transferSettings(dxpl: PropDXID | null): TransferSettings {
  if (dxpl === null) return DEFAULTS;
  const { bufferSize, dataTransform, edcCheck, btreeRatios, conversionCallback } = expectInstance(
    dxpl,
    PropDXID,
    "dxpl",
  ).values();
  const transform = dataTransform === "" ? undefined : new DataTransform(dataTransform);
  return {
    bufferBytes: bufferSize,
    transform: transform?.isIdentity ? undefined : transform,
    watcher:
      conversionCallback === null
        ? undefined
        : (exception, from, to, input, output) =>
            conversionCallback(exception, typeIdOf(from), typeIdOf(to), input, output),
    chunks: { verifiesChecksums: edcCheck !== 0, splitRatios: btreeRatios },
  };
}

/** Runs a transfer with its settings of chunks. */
export function withSettings<T>({ chunks }: TransferSettings, transfer: () => T): T {
  return chunks === undefined ? transfer() : withChunkTransfer(chunks, transfer);
}
