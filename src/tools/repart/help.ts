/** The help text of `h5ts repart`. */
export const REPART_HELP = `Usage: h5ts repart [options] SOURCE DESTINATION

Copies a file into members of another size, into one file, or from one file into members. A name with a place for a number in
it, as %d or %05d, stands for a family of members.

  -m N                      bytes of each new member, 1g unless given; k, m and g stand for KiB, MiB and GiB
  -family_to_single         have the copy, in one file, tell of no members (also: -family_to_sec2)
  -b N                      bytes that are copied at once; taken for the C tool's sake
  -v                        name the files

  -h, --help                this text
  -V                        version of the program
`;
