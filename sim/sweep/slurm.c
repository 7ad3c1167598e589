/* Slurm. */
#include "slurm.h"
#include "csv.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* For bash. */
static void put_quoted(FILE *out, const char *text)
{
    fputc('\'', out);
    for (; *text; text++)
        fputs(*text == '\'' ? "'\\''" : (char[]){*text, '\0'}, out);
    fputc('\'', out);
}

static void put_script(FILE *out, const sweep *s, const char *folder, const slurm_settings *q)
{
    fprintf(out, "#!/bin/bash\n#SBATCH --job-name=%s\n#SBATCH --array=0-%d", s->name, q->array - 1);
    if (q->at_most > 0) fprintf(out, "%%%d", q->at_most);
    fprintf(out, "\n#SBATCH --nodes=1 --ntasks=1 --cpus-per-task=%d\n", q->cpus);
    if (q->partition) fprintf(out, "#SBATCH --partition=%s\n", q->partition);
    if (q->time) fprintf(out, "#SBATCH --time=%s\n", q->time);
    if (q->memory) fprintf(out, "#SBATCH --mem=%s\n", q->memory);
    fputs("# Two minutes before the time is over: checkpoints are written, and another job can go on.\n"
          "#SBATCH --requeue --signal=B:TERM@120 --open-mode=append\n",
          out);
    fprintf(out, "#SBATCH --output=%s/log/%%A_%%a.txt\n", folder);
    fputs("export OMP_NUM_THREADS=$SLURM_CPUS_PER_TASK\nexec ", out);
    put_quoted(out, q->program);
    fputs(" sweep ", out);
    put_quoted(out, folder);
    fprintf(out, " -j %d\n", q->workers);
}

lsnn_status slurm_write(char *path, const sweep *s, const slurm_settings *settings, lsnn_error *err)
{
    char folder[PATH_MAX], log[PATH_MAX];
    csv_file file;
    if (!realpath(s->folder, folder))
        return lsnn_fail(err, LSNN_OUTPUT, "%s cannot be found: %s", s->folder, strerror(errno));
    if (strpbrk(folder, " \n\t%"))
        return lsnn_fail(err, LSNN_OUTPUT, "sbatch cannot write logs to a folder with such a name: %s", folder);
    snprintf(log, sizeof log, "%.*s/log", PATH_MAX - 8, folder);
    if (mkdir(log, 0777) != 0 && errno != EEXIST)
        return lsnn_fail(err, LSNN_OUTPUT, "%s cannot be made: %s", log, strerror(errno));
    snprintf(path, PATH_MAX, "%.*s/slurm.sh", PATH_MAX - 16, folder);
    TRY(csv_open(&file, path, err));
    put_script(file.stream, s, folder, settings);
    return csv_close(&file, err);
}

lsnn_status slurm_submit(const char *path, lsnn_error *err)
{
    int state = 0;
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        execlp("sbatch", "sbatch", path, (char *)NULL);
        fprintf(stderr, "lsnn: sbatch cannot be started: %s\n", strerror(errno));
        _exit(127);
    }
    if (child > 0) waitpid(child, &state, 0);
    if (child > 0 && WIFEXITED(state) && WEXITSTATUS(state) == 0) return LSNN_OK;
    return lsnn_fail(err, LSNN_OUTPUT, "the job was not submitted; its script is %s", path);
}
