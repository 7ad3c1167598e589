/* Number types in memory and in files, and the properties with which datasets are made. */
#include "store_access.h"

size_t store_size(store_type type)
{
    static const size_t size[] = {sizeof(float),   sizeof(double),   sizeof(int),
                                  sizeof(uint8_t), sizeof(uint32_t), sizeof(uint64_t)};
    return size[type];
}

const char *store_type_text(store_type type)
{
    static const char *const text[] = {"float", "double", "int", "uint8", "uint32", "uint64"};
    return text[type];
}

hid_t store_memory_type(store_type type)
{
    switch (type) {
    case STORE_FLOAT: return H5T_NATIVE_FLOAT;
    case STORE_DOUBLE: return H5T_NATIVE_DOUBLE;
    case STORE_INT: return H5T_NATIVE_INT;
    case STORE_UINT8: return H5T_NATIVE_UINT8;
    case STORE_UINT32: return H5T_NATIVE_UINT32;
    case STORE_UINT64: return H5T_NATIVE_UINT64;
    }
    return H5I_INVALID_HID;
}

hid_t store_file_type(store_type type)
{
    switch (type) {
    case STORE_FLOAT: return H5T_IEEE_F32LE;
    case STORE_DOUBLE: return H5T_IEEE_F64LE;
    case STORE_INT: return H5T_STD_I32LE;
    case STORE_UINT8: return H5T_STD_U8LE;
    case STORE_UINT32: return H5T_STD_U32LE;
    case STORE_UINT64: return H5T_STD_U64LE;
    }
    return H5I_INVALID_HID;
}

/* IEEE's binary16, which HDF5 1.10 has no name for. */
static bool is_half(hid_t type)
{
    const hid_t half = H5Tcopy(H5T_IEEE_F32LE);
    bool same = half >= 0 && H5Tset_fields(half, 15, 10, 5, 0, 10) >= 0 && H5Tset_size(half, 2) >= 0 &&
                H5Tset_ebias(half, 15) >= 0 && H5Tequal(type, half) > 0;
    if (half >= 0) H5Tclose(half);
    return same;
}

/* Types with odd sizes or bit fields are converted bit by bit by code that few files have ever tried. */
static bool is_standard(hid_t type)
{
    const hid_t standard[] = {H5T_STD_I8LE,  H5T_STD_I16LE,  H5T_STD_I32LE,  H5T_STD_I64LE,  H5T_STD_U8LE,
                              H5T_STD_U16LE, H5T_STD_U32LE,  H5T_STD_U64LE,  H5T_STD_I8BE,   H5T_STD_I16BE,
                              H5T_STD_I32BE, H5T_STD_I64BE,  H5T_STD_U8BE,   H5T_STD_U16BE,  H5T_STD_U32BE,
                              H5T_STD_U64BE, H5T_IEEE_F32LE, H5T_IEEE_F64LE, H5T_IEEE_F32BE, H5T_IEEE_F64BE};
    for (size_t k = 0; k < sizeof standard / sizeof standard[0]; k++)
        if (H5Tequal(type, standard[k]) > 0) return true;
    return is_half(type);
}

bool store_is_number(hid_t type)
{
    switch (H5Tget_class(type)) {
    case H5T_INTEGER:
    case H5T_FLOAT: return is_standard(type);
    case H5T_ENUM: {
        hid_t base = H5Tget_super(type);
        bool standard = base >= 0 && is_standard(base);
        if (base >= 0) H5Tclose(base);
        return standard;
    }
    default: return false;
    }
}

H5T_conv_ret_t store_refuse_misfit(H5T_conv_except_t what, hid_t from, hid_t to, void *source, void *target,
                                   void *misfit)
{
    (void)from;
    (void)to;
    (void)source;
    (void)target;
    if (what == H5T_CONV_EXCEPT_PRECISION) return H5T_CONV_UNHANDLED; /* rounding is what a float is for */
    *(bool *)misfit = true;
    return H5T_CONV_ABORT;
}

void store_chunk(hsize_t *chunk, int n_dims, const hsize_t *dim, size_t size)
{
    enum { BYTES = 256 << 10, ROWS = 32768 };
    hsize_t room = BYTES / size;
    for (int d = n_dims - 1; d >= 0; d--) {
        chunk[d] = dim[d] < room ? dim[d] : room;
        if (d == 0 && chunk[d] > ROWS) chunk[d] = ROWS;
        if (chunk[d] == 0) chunk[d] = 1;
        room /= chunk[d];
    }
}

hid_t store_plain(void)
{
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    if (creation >= 0 && H5Pset_obj_track_times(creation, false) >= 0) return creation;
    if (creation >= 0) H5Pclose(creation);
    return H5I_INVALID_HID;
}

hid_t store_packed(int n_dims, const hsize_t *dim, size_t size)
{
    hsize_t chunk[STORE_MAX_DIMS];
    store_chunk(chunk, n_dims, dim, size);
    hid_t creation = store_plain();
    if (creation >= 0 && H5Pset_chunk(creation, n_dims, chunk) >= 0 && (size == 1 || H5Pset_shuffle(creation) >= 0) &&
        H5Pset_deflate(creation, 1) >= 0)
        return creation;
    if (creation >= 0) H5Pclose(creation);
    return H5I_INVALID_HID;
}

hid_t store_parents(void)
{
    hid_t link = H5Pcreate(H5P_LINK_CREATE);
    if (link >= 0 && H5Pset_create_intermediate_group(link, 1) >= 0) return link;
    if (link >= 0) H5Pclose(link);
    return H5I_INVALID_HID;
}
