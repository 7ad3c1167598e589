"""Compares all datasets of two HDF5 files bit by bit: same_datasets.py A B [LEFT_OUT...]"""
import sys
import h5py


def datasets(path, left_out):
    found = {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset) and name not in left_out:
            stored = item[()]
            found[name] = (item.shape, item.dtype, stored.tobytes() if hasattr(stored, "tobytes") else stored)

    with h5py.File(path) as file:
        file.visititems(visit)
    return found


a, b = (datasets(path, sys.argv[3:]) for path in sys.argv[1:3])
different = sorted(name for name in a.keys() | b.keys() if a.get(name) != b.get(name))
if different:
    print(f"{sys.argv[1]} and {sys.argv[2]} differ in {', '.join(different)}")
if not a:
    print(f"{sys.argv[1]} holds no datasets")
sys.exit(1 if different or not a else 0)
