/**
 * Reads options the way the HDF5 tools do.
 *
 * Letters may be followed by ":" (an argument, in the same word or the next) or "*" (an argument that may be missing: the
 * next word, unless that is an option or the last word, which is the file) or "#" (a number that may be missing: digits in
 * the same word, or the next word if it is nothing else). Long options carry a missing-able argument
 * only after "=". The first word that is no option ends the options. Reference: `H5_get_option`.
 */

/** A command line that the tool does not understand. */
export class UsageError extends Error {
  override name = "UsageError";
}

export interface OptionTable {
  /** Letters, each with ":", "*" or "#" behind it if it takes an argument. */
  readonly letters: string;
  /** Long names and their letters; a letter with ":" is not among `letters` and takes an argument. */
  readonly words: Readonly<Record<string, string>>;
}

export interface ReadOption {
  readonly letter: string;
  readonly argument: string | undefined;
}

type ArgumentRule = "none" | "required" | "optional" | "optional number";

const RULES: Readonly<Record<string, ArgumentRule>> = { ":": "required", "*": "optional", "#": "optional number" };

export class OptionReader {
  private readonly words: readonly string[];
  private readonly table: OptionTable;
  private index = 0;
  /** Position within a word of several letters; 0 at the start of a word. */
  private position = 0;

  constructor(words: readonly string[], table: OptionTable) {
    this.words = words;
    this.table = table;
  }

  private rule(letter: string): ArgumentRule | undefined {
    const at = letter in RULES ? -1 : this.table.letters.indexOf(letter);
    return at < 0 ? undefined : (RULES[this.table.letters[at + 1] ?? ""] ?? "none");
  }

  /** The next option; undefined when only file names are left. @throws UsageError for an unknown one. */
  next(): ReadOption | undefined {
    const word = this.words[this.index];
    if (this.position > 0 && word !== undefined) return this.letter(word);
    if (word === undefined || !word.startsWith("-") || word === "-") return undefined;
    if (word === "--") {
      this.index++;
      return undefined;
    }
    if (word.startsWith("--")) return this.long(word.slice(2));
    this.position = 1;
    return this.letter(word);
  }

  /** The letter of the option that `next` would read, without reading it. */
  peekLetter(): string | undefined {
    const { index, position } = this;
    try {
      return this.next()?.letter;
    } catch (error) {
      if (error instanceof UsageError) return "?";
      throw error;
    } finally {
      this.index = index;
      this.position = position;
    }
  }

  rest(): readonly string[] {
    return this.words.slice(this.index);
  }

  private letter(word: string): ReadOption {
    const letter = word[this.position] as string;
    const rule = this.rule(letter);
    if (rule === undefined) throw new UsageError(`unknown option "${letter}"`);
    const restOfWord = word.slice(this.position + 1);
    // Behind the letter of a number may be other letters.
    if (rule === "none" || (rule === "optional number" && /^\D/.test(restOfWord))) {
      this.position++;
      if (this.position === word.length) this.nextWord();
      return { letter, argument: undefined };
    }
    this.nextWord();
    if (rule === "required") {
      if (restOfWord !== "") return { letter, argument: restOfWord };
      const argument = this.words[this.index++];
      if (argument === undefined) throw new UsageError(`value expected for option "${letter}"`);
      return { letter, argument };
    }
    if (rule === "optional number" && restOfWord !== "") return { letter, argument: restOfWord };
    const following = this.words[this.index];
    const isLast = this.index + 1 >= this.words.length;
    const fits = rule === "optional" ? !following?.startsWith("-") : /^\d+$/.test(following ?? "");
    if (following === undefined || isLast || !fits) return { letter, argument: undefined };
    this.index++;
    return { letter, argument: following };
  }

  private nextWord(): void {
    this.index++;
    this.position = 0;
  }

  private long(text: string): ReadOption {
    const equals = text.indexOf("=");
    const name = equals < 0 ? text : text.slice(0, equals);
    let argument = equals < 0 ? undefined : text.slice(equals + 1);
    this.index++;
    const entry = Object.hasOwn(this.table.words, name) ? this.table.words[name] : undefined;
    if (entry === undefined) throw new UsageError(`unknown option "${name}"`);
    const letter = entry[0] as string;
    const rule = entry.endsWith(":") ? "required" : (this.rule(letter) ?? "none");
    if (rule === "none" && argument !== undefined) throw new UsageError(`no option required for "${name}" flag`);
    if (rule === "required" && argument === undefined) {
      const following = this.words[this.index];
      if (following !== undefined && !following.startsWith("-")) {
        argument = following;
        this.index++;
      } else {
        throw new UsageError(`option required for "--${name}" flag`);
      }
    }
    return { letter, argument };
  }
}
