/** The help text of `h5ts map`. */
export const MAP_HELP = `Usage: h5ts map [options] file

Tells which structure of an HDF5 file owns which bytes, and which bytes nobody owns.

  -s, --summary          only the bytes of each kind
  -m, --messages         object headers message by message
  -j, --json             as JSON: {file, byteLength, baseAddress, summary, regions, problems}
  -o, --svg=FILE         write a picture to FILE, in place of the table; the summary is printed all the same
  -c, --check            exit code 1 also for bytes that nobody owns

  -h, --help             this text
  -V, --version          version of the program

The exit code is 1 when bytes are owned more than once or when something cannot be read. Bytes that nobody owns are
common in files of the C library, which loses some when it closes a file.
`;
