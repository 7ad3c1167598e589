# What the experiments promise in expected.csv: of the short lines the first seed, with EXPECTED_SEEDS=all of all lines every seed.
# Lines whose data has not been fetched are left out.
set -euo pipefail
checked=0
judge='
import json, sys
path, metric, bound, value, what = sys.argv[1:]
summary = json.load(open(path))
got = summary[metric]
print(what, metric, got, bound, value, "iterations", summary["iterations"], "seconds", summary["seconds"])
sys.exit(not (got < float(value) if bound == "below" else got > float(value)))
'
for table in "$SOURCE"/experiments/*/expected.csv; do
    folder=$(dirname "$table")
    while IFS=, read -r length config setting seeds metric bound value; do
        [[ $length != length ]] || continue
        if grep -q 'directory: data' "$folder/$config" && [[ ! -d $folder/data ]]; then continue; fi
        [[ ${EXPECTED_SEEDS-} == all || $length == short ]] || continue
        last=${seeds##*..}
        [[ ${EXPECTED_SEEDS-} == all ]] || last=${seeds%%..*}
        for ((seed = ${seeds%%..*}; seed <= last; seed++)); do
            # shellcheck disable=SC2086 # settings are words
            "$LSNN" run "$folder/$config" seed=$seed $setting -o "$TMPDIR/run$checked" -q --json >"$TMPDIR/summary"
            "$PYTHON" -c "$judge" "$TMPDIR/summary" "$metric" "$bound" "$value" "$(basename "$folder")/$config $setting seed=$seed"
            checked=$((checked + 1))
        done
    done <"$table"
done
[[ $checked -gt 0 ]]
