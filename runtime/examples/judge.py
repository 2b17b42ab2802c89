#!/usr/bin/env python3
"""judge: which of these calls do the rules support? The same as judge.c, through ctypes.

    scmlc rules.scml -o rules.c
    cc -shared -fPIC rules.c $(pkg-config --cflags scml) -o rules.so
    python3 judge.py ./rules.so
"""

import ctypes
import socket
import sys

UNSUPPORTED, UNDECIDED, SUPPORTED = range(3)
READ_OK, READ_FAULT, READ_UNKNOWN = range(3)

ReadFn = ctypes.CFUNCTYPE(
    ctypes.c_int,  # enum scml_read
    ctypes.c_void_p,
    ctypes.c_uint64,
    ctypes.c_void_p,
    ctypes.c_size_t,
    ctypes.POINTER(ctypes.c_size_t),
)


class Call(ctypes.Structure):
    _fields_ = [
        ("arch", ctypes.c_uint32),
        ("nr", ctypes.c_uint32),
        ("args", ctypes.c_uint64 * 6),
        ("has_returned", ctypes.c_bool),
        ("ret", ctypes.c_int64),
        ("unknown", ctypes.c_uint8),
    ]


class Memory(ctypes.Structure):
    _fields_ = [("read", ReadFn), ("context", ctypes.c_void_p)]


class TableHead(ctypes.Structure):
    """The first members of struct scml_table: all that is needed to make calls for it."""

    _fields_ = [("version", ctypes.c_uint32), ("arch", ctypes.c_uint32)]


def load_libscml():
    lib = ctypes.CDLL("libscml.so.0")
    lib.scml_match.restype = ctypes.c_int
    lib.scml_match.argtypes = [ctypes.c_void_p, ctypes.POINTER(Call), ctypes.POINTER(Memory), ctypes.c_void_p]
    lib.scml_table_check.argtypes = [ctypes.c_void_p]
    lib.scml_verdict_name.restype = ctypes.c_char_p
    return lib


@ReadFn
def read_own(_context, address, buffer, size, _done):
    """The memory of this process. The addresses below are good; others would need more care."""
    ctypes.memmove(buffer, address, size)
    return READ_OK


def main():
    lib = load_libscml()
    table = TableHead.in_dll(ctypes.CDLL(sys.argv[1]), "rules_table")
    if lib.scml_table_check(ctypes.byref(table)) != 0:
        sys.exit("the table was made for another version of libscml")
    memory = Memory(read_own, None)
    numbers = {0xC000003E: (41, 42), 0xC00000B7: (198, 203), 0xC00000F3: (198, 203)}  # by architecture
    nr_socket, nr_connect = numbers[table.arch]

    def judge(what, nr, *args):
        call = Call(arch=table.arch, nr=nr, args=(ctypes.c_uint64 * 6)(*args))
        verdict = lib.scml_match(ctypes.byref(table), ctypes.byref(call), ctypes.byref(memory), None)
        print(f"{what}: {lib.scml_verdict_name(verdict).decode()}")

    v4 = ctypes.create_string_buffer(socket.AF_INET.to_bytes(2, sys.byteorder) + bytes(14), 16)
    v6 = ctypes.create_string_buffer(socket.AF_INET6.to_bytes(2, sys.byteorder) + bytes(26), 28)
    judge("socket(AF_INET, SOCK_STREAM, 0)", nr_socket, socket.AF_INET, socket.SOCK_STREAM, 0)
    judge("socket(AF_INET, SOCK_RAW, 0)", nr_socket, socket.AF_INET, socket.SOCK_RAW, 0)
    judge("connect(3, an IPv4 address)", nr_connect, 3, ctypes.addressof(v4), 16)
    judge("connect(3, an IPv6 address)", nr_connect, 3, ctypes.addressof(v6), 28)


if __name__ == "__main__":
    main()
