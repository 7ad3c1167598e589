/* Opening and closing HDF5 files; finding objects in them. */
#include "store_access.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

hid_t store_file(const store *s)
{
    return s->file;
}

lsnn_status store_damaged(const store *s, const char *object, lsnn_error *err)
{
    return lsnn_fail(err, LSNN_DATA, "%s: %s cannot be read: the file is damaged", s->path, object);
}

lsnn_status store_written(const store *s, bool done, const char *object, lsnn_error *err)
{
    if (disk_error(s->disk)) return disk_fail(err, LSNN_OUTPUT, s->path, disk_error(s->disk));
    if (done) return LSNN_OK;
    return lsnn_fail(err, LSNN_OUTPUT, "%s: %s cannot be written there", s->path, object);
}

static void drop(store *s)
{
    if (s->file >= 0) (void)H5Fclose(s->file);
    disk_free(s->disk);
    draft_drop(&s->draft);
    free(s->path);
    free(s);
}

/* Takes the descriptor. */
static lsnn_status prepare(store **out, int fd, const char *path, bool writable, lsnn_error *err)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    disk *d = disk_new(fd, writable);
    store *s = d ? calloc(1, sizeof *s) : NULL;
    char *name = s ? strdup(path) : NULL;
    if (!name) {
        disk_free(d);
        free(s);
        return lsnn_fail(err, LSNN_MEMORY, "%s: no memory to open it", path);
    }
    *s = (store){.path = name, .file = H5I_INVALID_HID, .disk = d, .writable = writable};
    *out = s;
    return LSNN_OK;
}

static hid_t open_file(const store *s, unsigned flags)
{
    hid_t access = disk_access(s->disk);
    if (access < 0) return access;
    hid_t file = H5Fopen(s->path, flags, access);
    H5Pclose(access);
    return file;
}

static const char strange[] =
    "is stored in a way that is not read here (other types than numbers and texts, parts in other "
    "files, HDF5's newer format): save it with the defaults of HDF5 or h5py";

/* Names the first link on the way to an object. */
static lsnn_status fail_link(const store *s, const char *object, guard_verdict verdict, lsnn_error *err)
{
    char part[STORE_MAX_PATH] = "/", name[GUARD_LINK_NAME] = "";
    for (size_t stop = 1; object[stop - 1] && guard_find(&s->guard, part) != verdict; stop++) {
        if (object[stop] != '/' && object[stop] != '\0') continue;
        memcpy(part, object, stop);
        part[stop] = '\0';
    }
    if (verdict == GUARD_LINK)
        return lsnn_fail(err, LSNN_DATA, "%s: %s is a link, which is not followed", s->path, part);
    guard_elsewhere(&s->guard, part, name);
    return lsnn_fail(
        err, LSNN_DATA,
        "%s: %s%s%s is a link to another file, which is not followed: copy what it leads to into this file, "
        "or remove it",
        s->path, part, part[1] ? "/" : "", name);
}

/* Nothing reaches HDF5 before the guard has seen it. */
static lsnn_status inspect(store *s, lsnn_error *err)
{
    guard_verdict verdict = guard_open(&s->guard, disk_descriptor(s->disk), disk_length(s->disk));
    if (verdict == GUARD_ABSENT) return lsnn_fail(err, LSNN_DATA, "%s: not an HDF5 file", s->path);
    if (verdict == GUARD_FINE) verdict = guard_find(&s->guard, "/");
    if (verdict == GUARD_ELSEWHERE) return fail_link(s, "/", verdict, err);
    if (verdict == GUARD_STRANGE) return lsnn_fail(err, LSNN_DATA, "%s: %s", s->path, strange);
    if (verdict == GUARD_FINE) {
        s->file = open_file(s, H5F_ACC_RDONLY);
        if (s->file >= 0) return LSNN_OK;
    }
    return lsnn_fail(err, LSNN_DATA, "%s: an HDF5 file that is cut short or damaged", s->path);
}

lsnn_status store_open_descriptor(store **out, int fd, const char *path, lsnn_error *err)
{
    TRY(prepare(out, fd, path, false, err));
    lsnn_status status = inspect(*out, err);
    if (status == LSNN_OK) return LSNN_OK;
    drop(*out);
    *out = NULL;
    return status;
}

lsnn_status store_descriptor(int *fd, const char *path, lsnn_error *err)
{
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe would wait for a writer */
    if (*fd < 0) return disk_fail(err, LSNN_DATA, path, errno);
    struct stat found = {0};
    if (fstat(*fd, &found) == 0 && S_ISREG(found.st_mode)) return LSNN_OK;
    (void)close(*fd);
    return lsnn_fail(err, LSNN_DATA, "%s: %s", path, S_ISDIR(found.st_mode) ? "is a directory" : "is not a plain file");
}

lsnn_status store_open(store **out, const char *path, lsnn_error *err)
{
    int fd;
    TRY(store_descriptor(&fd, path, err));
    return store_open_descriptor(out, fd, path, err);
}

static hid_t create_file(const store *s)
{
    hid_t access = disk_access(s->disk), creation = H5Pcreate(H5P_FILE_CREATE), file = H5I_INVALID_HID;
    bool good = access >= 0 && creation >= 0 && H5Pset_obj_track_times(creation, false) >= 0;
    if (good && s->sealed) good = H5Pset_userblock(creation, STORE_SEAL_BYTES) >= 0;
    if (good) file = H5Fcreate(s->path, H5F_ACC_TRUNC, creation, access);
    if (creation >= 0) H5Pclose(creation);
    if (access >= 0) H5Pclose(access);
    return file;
}

