/** The help text of `h5ts dump`. */
export const DUMP_HELP = `Usage: h5ts dump [options] file ...

Prints the contents of HDF5 files as text.

What to print (the whole file unless some object is named):
  -d, --dataset=PATH     a dataset; PATH[START;STRIDE;COUNT;BLOCK] prints a part of it
  -g, --group=PATH       a group and everything below it
  -a, --attribute=PATH   an attribute; a slash within its name is written \\/
  -t, --datatype=PATH    a committed datatype
  -l, --soft-link=PATH   a soft or external link
  -N, --any_path=PATH    whatever has this path
  -n, --contents[=1]     only a list of the objects; 1 adds attributes
  -H, --header           no values
  -A, --onlyattr[=0]     attributes and no data; 0 leaves attributes out
  -B, --superblock       properties of the file
  -p, --properties       layout, filters, fill value and time of allocation of datasets
  -i, --object-ids       identifiers of objects

Part of the dataset named before (lists of numbers, one a dimension):
  -s, --start=LIST   -S, --stride=LIST   -c, --count=LIST   -k, --block=LIST
  -M, --packed-bits=OFFSET,LENGTH,...    bits of integers instead of their values
  -C, --no-compact-subset                brackets belong to the path

How to print:
  -e, --escape           escape sequences for control characters
  -r, --string           one-byte integers as text
  -y, --noindex          no indices before the data
  -m, --format=FORMAT    printf format of floating-point numbers
  -w, --width=N          columns of a line; 0 for as many as need be
  -q, --sort_by=KEY      name (default) or creation_order
  -z, --sort_order=ORDER ascending (default) or descending
  -R, --region           the data that region references lead to
  -E, --enable-error-stack[=2]

Where to:
  -o, --output[=FILE]    data to a file; without a name, nowhere
  -O, --ddl[=FILE]       descriptions to a file; without a name, nowhere
  -b, --binary[=FORM]    data as bytes to the file of -o: NATIVE (default), FILE, LE, BE

XML:
  -x, --xml              XML with a schema
  -u, --use-dtd          XML with a document type definition
  -D, --xml-dtd=URI      that definition or schema
  -X, --xml-ns=PREFIX    namespace prefix; ":" for none

Files:
  -f, --filedriver=NAME, --vfd-name=NAME, --vfd-info=TEXT   how the file is stored
  -v, --vds-view-first-missing, -G, --vds-gap-size=N        extent of virtual datasets
  -K, --page-buffer-size=N

  -h, --help   -V, --version
`;
