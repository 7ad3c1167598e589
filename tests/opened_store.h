/* Shorthands of the tests of stores. */
#ifndef OPENED_STORE_H
#define OPENED_STORE_H

#include "scratch.h"

#include "store.h"

#include <criterion/criterion.h>

static inline arena *memory(void)
{
    arena *a;
    cr_assert_eq(arena_new(&a, NULL), LSNN_OK);
    return a;
}

static inline store *created(const char *path)
{
    store *s;
    lsnn_error err = {0};
    cr_assert_eq(store_create(&s, path, &err), LSNN_OK, "%s", err.message);
    return s;
}

static inline store *opened(const char *path)
{
    store *s;
    lsnn_error err = {0};
    cr_assert_eq(store_open(&s, path, &err), LSNN_OK, "%s", err.message);
    return s;
}

static inline void commit(store *s)
{
    lsnn_error err = {0};
    cr_assert_eq(store_close(s, true, &err), LSNN_OK, "%s", err.message);
}

static inline void shut(store *s)
{
    cr_assert_eq(store_close(s, false, NULL), LSNN_OK);
}

static inline void write_doubles(store *s, const char *path, size_t n, const double *values)
{
    lsnn_error err = {0};
    cr_assert_eq(store_write(s, path, STORE_DOUBLE, &(store_shape){1, {n}}, values, false, &err), LSNN_OK, "%s",
                 err.message);
}

/* A file with one dataset /x of three doubles. */
static inline void make_simple(const char *path, double first)
{
    store *s = created(path);
    write_doubles(s, "/x", 3, (double[]){first, 2, 3});
    commit(s);
}

/* What HDF5 itself would write, to stand for foreign files. */
static inline hid_t foreign(const char *path)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
    H5Pclose(access);
    cr_assert(file >= 0);
    return file;
}

static inline void expect_read(const char *file, const char *path, store_type type, const char *message)
{
    store *s = opened(file);
    arena *a = memory();
    void *values;
    lsnn_error err = {0};
    cr_expect_eq(store_read(s, a, &values, type, NULL, NULL, path, &err), LSNN_DATA);
    cr_expect_str_eq(err.message, message);
    arena_free(a);
    shut(s);
}

static inline void expect_open(const char *file, const char *message)
{
    store *s;
    lsnn_error err = {0};
    cr_expect_eq(store_open(&s, file, &err), LSNN_DATA);
    cr_expect_str_eq(err.message, message);
}

#endif
