"""Calls of the C library and of its high-level library, by ctypes in the process of h5py.

A line of JSON asks for one thing, a line answers it: {"open": PATH, "mode": MODE}, {"close": true} or {"calls": [[NAME, ARGUMENTS...], ...]}.
Buffers are hexadecimal text both ways. The answer to calls is a list: what each gave, or "failed".
"""
import ctypes as ct
import json
import sys

import h5py
import numpy
from h5py import h5ds

with open('/proc/self/maps') as maps:
    LIBRARIES = {line.split()[-1] for line in maps if '/libhdf5' in line}
C = ct.CDLL(next(path for path in LIBRARIES if '_hl' not in path))
HL = ct.CDLL(next(path for path in LIBRARIES if '_hl' in path))

hid, size_t, hsize, pointer = ct.c_int64, ct.c_size_t, ct.c_uint64, ct.c_void_p
file = None


class Failed(Exception):
    pass


def hl(name, *arguments, restype=ct.c_int):
    function = getattr(HL, name)
    function.restype = restype
    result = function(*arguments)
    if result < 0:
        raise Failed(name)
    return result


def fid():
    return hid(file.id.id)


held = []


def opened(name):
    """The identifier of an object, which stays open until the next call."""
    held.append(file[name])
    return hid(held[-1].id.id)


def predefined(name):
    return hid.in_dll(C, f'H5T_{name}_g')


def datatype(spec):
    """A name without H5T_, or {'string': SIZE}, {'array': [BASE, DIMS]}, {'vlen': BASE}, {'compound': [SIZE, [[NAME, OFFSET, TYPE], ...]]}."""
    C.H5Tcopy.restype = C.H5Tarray_create2.restype = C.H5Tvlen_create.restype = C.H5Tcreate.restype = hid
    if isinstance(spec, str):
        return hid(C.H5Tcopy(predefined(spec)))
    if 'string' in spec:
        result = hid(C.H5Tcopy(predefined('C_S1')))
        C.H5Tset_size(result, size_t(spec['string']))
        return result
    if 'array' in spec:
        base, dims = spec['array']
        return hid(C.H5Tarray_create2(datatype(base), len(dims), array(hsize, dims)))
    if 'compound' in spec:
        size, members = spec['compound']
        result = hid(C.H5Tcreate(6, size_t(size)))
        for name, offset, member in members:
            C.H5Tinsert(result, name.encode(), size_t(offset), datatype(member))
        return result
    return hid(C.H5Tvlen_create(datatype(spec['vlen'])))


def array(ctype, values):
    return (ctype * max(1, len(values)))(*values)


def room(byte_length):
    return ct.create_string_buffer(b'\xee' * byte_length, byte_length)


def text(name):
    return name.encode()


CALLS = {}


def call(function):
    CALLS[function.__name__] = function
    return function


# h5py's own calls of H5DS.

@call
def dataset(name, dims):
    file.create_dataset(name, shape=dims, dtype='<i4')


@call
def set_scale(name, label):
    h5ds.set_scale(file[name].id, text(label))


@call
def attach_scale(name, scale, index):
    h5ds.attach_scale(file[name].id, file[scale].id, index)


@call
def detach_scale(name, scale, index):
    h5ds.detach_scale(file[name].id, file[scale].id, index)


@call
def is_attached(name, scale, index):
    return bool(h5ds.is_attached(file[name].id, file[scale].id, index))


@call
def is_scale(name):
    return bool(h5ds.is_scale(file[name].id))


@call
def num_scales(name, index):
    return h5ds.get_num_scales(file[name].id, index)


@call
def set_label(name, index, label):
    h5ds.set_label(file[name].id, index, text(label))


@call
def get_label(name, index):
    return h5ds.get_label(file[name].id, index).decode()


@call
def get_scale_name(name):
    return h5ds.get_scale_name(file[name].id).decode()


@call
def iterate_scales(name, index, start):
    names = []
    h5ds.iterate(file[name].id, index, lambda scale: names.append(h5py.h5i.get_name(scale).decode()), start)
    return names


# H5LT

