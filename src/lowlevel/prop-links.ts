/** Link access, link creation, string and attribute creation property lists. C: `H5P_LINK_ACCESS`, `H5P_LINK_CREATE`, … */
import { type Name, type Size, toInt, toName, toSize, toUnsigned } from "./arguments.ts";
import {
  ATTRIBUTE_ACCESS,
  ATTRIBUTE_CREATE,
  DATATYPE_ACCESS,
  FILE_MOUNT,
  GROUP_ACCESS,
  LINK_ACCESS,
  LINK_CREATE,
  STRING_CREATE,
} from "./prop-classes.ts";
import type { PropFAID } from "./prop-fapl.ts";
import { badRange, badValue, type PropClassID, PropCreateID, PropInstanceID } from "./property-list.ts";

export interface StringCreation {
  /** `h5t.CSET_…` of names. */
  readonly charEncoding: number;
}

export interface LinkCreation extends StringCreation {
  readonly createIntermediateGroup: boolean;
}

export const STRING_CREATION_DEFAULTS: StringCreation = { charEncoding: 0 };
export const LINK_CREATION_DEFAULTS: LinkCreation = { ...STRING_CREATION_DEFAULTS, createIntermediateGroup: false };

/** How a name is written. */
export class PropSCID<P extends StringCreation = StringCreation> extends PropCreateID<P> {
  protected override readonly propClass: PropClassID = STRING_CREATE;

  /** `h5t.CSET_ASCII` or `h5t.CSET_UTF8`. @throws ValueError for another. C: `H5Pset_char_encoding`. */
  setCharEncoding(encoding: Size): void {
    const charEncoding = toInt(encoding);
    if (charEncoding < 0 || charEncoding > 1) throw badValue("H5Pset_char_encoding", "character encoding is not valid");
    this.change({ charEncoding } as Partial<P>);
  }

  /** `h5t.CSET_ASCII` by default. C: `H5Pget_char_encoding`. */
  getCharEncoding(): number {
    return this.values().charEncoding;
  }
}

/** Attribute creation. C: `H5P_ATTRIBUTE_CREATE`. */
export class PropACID extends PropSCID {
  protected override readonly propClass = ATTRIBUTE_CREATE;
}

/** Link creation. C: `H5P_LINK_CREATE`. */
export class PropLCID extends PropSCID<LinkCreation> {
  protected override readonly propClass = LINK_CREATE;

  /** Whether groups missing on the way to the new link are created. C: `H5Pset_create_intermediate_group`. */
  setCreateIntermediateGroup(create: boolean): void {
    this.change({ createIntermediateGroup: Boolean(create) });
  }

  /** False by default. C: `H5Pget_create_intermediate_group`. */
  getCreateIntermediateGroup(): boolean {
    return this.values().createIntermediateGroup;
  }
}

export interface LinkAccess {
  /** Soft and external links followed for one name. */
  readonly nlinks: number;
  /** Folder that relative file names of external links are looked up in. */
  readonly elinkPrefix: string;
  readonly elinkFapl: PropFAID | null;
  /** `h5f.ACC_…` for files of external links; undefined for that of the parent file. */
  readonly elinkAccFlags: number | undefined;
}

export const LINK_ACCESS_DEFAULTS: LinkAccess = {
  nlinks: 16,
  elinkPrefix: "",
  elinkFapl: null,
  elinkAccFlags: undefined,
};

const ACC_RDWR = 0x01;
const ACC_SWMR_WRITE = 0x20;
const ACC_SWMR_READ = 0x40;
/** C: `H5F_ACC_DEFAULT`, the parent file's flags. */
const ACC_DEFAULT = 0xffff;
const ELINK_FLAGS = [0, ACC_RDWR, ACC_RDWR | ACC_SWMR_WRITE, ACC_SWMR_READ, ACC_DEFAULT];

/** How links are followed on the way to what `h5o.open`, `h5g.open` or `h5d.open` opens. C: `H5P_LINK_ACCESS`. */
export class PropLAID<P extends LinkAccess = LinkAccess> extends PropInstanceID<P> {
  protected override readonly propClass: PropClassID = LINK_ACCESS;

  /** How many soft and external links may be followed for one name. @throws ValueError for 0. C: `H5Pset_nlinks`. */
  setNlinks(nlinks: Size): void {
    const count = toSize(nlinks, "size_t");
    if (count === 0) throw badValue("H5Pset_nlinks", "number of links must be positive");
    this.change({ nlinks: count } as Partial<P>);
  }

  /** 16 by default. C: `H5Pget_nlinks`. */
  getNlinks(): number {
    return this.values().nlinks;
  }

  /** The folder in which files of external links are looked for. C: `H5Pset_elink_prefix`. */
  setElinkPrefix(prefix: Name): void {
    this.change({ elinkPrefix: toName(prefix) } as Partial<P>);
  }

  /** The folder; `""`, none, by default. C: `H5Pget_elink_prefix`. */
  getElinkPrefix(): string {
    return this.values().elinkPrefix;
  }

  /** How files of external links are opened. C: `H5Pset_elink_fapl`. */
  setElinkFapl(fapl: PropFAID): void {
    this.change({ elinkFapl: fapl.copy() } as Partial<P>);
  }

  /** Null when the parent file's list is used. C: `H5Pget_elink_fapl`. */
  getElinkFapl(): PropFAID | null {
    return this.values().elinkFapl?.copy() ?? null;
  }

  /**
   * `h5f.ACC_RDONLY` or `h5f.ACC_RDWR` for files of external links.
   *
   * @throws ValueError for other flags. C: `H5Pset_elink_acc_flags`.
   */
  setElinkAccFlags(flags: Size): void {
    const bits = toUnsigned(flags);
    if (!ELINK_FLAGS.includes(bits)) throw badRange("H5Pset_elink_acc_flags", "invalid file open flags");
    this.change({ elinkAccFlags: bits === ACC_DEFAULT ? undefined : bits } as Partial<P>);
  }

  /** 0xFFFF when the parent file's flags are used. C: `H5Pget_elink_acc_flags`. */
  getElinkAccFlags(): number {
    return this.values().elinkAccFlags ?? ACC_DEFAULT;
  }
}

/** Group access: what following links takes. C: `H5P_GROUP_ACCESS`. */
export class PropGAID extends PropLAID {
  protected override readonly propClass = GROUP_ACCESS;
}

/** Access to committed datatypes: what following links takes. C: `H5P_DATATYPE_ACCESS`. */
export class PropTAID extends PropLAID {
  protected override readonly propClass = DATATYPE_ACCESS;
}

/** Attribute access: what following links takes. C: `H5P_ATTRIBUTE_ACCESS`. */
export class PropAAID extends PropLAID {
  protected override readonly propClass = ATTRIBUTE_ACCESS;
}

export interface FileMounting {
  readonly local: boolean;
}

export const FILE_MOUNTING_DEFAULTS: FileMounting = { local: false };

/** Mounting of files. Its only property, `local`, has no effect, nor has it in the C library. C: `H5P_FILE_MOUNT`. */
export class PropFMID extends PropInstanceID<FileMounting> {
  protected override readonly propClass = FILE_MOUNT;
}
