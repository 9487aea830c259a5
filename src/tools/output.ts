/** Where a tool's text goes: collected, and written in pieces of a megabyte. */
import { bytesToText } from "./byte-text.ts";
import type { Platform } from "./platform.ts";

/** A destination of text of bytes (see byte-text.ts). */
export interface TextOutput {
  write(text: string): void;
  /** Bytes that are written as they are; they are not kept. */
  writeBytes(bytes: Uint8Array): void;
  flush(): void;
}

const PIECE = 1 << 20;

abstract class PiecewiseOutput implements TextOutput {
  private buffer = new Uint8Array(PIECE);
  private used = 0;

  write(text: string): void {
    let from = 0;
    while (from < text.length) {
      if (this.used === PIECE) this.flush();
      const count = Math.min(text.length - from, PIECE - this.used);
      const { buffer, used } = this;
      for (let i = 0; i < count; i++) buffer[used + i] = text.charCodeAt(from + i);
      this.used += count;
      from += count;
    }
  }

  writeBytes(bytes: Uint8Array): void {
    this.flush();
    this.emit(bytes);
  }

  flush(): void {
    if (this.used > 0) {
      const piece = this.buffer.subarray(0, this.used);
      this.used = 0;
      this.emit(piece);
    }
  }

  protected abstract emit(bytes: Uint8Array): void;
}

/** Standard output. */
export class StandardOutput extends PiecewiseOutput {
  private readonly platform: Platform;

  constructor(platform: Platform) {
    super();
    this.platform = platform;
  }

  protected emit(bytes: Uint8Array): void {
    this.platform.writeStandardOutput(bytes);
  }
}

/** A file, created or emptied when the output is made. */
export class FileOutput extends PiecewiseOutput {
  private readonly platform: Platform;
  private readonly path: string;

  constructor(platform: Platform, path: string) {
    super();
    this.platform = platform;
    this.path = path;
    platform.createFile(path);
  }

  protected emit(bytes: Uint8Array): void {
    this.platform.appendFile(this.path, bytes);
  }
}

/** Text kept in memory, for tests and for text that is measured before it is printed. */
export class MemoryOutput implements TextOutput {
  text = "";

  write(text: string): void {
    this.text += text;
  }

  writeBytes(bytes: Uint8Array): void {
    this.text += bytesToText(bytes);
  }

  flush(): void {}
}
