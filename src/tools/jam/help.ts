/** The help text of `h5ts jam`. */
export const JAM_HELP = `Usage: h5ts jam -i FILE -u USERFILE [-o OUTPUT] [--clobber]

Puts any file in front of an HDF5 file, as its user block. The block has 512 bytes, or as many times twice that as it takes.

  -i FILE                   the HDF5 file
  -u USERFILE               what to put in front of it; it must not be an HDF5 file
  -o OUTPUT                 the file to make; FILE itself is changed unless given
      --clobber             in place of a user block that is there; else behind what is in it. The block does not get smaller

  -h, --help                this text
  -V, --version             version of the program
`;
