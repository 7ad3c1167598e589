# What the experiments promise in expected.csv: of the short lines the first seed, with EXPECTED_SEEDS=all of all lines every seed.
# Lines whose data has not been fetched are left out; lines of the same config, setting and seed are about the same run.
set -euo pipefail
checked=0
judge='
import json, sys
path, metric, bound, value, what = sys.argv[1:]
summary = got = json.load(open(path))
for key in metric.split("."):
    got = got[key]
print(what, metric, got, bound, value, *(f"{key} {summary[key]}" for key in ("iterations", "seconds") if key in summary))
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
            run="$TMPDIR/$(cksum <<<"$folder/$config $setting $seed" | tr ' ' -)"
            # shellcheck disable=SC2086 # settings are words
            [[ -d $run ]] || "$LSNN" run "$folder/$config" seed=$seed $setting -o "$run" -q --json >"$run.json"
            found=$run.json
            if [[ $metric == baseline.* ]]; then
                found=$run.baseline.json
                "$LSNN" baseline "$run" --json >"$found"
            fi
            "$PYTHON" -c "$judge" "$found" "${metric#baseline.}" "$bound" "$value" "$(basename "$folder")/$config $setting seed=$seed"
            checked=$((checked + 1))
        done
    done <"$table"
done
[[ $checked -gt 0 ]]
