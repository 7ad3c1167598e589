/* The script of a Slurm array job. All tasks of the array take trials from the same folder. */
#ifndef SLURM_H
#define SLURM_H

#include "sweep.h"

typedef struct slurm_settings {
    const char *partition, *time, *memory; /* NULL: the site's default */
    int cpus, array, at_most;              /* at_most 0: all tasks at once */
    int workers;                           /* trials at a time in a task */
    const char *program;                   /* absolute path of lsnn */
} slurm_settings;

/* Writes <folder>/slurm.sh and returns its path, of PATH_MAX bytes. */
LSNN_MUST_USE lsnn_status slurm_write(char *path, const sweep *s, const slurm_settings *settings, lsnn_error *err);
/* Hands it to sbatch, which says the number of the job on stdout. */
LSNN_MUST_USE lsnn_status slurm_submit(const char *path, lsnn_error *err);

#endif