@call
def make_dataset(kind, name, dims, data):
    """kind: char, short, int, long, float, double, or a datatype."""
    extent = array(hsize, dims)
    buffer = None if data is None else bytes.fromhex(data)
    if isinstance(kind, str) and kind.islower():
        hl(f'H5LTmake_dataset_{kind}', fid(), text(name), len(dims), extent, buffer)
    else:
        hl('H5LTmake_dataset', fid(), text(name), len(dims), extent, datatype(kind), buffer)


@call
def make_dataset_string(name, value):
    hl('H5LTmake_dataset_string', fid(), text(name), text(value))


@call
def read_dataset(kind, name, byte_length):
    buffer = room(byte_length)
    if isinstance(kind, str) and kind.islower():
        hl(f'H5LTread_dataset_{kind}', fid(), text(name), buffer)
    else:
        hl('H5LTread_dataset', fid(), text(name), datatype(kind), buffer)
    return buffer.raw.hex()


@call
def read_dataset_string(name):
    buffer = room(256)
    hl('H5LTread_dataset_string', fid(), text(name), buffer)
    return buffer.value.decode()


@call
def get_attribute_string(owner, name):
    buffer = room(256)
    hl('H5LTget_attribute_string', fid(), text(owner), text(name), buffer)
    return buffer.value.decode()


@call
def get_dataset_info(name):
    rank = ct.c_int()
    hl('H5LTget_dataset_ndims', fid(), text(name), ct.byref(rank))
    dims, cls, size = array(hsize, [0] * rank.value), ct.c_int(), size_t()
    hl('H5LTget_dataset_info', fid(), text(name), dims, ct.byref(cls), ct.byref(size))
    return [rank.value, list(dims)[:rank.value], cls.value, size.value]


@call
def find_dataset(name):
    return hl('H5LTfind_dataset', fid(), text(name))


@call
def find_attribute(owner, name):
    return hl('H5LTfind_attribute', opened(owner), text(name))


@call
def set_attribute(kind, owner, name, data, count):
    hl(f'H5LTset_attribute_{kind}', fid(), text(owner), text(name), bytes.fromhex(data), size_t(count))


@call
def set_attribute_string(owner, name, value):
    hl('H5LTset_attribute_string', fid(), text(owner), text(name), text(value))


@call
def get_attribute(kind, owner, name, byte_length):
    buffer = room(byte_length)
    if isinstance(kind, str) and kind.islower():
        hl(f'H5LTget_attribute_{kind}', fid(), text(owner), text(name), buffer)
    else:
        hl('H5LTget_attribute', fid(), text(owner), text(name), datatype(kind), buffer)
    return buffer.raw.hex()


@call
def get_attribute_info(owner, name):
    rank = ct.c_int()
    hl('H5LTget_attribute_ndims', fid(), text(owner), text(name), ct.byref(rank))
    dims, cls, size = array(hsize, [0] * rank.value), ct.c_int(), size_t()
    hl('H5LTget_attribute_info', fid(), text(owner), text(name), dims, ct.byref(cls), ct.byref(size))
    return [rank.value, list(dims)[:rank.value], cls.value, size.value]


@call
def path_valid(path, check_object):
    # It fails for a path through something that is no group, which is not valid either.
    return HL.H5LTpath_valid(fid(), text(path), ct.c_bool(check_object)) > 0


@call
def soft_link(name, path):
    file[name] = h5py.SoftLink(path)


@call
def group(name):
    file.create_group(name)


# H5IM

@call
def make_image_8bit(name, width, height, data):
    hl('H5IMmake_image_8bit', fid(), text(name), hsize(width), hsize(height), bytes.fromhex(data))


@call
def make_image_24bit(name, width, height, interlace, data):
    hl('H5IMmake_image_24bit', fid(), text(name), hsize(width), hsize(height), text(interlace), bytes.fromhex(data))


@call
def get_image_info(name):
    width, height, planes, palettes, interlace = hsize(), hsize(), hsize(), ct.c_int64(), room(64)
    interlace[0] = b'\0'
    hl('H5IMget_image_info', fid(), text(name), *map(ct.byref, (width, height, planes)), interlace, ct.byref(palettes))
    return [width.value, height.value, planes.value, interlace.value.decode(), palettes.value]


@call
def read_image(name, byte_length):
    buffer = room(byte_length)
    hl('H5IMread_image', fid(), text(name), buffer)
    return buffer.raw.hex()


