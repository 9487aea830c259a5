/** The help text of `h5ts clear`. */
export const CLEAR_HELP = `Usage: h5ts clear [options] FILE

Makes a file usable again that a writer left open when it died. It mends nothing else.

  -s, --status              take away the mark that a writer has the file open
  -m, --image               put a metadata cache image in its places, and remove it
      --filesize            print where the file ends by its superblock (EOA), and where it does end (EOF)
      --increment[=C]       have the file end C bytes behind all that it has, by both counts; 1 MiB unless given

  -h, --help                this text
  -V, --version             version of the program
`;
