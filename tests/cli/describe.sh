# What `lsnn describe` says of numbers that are not there, and of files with spikes of a source.
set -euo pipefail
export MALLOC_PERTURB_=165 # memory that is used after its end shows
export OMP_NUM_THREADS=1

# said FILE LINE...
said() {
    "$LSNN" describe "$1" >description
    ! grep -Eq ' (-?nan|-0)( |$)' description || { echo "$1:"; cat description; exit 1; }
    for line in "${@:2}"; do
        grep -Eq "^$line\$" description || { echo "not said of $1: $line"; cat description; exit 1; }
    done
}

# One trial has no standard error, e-prop no psi_density.
"$LSNN" run "$SOURCE/experiments/twelve_ax/run.yaml" populations.lif.n=4 populations.alif.n=4 learning.iterations=1 \
    learning.batch=1 test.trials=1 validation.every=0 -q -o questions >/dev/null
said questions/run.h5 '  test_question_sem +[0-9]+ +- +- +-' '  test_question_trials +[0-9]+ +1 +1 +1'

"$LSNN" run "$SOURCE/experiments/pattern_generation/run.yaml" learning.iterations=2 test.trials=0 \
    'record.input={what: spikes, of: input, every: 1}' record.spikes.every=1 -q -o input >/dev/null
said input/run.h5 '  psi_density +2 +- +- +-' '  input +[0-9]+ spikes'
! grep -Fq "['spikes/input']" description || { cat description; exit 1; }
"$PYTHON" - <<'END'
import h5py

with h5py.File('input/run.h5', 'r+') as run:
    run['metrics/loss'][:] = [-0.0, float('nan')]
    run['metrics/error'][:] = [float('nan'), 0.25]
END
said input/run.h5 '  loss +2 +0 +0 +-' '  error +2 +- +0.25 +0.25'