@call
def make_palette(name, dims, data):
    hl('H5IMmake_palette', fid(), text(name), array(hsize, dims), bytes.fromhex(data))


@call
def link_palette(image, palette):
    hl('H5IMlink_palette', fid(), text(image), text(palette))


@call
def unlink_palette(image, palette):
    hl('H5IMunlink_palette', fid(), text(image), text(palette))


@call
def get_npalettes(image):
    count = hsize()
    hl('H5IMget_npalettes', fid(), text(image), ct.byref(count))
    return count.value


@call
def get_palette_info(image, number):
    dims = array(hsize, [0, 0])
    hl('H5IMget_palette_info', fid(), text(image), number, dims)
    return list(dims)


@call
def get_palette(image, number, byte_length):
    buffer = room(byte_length)
    hl('H5IMget_palette', fid(), text(image), number, buffer)
    return buffer.raw.hex()


@call
def is_image(name):
    return hl('H5IMis_image', fid(), text(name))


@call
def is_palette(name):
    return hl('H5IMis_palette', fid(), text(name))


# H5TB. `layout` is [type size, field offsets, field sizes].

def names_of(names):
    return array(ct.c_char_p, [text(name) for name in names])


def arguments_of(layout):
    size, offsets, sizes = layout
    return size_t(size), array(size_t, offsets), array(size_t, sizes)


@call
def make_table(title, name, count, layout, names, types, chunk, fill, compress, data):
    size, offsets, _ = arguments_of(layout)
    hl('H5TBmake_table', text(title), fid(), text(name), hsize(len(names)), hsize(count), size, names_of(names), offsets,
       array(hid, [datatype(spec).value for spec in types]), hsize(chunk), fill and bytes.fromhex(fill), ct.c_int(compress),
       data and bytes.fromhex(data))


@call
def append_records(name, count, layout, data):
    hl('H5TBappend_records', fid(), text(name), hsize(count), *arguments_of(layout), bytes.fromhex(data))


@call
def write_records(name, start, count, layout, data):
    hl('H5TBwrite_records', fid(), text(name), hsize(start), hsize(count), *arguments_of(layout), bytes.fromhex(data))


@call
def write_fields_name(name, fields, start, count, layout, data):
    hl('H5TBwrite_fields_name', fid(), text(name), text(fields), hsize(start), hsize(count), *arguments_of(layout), bytes.fromhex(data))


@call
def write_fields_index(name, indices, start, count, layout, data):
    hl('H5TBwrite_fields_index', fid(), text(name), hsize(len(indices)), array(ct.c_int, indices), hsize(start), hsize(count),
       *arguments_of(layout), bytes.fromhex(data))


@call
def read_table(name, layout, byte_length):
    buffer = room(byte_length)
    hl('H5TBread_table', fid(), text(name), *arguments_of(layout), buffer)
    return buffer.raw.hex()


@call
def read_records(name, start, count, layout, byte_length):
    buffer = room(byte_length)
    hl('H5TBread_records', fid(), text(name), hsize(start), hsize(count), *arguments_of(layout), buffer)
    return buffer.raw.hex()


@call
def read_fields_name(name, fields, start, count, layout, byte_length):
    buffer = room(byte_length)
    hl('H5TBread_fields_name', fid(), text(name), text(fields), hsize(start), hsize(count), *arguments_of(layout), buffer)
    return buffer.raw.hex()


@call
def read_fields_index(name, indices, start, count, layout, byte_length):
    buffer = room(byte_length)
    hl('H5TBread_fields_index', fid(), text(name), hsize(len(indices)), array(ct.c_int, indices), hsize(start), hsize(count),
       *arguments_of(layout), buffer)
    return buffer.raw.hex()


@call
def delete_record(name, start, count):
    hl('H5TBdelete_record', fid(), text(name), hsize(start), hsize(count))


@call
def insert_record(name, start, count, layout, data):
    hl('H5TBinsert_record', fid(), text(name), hsize(start), hsize(count), *arguments_of(layout), bytes.fromhex(data))


@call
def add_records_from(first, start, count, second, position):
    hl('H5TBadd_records_from', fid(), text(first), hsize(start), hsize(count), text(second), hsize(position))


