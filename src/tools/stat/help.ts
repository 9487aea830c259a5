/** The help text of `h5ts stat`. */
export const STAT_HELP = `Usage: h5ts stat [options] file

Counts the objects of an HDF5 file and the bytes that they take.

What to print (everything unless something is chosen):
  -f, --file             numbers of objects
  -F, --filemetadata     bytes of all kinds of metadata
  -g, --group            groups by their number of links
  -G, --groupmetadata    bytes of the metadata of groups
  -d, --dset             datasets: rank, size, storage layout, filters
  -D, --dsetmetadata     bytes of the metadata of datasets
  -T, --dtypemetadata    datatypes of datasets
  -A, --attribute        objects by their number of attributes
  -s, --freespace        sections of free space
  -S, --summary          how the bytes of the file are used

What counts as small (1 or more, 10 by default):
  -l, --links=N          groups of fewer than N links
  -m, --dims=N           one-dimensional datasets of fewer than N elements
  -a, --numattrs=N       objects of at most N attributes

Accepted, without effect: --enable-error-stack[=2], --page-buffer-size=N, --s3-cred=TEXT, --hdfs-attrs=TEXT

  -h, --help             this text
  -V, --version          version of the program
`;
