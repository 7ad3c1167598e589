# A model that is one file in a folder of the user's is listed, runs and learns, without an edit elsewhere.
set -euo pipefail
[[ $REAL == float ]] || exit 77 # once is enough
mkdir plugins
sed 's/cuba_lif/own_lif/g' "$SOURCE/models/cuba_lif.c" >plugins/own_lif.c
{
    cmake -S "$SOURCE" -B build -G Ninja -DCMAKE_C_COMPILER="$CC" -DLSNN_TESTS=OFF \
        -DLSNN_PLUGINS="$PWD/plugins" && cmake --build build -j 1 --target lsnn
} >log 2>&1 || { cat log; exit 1; }

if "$LSNN" describe own_lif >/dev/null 2>&1; then
    echo "the build without the plug-in knows own_lif too"
    exit 1
fi
build/lsnn describe own_lif | grep -q tau_syn || { echo "describe does not show the model's fields"; exit 1; }

build/lsnn run "$SOURCE/tests/plugin/run.yaml" -q -o out >/dev/null
# The mean loss of the last ten iterations, from the column of that name, against that of the first ten.
awk -F, 'NR == 1 { for (c = 1; c <= NF; c++) if ($c ~ /loss$/ && !column) column = c; if (!column) exit 1; next }
         $column != "" { loss[++n] = $column }
         END { for (i = 1; i <= 10; i++) { first += loss[i]; last += loss[n - 10 + i] }
               if (n < 20 || !(last < first / 2)) { print "loss from", first / 10, "to", last / 10; exit 1 } }' out/metrics.csv
