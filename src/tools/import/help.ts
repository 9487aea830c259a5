/** The help text of `h5ts import`. */
export const IMPORT_HELP = `Usage: h5ts import INFILE -c CONFIG [INFILE -c CONFIG ...] -o OUTFILE
       h5ts import INFILE -d DIMS [-p PATH] [-t CLASS] [-s SIZE] [INFILE ...] -o OUTFILE

Makes a dataset of each INFILE, text or binary numbers, in OUTFILE, which is made if there is none.

  -d, -dims=N,N,...         its dimensions, the slowest first
  -p, -path=PATH            its path; "dataset0", "dataset1", ... unless given. Groups are made as needed
  -t, -type=CLASS           what INFILE is; FP unless given
       TEXTIN, TEXTUIN, TEXTFP   integers, unsigned integers or floating-point numbers as text, with white space between
       IN, UIN, FP               the same as binary numbers
       STR                       text, each line a string; without -d
  -s, -size=BITS            8, 16, 32 or 64; 32 unless given
  -c, -config=CONFIG        a file that tells all this, and more, in words
  -o, -outfile=OUTFILE

  -h, -help                 this text
  -V, -version              version of the program

Words of a CONFIG, each with its values behind it:
  PATH, INPUT-CLASS, INPUT-SIZE, DIMENSION-SIZES   as the options above; RANK is their number
  INPUT-BYTE-ORDER          BE or LE, of binary numbers; that of this machine unless given
  OUTPUT-CLASS              IN, UIN or FP; as the input unless given
  OUTPUT-SIZE               bits; as the input unless given
  OUTPUT-ARCHITECTURE       NATIVE (default), STD (integers), IEEE (floating-point numbers), INTEL, ALPHA, MIPS, UNIX
  OUTPUT-BYTE-ORDER         BE or LE; for STD, IEEE and UNIX BE unless given
  CHUNKED-DIMENSION-SIZES   for chunked storage
  COMPRESSION-TYPE GZIP, COMPRESSION-PARAM 0-9 (6)   of chunks
  MAXIMUM-DIMENSIONS        of chunked storage, -1 for no limit
  EXTERNAL-STORAGE          a file that gets the data

A CONFIG may also be what "h5ts dump -p -d PATH -o INFILE -b NATIVE FILE" prints, or, for strings,
"h5ts dump -p -d PATH -o INFILE -y --width=1 FILE".
Numbers that do not fit in the bits of the input are an error, as is anything that is no number.
`;
