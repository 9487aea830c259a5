/** Error stacks filled by hand are printed as the C library prints them, and its messages have the library's texts. */
import { expect, test } from "vitest";
import * as h5e from "../../src/lowlevel/h5e.ts";
import { C_LIBRARY, runPython } from "./peers.ts";

const PRINT = `${C_LIBRARY}
libc = ctypes.CDLL(None)
hid = ctypes.c_int64
for f in ('H5Eregister_class', 'H5Ecreate_msg', 'H5Ecreate_stack'): getattr(C, f).restype = hid
cls = [C.H5Eregister_class(n, b'lib ' + n, b'1.' + n) for n in (b'ONE', b'TWO')]
C.H5Ecreate_msg.argtypes = [hid, ctypes.c_int, ctypes.c_char_p]
msg = [(C.H5Ecreate_msg(c, 0, b'major text'), C.H5Ecreate_msg(c, 1, b'minor text')) for c in cls]
stack = C.H5Ecreate_stack()
for i, which in enumerate([0, 0, 1, 0]):
    text = b'' if i == 1 else b'what went wrong %d' % i
    C.H5Epush2(hid(stack), b'file.c', b'function_%d' % i, ctypes.c_uint(10 + i), hid(cls[which]), hid(msg[which][0]), hid(msg[which][1]), text)
C.H5Epop(hid(stack), ctypes.c_size_t(1))
buf, size = ctypes.c_char_p(), ctypes.c_size_t()
libc.open_memstream.restype = ctypes.c_void_p
stream = ctypes.c_void_p(libc.open_memstream(ctypes.byref(buf), ctypes.byref(size)))
C.H5Eprint2(hid(stack), stream)
libc.fclose(stream)
sys.stdout.write(buf.value.decode())
`;

// The number of the thread is 1 in builds for threads, else 0.
test("a stack filled by hand prints as with H5Eprint2", () => {
  const classes = ["ONE", "TWO"].map((name) => h5e.registerClass(name, `lib ${name}`, `1.${name}`));
  const messages = classes.map((one) => ({
    major: h5e.createMsg(one, h5e.MAJOR_MESSAGE, "major text"),
    minor: h5e.createMsg(one, h5e.MINOR_MESSAGE, "minor text"),
  }));
  const stack = h5e.createStack();
  [0, 0, 1, 0].forEach((which, i) => {
    const codes = messages[which] as (typeof messages)[number];
    const text = i === 1 ? "" : `what went wrong ${i}`;
    h5e.push({ where: `function_${i}`, file: "file.c", line: 10 + i, ...codes, text }, stack);
  });
  h5e.pop(1, stack);
  expect(h5e.print(stack)).toBe(runPython(PRINT).replaceAll(/thread \d+/g, "thread 0"));
});

const TEXTS = `${C_LIBRARY}
import json
C.H5Eget_msg.argtypes = [ctypes.c_int64, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
found = {}
for name in args[0].split(','):
    text = ctypes.create_string_buffer(200)
    C.H5Eget_msg(ctypes.c_int64.in_dll(C, 'H5E_%s_g' % name), None, text, 200)
    found[name] = text.value.decode()
print(json.dumps(found))
`;

test("the codes have the texts of the C library", () => {
  const { NONE: _major, ...major } = h5e.MAJOR;
  const { NONE: _minor, ...minor } = h5e.MINOR;
  const ours = { ...major, ...minor };
  expect(JSON.parse(runPython(TEXTS, Object.keys(ours).join(",")))).toEqual(ours);
});
