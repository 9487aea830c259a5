/** What the processes of this example tell the one that started them. */

/** So many rows can be seen by others (the writer), or have been seen (a reader), from this time on (milliseconds). */
export interface RowsMessage {
  readonly kind: "rows";
  readonly rows: number;
  readonly at: number;
}

/** The file may be read (the writer), or is open (a reader). */
export interface BegunMessage {
  readonly kind: "begun";
}

/** The process is done. */
export interface EndMessage {
  readonly kind: "end";
  /** SHA-256 of all rows, in order. */
  readonly digest: string;
  /** Seconds of processor time. */
  readonly processorTime: number;
}

export type Message = RowsMessage | BegunMessage | EndMessage;

/** To the process that started this one. */
export function tell(message: Message): void {
  process.send?.(message);
}

/** When the process that started this one lets it go on. */
export function permission(): Promise<void> {
  return new Promise((resolve) => process.once("message", () => resolve()));
}

export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
