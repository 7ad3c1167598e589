# gcc and clang, and any number of threads: the same bits in every dataset of the result.
set -euo pipefail
[[ -n ${LSNN_CLANG-} ]] || exit 77 # ./dev test sets it when it has built with clang

n=0
for config in "$SOURCE"/experiments/*/run.yaml; do
    name=$(basename "$(dirname "$config")")
    status=0
    for variant in "$LSNN gcc 1" "$LSNN gcc 2" "$LSNN gcc 3" "$LSNN_CLANG clang 2"; do
        read -r program compiler threads <<<"$variant"
        OMP_NUM_THREADS=$threads "$program" run "$config" -q -o "$name-$compiler-$threads" seed=5 \
            learning.iterations=6 learning.batch=6 validation.every=3 >/dev/null 2>log || status=$?
        [[ $status -eq 0 ]] || break
    done
    if [[ $status -eq 3 ]]; then
        echo "$name: left out, its data are not here"
        continue
    fi
    [[ $status -eq 0 ]] || { cat log; exit 1; }
    for other in gcc-2 gcc-3 clang-2; do
        "$PYTHON" "$SOURCE/tests/cli/same_datasets.py" "$name-gcc-1/run.h5" "$name-$other/run.h5"
    done
    n=$((n + 1))
done
((n >= 2)) || { echo "only $n experiments compared"; exit 1; }
