/** The help text of `h5ts repack`. */
export const REPACK_HELP = `Usage: h5ts repack [options] FILE1 FILE2
       h5ts repack [options] -i FILE1 -o FILE2

Copies all of FILE1 into the new file FILE2, without the space that FILE1 does not use, with other filters and layouts if asked for.

How datasets are stored; without names before a colon, all of them:
  -f, --filter=[NAME,...:]FILTER   filters in place of those there are; several options add up
       GZIP=LEVEL (1-9)  SZIP=PIXELS,EC|NN (2-32, even)  SHUF  FLET  NBIT  SOFF=FACTOR,IN|DS
       UD=NUMBER,FLAG,COUNT,VALUE,... (FLAG 1: optional)  NONE
  -l, --layout=[NAME,...:]LAYOUT   CHUNK=DIMxDIM...  COMPA (compact)  CONTI (contiguous)
  -e, --file=FILE                  a file with further options -f and -l
  -m, --minimum=BYTES              leave smaller datasets as they are
  -n, --native                     native datatypes for numbers

The new file:
  -L, --latest                     the newest format that every HDF5 since 1.10 reads: --low=v110, or --high if that is older
      --low=VERSION, --high=VERSION
                                   the oldest HDF5 that must read the file, and the newest that may be needed for it:
                                   earliest, v108, v110, v112, v114, v200 (or 0 to 5), latest (or 6)
  -u, --ublock=FILE                a user block with the bytes of a file
  -b, --block=BYTES                size of the user block: a power of two from 512 on
  -S, --fs_strategy=FSM_AGGR|PAGE|AGGR|NONE, -P, --fs_persist=0|1, -T, --fs_threshold=BYTES, -G, --fs_pagesize=BYTES
                                   how it gives out its space; as in FILE1 where nothing is said
  -t, --threshold=BYTES, -a, --alignment=BYTES
                                   what is at least as large starts at a multiple of the alignment
  -M, --metadata_block_size=BYTES  blocks that metadata is cut from
  -s, --ssize=BYTES[:dspace|dtype|fill|pline|attr]
                                   share messages that are at least as large
  -c, --compact=LINKS, -d, --indexed=LINKS
                                   more links than -c go to dense storage, fewer than -d go back to messages
  -q, --sort_by=name|creation_order, -z, --sort_order=ascending|descending
                                   in which order links are made

The file that is copied:
  --src-vfd-name=NAME              its driver: sec2, family, split, multi or onion
  --src-vfd-info=N                 revision of an onion file

Links:
  --merge                          copies of objects in place of soft and external links
  --prune                          no soft and external links; with --merge, only those that lead nowhere go

  -v, --verbose[=N]                name the objects
  -h, --help                       this text
  -V, --version                    version of the program

Accepted, without effect: --enable-error-stack[=2], --page-buffer-size=N, --src-vol-*, --dst-vol-*.
`;