@call
def combine_tables(first, second, third):
    hl('H5TBcombine_tables', fid(), text(first), fid(), text(second), text(third))


@call
def insert_field(name, field, spec, position, fill, data):
    hl('H5TBinsert_field', fid(), text(name), text(field), datatype(spec), hsize(position), fill and bytes.fromhex(fill),
       data and bytes.fromhex(data))


@call
def delete_field(name, field):
    hl('H5TBdelete_field', fid(), text(name), text(field))


@call
def get_table_info(name):
    fields, records = hsize(), hsize()
    hl('H5TBget_table_info', fid(), text(name), ct.byref(fields), ct.byref(records))
    return [fields.value, records.value]


@call
def get_field_info(name):
    count = get_table_info(name)[0]
    buffers = [room(255) for _ in range(count)]
    names = array(ct.c_char_p, [ct.cast(buffer, ct.c_char_p) for buffer in buffers])
    sizes, offsets, size = array(size_t, [0] * count), array(size_t, [0] * count), size_t()
    hl('H5TBget_field_info', fid(), text(name), names, sizes, offsets, ct.byref(size))
    return [[buffer.value.decode() for buffer in buffers], list(sizes), list(offsets), size.value]


@call
def get_title(name, byte_length):
    buffer = room(byte_length)
    hl('H5TBAget_title', opened(name), buffer)
    return buffer.value.decode()


@call
def get_fill(name, byte_length):
    buffer = room(byte_length)
    found = hl('H5TBAget_fill', fid(), text(name), opened(name), buffer)
    return buffer.raw.hex() if found else None


# H5PT, one table open at a time.

table = None


@call
def pt_create(name, spec, chunk):
    global table
    table = hid(hl('H5PTcreate', fid(), text(name), datatype(spec), hsize(chunk), hid(0), restype=hid))


@call
def pt_create_fl(name, spec, chunk, compression):
    global table
    table = hid(hl('H5PTcreate_fl', fid(), text(name), datatype(spec), hsize(chunk), compression, restype=hid))


@call
def pt_open(name):
    global table
    table = hid(hl('H5PTopen', fid(), text(name), restype=hid))


@call
def pt_close():
    hl('H5PTclose', table)


@call
def pt_append(count, data):
    hl('H5PTappend', table, size_t(count), bytes.fromhex(data))


@call
def pt_get_next(count, byte_length):
    buffer = room(byte_length)
    hl('H5PTget_next', table, size_t(count), buffer)
    return buffer.raw.hex()


@call
def pt_read_packets(start, count, byte_length):
    buffer = room(byte_length)
    hl('H5PTread_packets', table, hsize(start), size_t(count), buffer)
    return buffer.raw.hex()


@call
def pt_create_index():
    hl('H5PTcreate_index', table)


@call
def pt_set_index(index):
    hl('H5PTset_index', table, hsize(index))


@call
def pt_get_index():
    index = hsize()
    hl('H5PTget_index', table, ct.byref(index))
    return index.value


@call
def pt_get_num_packets():
    count = hsize()
    hl('H5PTget_num_packets', table, ct.byref(count))
    return count.value


@call
def pt_is_valid():
    hl('H5PTis_valid', table)


@call
def pt_is_varlen():
    return hl('H5PTis_varlen', table) != 0


# H5LD and H5DO

@call
def ld_get_dset_dims(name):
    dims = array(hsize, [0] * 32)
    hl('H5LDget_dset_dims', opened(name), dims)
    return list(dims)[:len(file[name].shape)]


@call
def ld_get_dset_type_size(name, fields):
    size = hl('H5LDget_dset_type_size', opened(name), fields if fields is None else text(fields), restype=ct.c_ssize_t)
    if size == 0:
        raise Failed('H5LDget_dset_type_size')
    return size


@call
def ld_get_dset_elmts(name, before, after, fields, byte_length):
    buffer = room(byte_length)
    hl('H5LDget_dset_elmts', opened(name), array(hsize, before), array(hsize, after), fields if fields is None else text(fields), buffer)
    return buffer.raw.hex()


@call
def growing(name, dims, chunks, spec):
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_chunk(tuple(chunks))
    space = h5py.h5s.create_simple(tuple(dims), (h5py.h5s.UNLIMITED,) * len(dims))
    C.H5Dcreate2.restype = hid
    C.H5Dclose(hid(C.H5Dcreate2(fid(), text(name), datatype(spec), hid(space.id), hid(0), hid(plist.id), hid(0))))


