/* SONATA's marks. */
#include "sonata.h"
#include <stdio.h>

#define MAGIC 0x0A7A

static lsnn_status set(hid_t object, const char *name, hid_t type, hid_t space, const void *value, lsnn_error *err)
{
    const hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    const bool written = attribute >= 0 && H5Awrite(attribute, type, value) >= 0;
    if (attribute >= 0) H5Aclose(attribute);
    return written ? LSNN_OK : lsnn_fail(err, LSNN_OUTPUT, "attribute '%s' cannot be written", name);
}

lsnn_status sonata_mark(store *file, lsnn_error *err)
{
    const uint32_t version[2] = {0, 1};
    const hsize_t two = 2;
    TRY(store_set_number(file, "/", "magic", STORE_UINT32, MAGIC, err));
    const hid_t root = H5Gopen2(store_file(file), "/", H5P_DEFAULT), space = H5Screate_simple(1, &two, NULL);
    const lsnn_status status = set(root, "version", H5T_NATIVE_UINT32, space, version, err);
    H5Sclose(space);
    H5Gclose(root);
    return status;
}

static hid_t sorting_type(void)
{
    static const char *const names[] = {"none", "by_id", "by_time"};
    const hid_t type = H5Tenum_create(H5T_NATIVE_UINT8);
    for (uint8_t k = 0; k < 3; k++)
        H5Tenum_insert(type, names[k], &k);
    return type;
}

lsnn_status sonata_mark_spikes(store *file, const char *population, lsnn_error *err)
{
    const uint8_t by_time = 2;
    char path[512];
    snprintf(path, sizeof path, "/spikes/%s", population);
    const hid_t links = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(links, 1);
    const hid_t group = store_has(file, path) ? H5Gopen2(store_file(file), path, H5P_DEFAULT)
                                              : H5Gcreate2(store_file(file), path, links, H5P_DEFAULT, H5P_DEFAULT);
    const hid_t type = sorting_type(), space = H5Screate(H5S_SCALAR);
    lsnn_status status = group < 0 ? lsnn_fail(err, LSNN_OUTPUT, "group '%s' cannot be made", path) : LSNN_OK;
    if (status == LSNN_OK) status = set(group, "sorting", type, space, &by_time, err);
    H5Sclose(space);
    H5Tclose(type);
    if (group >= 0) H5Gclose(group);
    H5Pclose(links);
    return status;
}