lsnn_status store_create_draft(store **out, const char *path, bool copy, bool sealed, lsnn_error *err)
{
    draft made;
    int fd;
    TRY(copy ? draft_copy(&made, &fd, path, err) : draft_create(&made, &fd, path, err));
    lsnn_status status = prepare(out, fd, path, true, err);
    if (status != LSNN_OK) {
        draft_drop(&made);
        return status;
    }
    store *s = *out;
    s->draft = made;
    s->sealed = sealed;
    s->file = copy ? open_file(s, H5F_ACC_RDWR) : create_file(s);
    if (s->file >= 0) return LSNN_OK;
    if (disk_error(s->disk))
        status = disk_fail(err, LSNN_OUTPUT, path, disk_error(s->disk));
    else if (copy)
        status = lsnn_fail(err, LSNN_DATA, "%s: not an HDF5 file, or a damaged one", path);
    else
        status = lsnn_fail(err, LSNN_OUTPUT, "%s: HDF5 cannot make a file there", path);
    drop(s);
    *out = NULL;
    return status;
}

lsnn_status store_create(store **out, const char *path, lsnn_error *err)
{
    return store_create_draft(out, path, false, false, err);
}

lsnn_status store_create_sealed(store **out, const char *path, lsnn_error *err)
{
    return store_create_draft(out, path, false, true, err);
}

lsnn_status store_modify(store **out, const char *path, lsnn_error *err)
{
    return store_create_draft(out, path, true, false, err);
}

lsnn_status store_close(store *s, bool commit, lsnn_error *err)
{
    if (!s) return LSNN_OK;
    lsnn_status status = LSNN_OK;
    if (s->writable && commit) {
        bool closed = H5Fclose(s->file) >= 0;
        s->file = H5I_INVALID_HID;
        status = store_written(s, closed, "/", err);
        if (status == LSNN_OK && s->sealed) status = store_seal(s, err);
        if (status == LSNN_OK) status = draft_publish(&s->draft, disk_descriptor(s->disk), s->sealed, err);
    }
    drop(s);
    return status;
}

/* In a file that we are writing. Link by link: H5Lexists fails on a missing group in the middle. */
static guard_verdict look_up(const store *s, const char *object)
{
    char part[STORE_MAX_PATH];
    const size_t length = strlen(object);
    for (size_t stop = 1; stop <= length; stop++) {
        bool name_ends = object[stop - 1] != '/' && (object[stop] == '/' || object[stop] == '\0');
        if (!name_ends) continue;
        memcpy(part, object, stop);
        part[stop] = '\0';
        htri_t there = H5Lexists(s->file, part, H5P_DEFAULT);
        if (there <= 0) return GUARD_ABSENT;
    }
    return GUARD_FINE;
}

static guard_verdict verdict_on(const store *s, const char *object)
{
    if (strlen(object) >= STORE_MAX_PATH) return GUARD_ABSENT;
    return s->writable ? look_up(s, object) : guard_find(&s->guard, object);
}

bool store_has(const store *s, const char *path)
{
    return verdict_on(s, path) != GUARD_ABSENT;
}

lsnn_status store_find(const store *s, const char *object, lsnn_error *err)
{
    switch (verdict_on(s, object)) {
    case GUARD_FINE: return LSNN_OK;
    case GUARD_ABSENT: return lsnn_fail(err, LSNN_DATA, "%s: %s is missing", s->path, object);
    case GUARD_LINK: return fail_link(s, object, GUARD_LINK, err);
    case GUARD_ELSEWHERE: return fail_link(s, object, GUARD_ELSEWHERE, err);
    case GUARD_STRANGE: return lsnn_fail(err, LSNN_DATA, "%s: %s %s", s->path, object, strange);
    case GUARD_DAMAGED: break;
    }
    return store_damaged(s, object, err);
}

typedef struct member_list {
    arena *memory;
    const char **names;
    int n, room;
    lsnn_status status;
    lsnn_error *err;
} member_list;

static herr_t take_member(hid_t group, const char *name, const H5L_info_t *link, void *data)
{
    (void)group;
    (void)link;
    member_list *list = data;
    if (list->n == list->room) return 1;
    list->status = arena_text(list->memory, &list->names[list->n], name, strlen(name), list->err);
    list->n++;
    return list->status != LSNN_OK;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static lsnn_status list_members(const store *s, member_list *list, hid_t id, const char *group)
{
    enum { MOST = 1 << 20 };
    H5G_info_t info;
    if (H5Gget_info(id, &info) < 0) return store_damaged(s, group, list->err);
    if (info.nlinks > MOST) {
        return lsnn_fail(list->err, LSNN_DATA, "%s: %s has %llu members, more than %d", s->path, group,
                         (unsigned long long)info.nlinks, MOST);
    }
    list->room = (int)info.nlinks;
    TRY(arena_take(list->memory, &list->names, info.nlinks + 1, sizeof *list->names, list->err));
    herr_t rc = H5Literate(id, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, take_member, list);
    if (list->status != LSNN_OK) return list->status;
    if (rc != 0) return store_damaged(s, group, list->err);
    qsort(list->names, (size_t)list->n, sizeof *list->names, by_name);
    return LSNN_OK;
}

lsnn_status store_members(const store *s, arena *a, const char ***names, int *n, const char *group, lsnn_error *err)
{
    TRY(store_find(s, group, err));
    hid_t id = H5Oopen(s->file, group, H5P_DEFAULT);
    if (id < 0) return store_damaged(s, group, err);
    member_list list = {.memory = a, .err = err};
    lsnn_status status = H5Iget_type(id) == H5I_GROUP
                             ? list_members(s, &list, id, group)
                             : lsnn_fail(err, LSNN_DATA, "%s: %s should be a group", s->path, group);
    H5Oclose(id);
    *names = list.names;
    *n = list.n;
    return status;
}