@call
def write_all(name, spec, data):
    if C.H5Dwrite(opened(name), datatype(spec), hid(0), hid(0), hid(0), bytes.fromhex(data)) < 0:
        raise Failed('H5Dwrite')


@call
def do_append(name, axis, extension, spec, data):
    hl('H5DOappend', opened(name), hid(0), ct.c_uint(axis), size_t(extension), datatype(spec), bytes.fromhex(data))


@call
def do_write_chunk(name, mask, offset, data):
    raw = bytes.fromhex(data)
    hl('H5DOwrite_chunk', opened(name), hid(0), ct.c_uint32(mask), array(hsize, offset), size_t(len(raw)), raw)


@call
def do_read_chunk(name, offset, byte_length):
    buffer, mask = room(byte_length), ct.c_uint32()
    hl('H5DOread_chunk', opened(name), hid(0), array(hsize, offset), ct.byref(mask), buffer)
    return [mask.value, buffer.raw.hex()]


# What there is in the end, down to the bytes.

def encoded(type_id):
    return h5py.h5t.TypeID.encode(type_id).hex()


def value_of(read, type_id, count):
    """Elements in the datatype of the file; references as what they lead to."""
    if not type_id.detect_class(h5py.h5t.REFERENCE) and not type_id.detect_class(h5py.h5t.VLEN) and not h5py.check_string_dtype(type_id.dtype):
        buffer = numpy.zeros(count * type_id.get_size(), dtype='u1')
        if count:
            read(buffer, type_id)
        return buffer.tobytes().hex()
    return None


def described_attribute(holder, name):
    attribute = h5py.h5a.open(holder.id, name)
    values = holder.attrs[name.decode()]
    return {
        'type': encoded(attribute.get_type()),
        'shape': attribute.shape,
        'value': value_of(attribute.read, attribute.get_type(), attribute.get_space().get_simple_extent_npoints()) or in_words(values),
    }


def in_words(value):
    if isinstance(value, h5py.Reference):
        return file[value].name if value else None
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, (str, int, float)):
        return value
    if getattr(value, 'dtype', None) is not None and value.dtype.names:
        return [[in_words(field) for field in row] for row in value]
    return [in_words(item) for item in value] if hasattr(value, '__len__') else value.item()


def described(item):
    result = {'attributes': {}}
    for index in range(h5py.h5a.get_num_attrs(item.id)):
        name = h5py.h5a.open(item.id, index=index).name
        result['attributes'][name.decode()] = described_attribute(item, name)
    if isinstance(item, h5py.Dataset):
        plist = item.id.get_create_plist()
        space = item.id.get_space()
        read = lambda buffer, kind: item.id.read(h5py.h5s.ALL, h5py.h5s.ALL, buffer, kind)
        result.update(
            type=encoded(item.id.get_type()),
            shape=item.shape,
            maxshape=item.maxshape,
            chunks=item.chunks,
            filters=[plist.get_filter(i)[:3] for i in range(plist.get_nfilters())],
            fill=[plist.fill_value_defined(), plist.get_fill_time(), plist.get_alloc_time()],
            value=value_of(read, item.id.get_type(), space.get_simple_extent_npoints()) or in_words(item[()]),
        )
    return result


@call
def describe(name):
    """An object, or with None all of the file."""
    if name is not None:
        return described(file[name])
    everything = {}
    file.visititems(lambda path, item: everything.__setitem__(path, described(item)))
    return everything


def answer(request):
    global file
    if 'open' in request:
        file = h5py.File(request['open'], request['mode'])
        return None
    if 'close' in request:
        file.close()
        return None
    results = []
    for name, *arguments in request['calls']:
        held.clear()
        try:
            results.append(CALLS[name](*arguments))
        except (Failed, RuntimeError, ValueError, KeyError, OSError):
            results.append('failed')
    return results


if __name__ == '__main__':
    for line in sys.stdin:
        try:
            reply = {'result': answer(json.loads(line))}
        except Exception as error:
            reply = {'error': repr(error)}
        print(json.dumps(reply), flush=True)
