"""Plays traces of accesses through h5py and tells which chunks a counting filter saw: a trace in a line of JSON, a line of JSON back."""
import ctypes as ct
import json
import sys
import zlib

import h5py
import numpy
from h5py import h5d, h5f, h5p, h5s, h5t

COUNTING_FILTER = 60001

with open('/proc/self/maps') as maps:
    C = ct.CDLL(next(line.split()[-1] for line in maps if '/libhdf5' in line and '_hl' not in line))

FUNCTION = ct.CFUNCTYPE(ct.c_size_t, ct.c_uint, ct.c_size_t, ct.c_void_p, ct.c_size_t, ct.c_void_p, ct.POINTER(ct.POINTER(ct.c_int32)))
decoded, encoded = [], []


@FUNCTION
def count(flags, n, values, byte_length, room, buffer):
    (decoded if flags & 0x100 else encoded).append(buffer[0][0])
    return byte_length


class FilterClass(ct.Structure):
    _fields_ = [('version', ct.c_int), ('id', ct.c_int), ('encodes', ct.c_uint), ('decodes', ct.c_uint), ('name', ct.c_char_p),
                ('can_apply', ct.c_void_p), ('set_local', ct.c_void_p), ('filter', FUNCTION)]


CLASS = FilterClass(1, COUNTING_FILTER, 1, 1, b'counting', None, None, count)
if C.H5Zregister(ct.byref(CLASS)) < 0:
    raise RuntimeError('H5Zregister')


def traffic():
    result = {'decoded': list(decoded), 'encoded': list(encoded)}
    decoded.clear()
    encoded.clear()
    return result


def access_list(cache):
    if cache is None:
        return None
    plist = h5p.create(h5p.DATASET_ACCESS)
    plist.set_chunk_cache(cache['nslots'], cache['nbytes'], cache['w0'])
    return plist


class Player:
    def __init__(self, trace, path):
        fapl = h5p.create(h5p.FILE_ACCESS)
        if trace['latest']:
            fapl.set_libver_bounds(h5f.LIBVER_LATEST, h5f.LIBVER_LATEST)
        if trace['fileCache'] is not None:
            cache = trace['fileCache']
            fapl.set_cache(0, cache['nslots'], cache['nbytes'], cache['w0'])
        self.trace = trace
        self.file = h5f.create(path.encode(), fapl=fapl)
        dcpl = h5p.create(h5p.DATASET_CREATE)
        dcpl.set_chunk(tuple(trace['chunks']))
        dcpl.set_filter(COUNTING_FILTER, h5py.h5z.FLAG_MANDATORY)
        if trace['fill'] != 0:
            dcpl.set_fill_value(numpy.array(trace['fill'], 'i4'))
        limits = tuple(h5s.UNLIMITED if size is None else size for size in trace['maxshape'])
        space = h5s.create_simple(tuple(trace['shape']), limits)
        dataset = h5d.create(self.file, b'x', h5t.STD_I32LE, space, dcpl)
        if trace['filled']:
            dataset.write(h5s.ALL, h5s.ALL, numpy.arange(numpy.prod(trace['shape']), dtype='i4'))
        del dataset
        traffic()
        self.handles = [self.open()]

    def open(self):
        return h5d.open(self.file, b'x', access_list(self.trace['cache']))

    def select(self, start, count, stride, block):
        space = self.handles[0].get_space()
        space.select_hyperslab(tuple(start), tuple(count), tuple(stride), tuple(block))
        return space

    def select_points(self, points):
        space = self.handles[0].get_space()
        space.select_elements(numpy.array(points, dtype='u8'))
        return space

    def read(self, space):
        values = numpy.zeros(space.get_select_npoints(), 'i4')
        self.handles[-1].read(h5s.create_simple(values.shape), space, values)
        return zlib.crc32(values.tobytes())

    def write(self, space, value):
        values = numpy.full(space.get_select_npoints(), value, 'i4')
        self.handles[-1].write(h5s.create_simple(values.shape), space, values)

    def step(self, kind, *arguments):
        if kind == 'r':
            return self.read(self.select(*arguments))
        if kind == 'w':
            *box, value = arguments
            self.write(self.select(*box), value)
        elif kind == 'rp':
            return self.read(self.select_points(*arguments))
        elif kind == 'wp':
            points, value = arguments
            self.write(self.select_points(points), value)
        elif kind == 'resize':
            self.handles[0].set_extent(tuple(arguments[0]))
        elif kind == 'flush':
            C.H5Dflush(ct.c_int64(self.handles[0].id))
        elif kind == 'flushFile':
            h5f.flush(self.file)
        elif kind == 'second':
            self.handles.append(self.open())
        elif kind == 'drop':
            if len(self.handles) > 1:
                self.handles.pop()
        elif kind == 'reopen':
            self.handles.clear()
            self.handles.append(self.open())
        return None

    def play(self):
        steps = []
        for operation in self.trace['ops']:
            result = self.step(*operation)
            steps.append({**traffic(), 'result': result})
        settings = self.handles[0].get_access_plist().get_chunk_cache()
        self.handles.clear()
        closing = traffic()
        self.file.close()
        return {'steps': steps, 'closing': closing, 'settings': settings}


for line in sys.stdin:
    request = json.loads(line)
    try:
        reply = {'result': Player(request['trace'], request['path']).play()}
    except Exception as error:
        reply = {'error': repr(error)}
    print(json.dumps(reply), flush=True)
