/* NumPy's .npy files (format 1.0), for np.load. */
#ifndef NPY_H
#define NPY_H

#include "store.h"

/* Little endian, C order. */
LSNN_MUST_USE lsnn_status npy_write(const char *path, store_type type, const store_shape *shape, const void *values,
                                    lsnn_error *err);

#endif
