/** The help text of `h5ts unjam`. */
export const UNJAM_HELP = `Usage: h5ts unjam -i FILE [-o OUTPUT] [-u USERFILE | --delete]

Takes the user block from the front of an HDF5 file. Without -u and --delete it goes to the standard output.

  -i FILE                   the HDF5 file, with a user block
  -o OUTPUT                 the file to make; FILE itself is changed unless given
  -u USERFILE               where to put the user block
      --delete              do without it

  -h, --help                this text
  -V, --version             version of the program
`;
