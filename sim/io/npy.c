/* Writing .npy: magic, version, length of the header, a Python dict padded to 64 bytes, the values. */
#include "npy.h"
#include "draft.h"
#include <stdio.h>
#include <string.h>

static void write_header(char header[static 128], store_type type, const store_shape *shape)
{
    static const char *const names[] = {"<f4", "<f8", "<i4", "|u1", "<u4", "<u8"};
    char dims[STORE_MAX_DIMS * 22 + 1] = "";
    int n = 0;
    for (int d = 0; d < shape->n_dims; d++)
        n += snprintf(dims + n, sizeof dims - (size_t)n, "%zu,", shape->dim[d]);
    memset(header, ' ', 128);
    memcpy(header, "\x93NUMPY\1\0\x76\0", 10); /* 118 bytes follow */
    n = snprintf(header + 10, 117, "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", names[type], dims);
    header[10 + n] = ' ';
    header[127] = '\n';
}

lsnn_status npy_write(const char *path, store_type type, const store_shape *shape, const void *values, lsnn_error *err)
{
    char header[128];
    size_t n = 1;
    draft file;
    FILE *to;
    for (int d = 0; d < shape->n_dims; d++)
        n *= shape->dim[d];
    write_header(header, type, shape);
    TRY(draft_open(&file, &to, path, err));
    (void)!fwrite(header, sizeof header, 1, to); /* draft_close says whether all was written */
    (void)!fwrite(values, store_size(type), n, to);
    return draft_close(&file, to, LSNN_OK, err);
}
