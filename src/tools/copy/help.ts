/** The help text of `h5ts copy`. */
export const COPY_HELP = `Usage: h5ts copy -i FILE -o FILE -s OBJECT -d OBJECT [options]

Copies an object, with all that is in it if it is a group, within a file or to another one, which is made if it is not there.

  -i, --input=FILE          the file to copy from
  -o, --output=FILE         the file to copy to
  -s, --source=OBJECT       the object to copy
  -d, --destination=OBJECT  the name of the copy

Options:
  -p, --parents             make the groups that are missing on the way to the copy
  -f, --flag=FLAG           how to copy; may be given several times:
                              shallow   groups in a group come out empty
                              soft      objects in place of soft links
                              ext       objects in place of external links
                              ref       references lead to copies of what they name; without, they become null in
                                        another file
                              noattr    no attributes
                              merge     committed datatypes that the output has already are used, not copied
                              nullmsg   without effect: free space of object headers is not copied
                              allflags  shallow, soft, ext, ref, noattr, nullmsg
  -v, --verbose             say what is done

Accepted, without effect: --enable-error-stack

  -h, --help                this text
  -V, --version             version of the program
`;
