/** The help text of `h5ts diff`. */
export const DIFF_HELP = `Usage: h5ts diff [options] FILE1 FILE2 [OBJECT1 [OBJECT2]]

Compares two HDF5 files, or two objects with all that is in them. OBJECT2 is OBJECT1 where it is left out; a dataset may be
followed by the part that is compared: DATASET[START;STRIDE;COUNT;BLOCK].

  -r, --report              print differences
  -v, --verbose[=N]         print differences and the list of objects; 1: how many attributes are common, 2: which,
                            3: the names of the files
  -q, --quiet               print nothing
  -c, --compare             list what cannot be compared
  -N, --nan                 a NaN is not equal to a NaN

How far values may differ; one of:
  -d D, --delta=D           |a - b| up to D
  -p R, --relative=R        |(b - a) / a| up to R
  --use-system-epsilon      |a - b| less than the machine's epsilon

  -n C, --count=C           stop after C differences in an object
  --follow-symlinks         compare what soft and external links lead to
  --no-dangling-links       with --follow-symlinks: a link that leads nowhere is an error
  --exclude-path PATH       leave out an object, and what is in it; may be given several times
  --exclude-attribute PATH  leave out an attribute: the path of its object, a slash, its name

Accepted, without effect: --enable-error-stack[=2], --page-buffer-size=N, --vol-*.

  --vfd-name-1=NAME, --vfd-name-2=NAME  drivers of the files
  -h, --help                this text
  -V, --version             version of the program

Exit code: 0 no differences, 1 differences or a wrong command line, 2 an error.
`;
