/** The help text of `h5ts format-convert`. */
export const FORMAT_CONVERT_HELP = `Usage: h5ts format-convert [options] FILE

Makes a file readable for HDF5 1.8: chunks are found by a version 1 B-tree, other layouts are described by version 3 of their
message, and a superblock of version 3 becomes one of version 2. The data stays where it is. Nothing happens to virtual datasets.

  -d, --dname=DATASET       this dataset alone; all of them unless given
  -n, --noop                go through the file without changing it
  -v, --verbose             tell what is done

  -h, --help                this text
  -V, --version             version of the program
`;
