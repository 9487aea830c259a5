/** The help text of `h5ts mkgrp`. */
export const MKGRP_HELP = `Usage: h5ts mkgrp [options] FILE GROUP...

Makes groups in a file, which is made if it is not there.

  -p, --parents             make the groups that are missing on the way, and take no offence at those that are there
  -l, --latest              in the latest format
  -v, --verbose             say what is done

  -h, --help                this text
  -V, --version             version of the program
`;
