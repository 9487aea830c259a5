/** The help text of `h5ts ls`. */
export const LIST_HELP = `Usage: h5ts ls [options] file[/object] ...

Lists the objects of HDF5 files.

  -r, --recursive        groups within groups too, with full names
  -f, --full             full names
  -g, --group            a group itself instead of what is in it
  -v, --verbose          attributes, storage and datatypes
  -d, --data             values
  -l, --label            names of members in compound values
  -s, --string           one-byte integers as text
  -S, --simple           one value a line, datatypes by their bits
  -x, --hexdump          values as bytes
  -w N, --width=N        columns of data lines; 0 for one value a line
  -E, --external         follow external links
      --follow-symlinks  follow soft and external links
      --no-dangling-links  with --follow-symlinks: fail when a link leads nowhere
  -a, --address          with -v: where raw data lies, each chunk of it
  -e, --enable-error-stack   --page-buffer-size=N   --vfd=NAME
  -h, -?, --help   -V, --version
`;
