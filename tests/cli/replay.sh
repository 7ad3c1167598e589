# A case is replayed and h5diff finds its result equal; wrong requests get a sentence and their exit code.
set -euo pipefail
# h5diff's bound is absolute: single precision is measured against the largest element in tests/test_replay.c
[[ $REAL == double ]] && delta=1e-11 || delta=1e-4
cases=$SOURCE/tests/data/reference

for name in case1_mse_b1_d1_noref case5_scaled_hetero_sparse_ce_reg_b4_ref2; do
    for rule in eprop eprop_random bptt bptt_noreset; do
        "$LSNN" replay "$cases/$name.h5" --rule $rule -o out.h5 -q
        h5diff "$cases/$name.h5" out.h5 /expect/z
        [[ $REAL == double ]] || continue
        h5diff --delta=$delta "$cases/$name.h5" out.h5 /expect
        h5diff --delta=$delta "$cases/$name.h5" out.h5 "/grad/$rule"
    done
done
"$LSNN" replay "$cases/nest_regression_small.h5" --rule eprop_random -o out.h5 | grep -q '^  iteration 5: loss '
h5diff --delta=$delta "$cases/nest_regression_small.h5" out.h5 /expect/W_rec

failures=0
# fails CODE MESSAGE ARGUMENT...
fails() {
    local code=$1 message=$2 status=0
    shift 2
    "$LSNN" replay "$@" >stdout 2>stderr || status=$?
    if [[ $status -ne $code || $(<stderr) != "$message" || -s stdout ]]; then
        printf 'replay %s\n  exit code %s, expected %s\n  said:     %s\n  expected: %s\n' "$*" $status $code "$(<stderr)" "$message"
        failures=$((failures + 1))
    fi
}
cp "$cases/case1_mse_b1_d1_noref.h5" case.h5
fails 2 "lsnn: --rule bp: replay knows the rules eprop, eprop_random, bptt, bptt_noreset" case.h5 --rule bp -o new.h5
fails 2 "lsnn: replay needs --rule RULE, one of eprop, eprop_random, bptt, bptt_noreset" case.h5 -o new.h5
fails 2 "lsnn: replay needs -o OUT.h5, the file to write" case.h5 --rule eprop
fails 2 "lsnn: replay takes one case file, like case1.h5" --rule eprop -o new.h5

# damage NAME PYTHON: a copy of the case, changed
damage() {
    cp case.h5 "$1.h5"
    "$PYTHON" -c "import h5py, numpy; f = h5py.File('$1.h5', 'r+'); $2"
}
damage spikes "f['in/x'][0, 3, 1] = 0.5"
fails 3 "lsnn: spikes.h5: /in/x holds 0.5 (element 10); expected whole numbers from 0 to 1" spikes.h5 --rule eprop -o new.h5
damage weight "f['in/W_rec'][2, 0] = numpy.nan"
fails 3 "lsnn: weight.h5: /in/W_rec holds nan (element 18); expected numbers from -1e+30 to 1e+30" weight.h5 --rule eprop -o new.h5
damage delay "f['in/d_rec'][0, 1] = 0"
fails 3 "lsnn: delay.h5: /in/d_rec holds 0 (element 1); expected whole numbers from 1 to 4095" delay.h5 --rule eprop -o new.h5
damage sizes "f.attrs['n_rec'] = 8"
fails 3 "lsnn: sizes.h5: n_rec is 8, but n_lif + n_alif is 5 + 4" sizes.h5 --rule eprop -o new.h5
damage alpha "f.attrs['alpha'] = 0.9"
fails 3 "lsnn: alpha.h5: attribute 'alpha' is 0.9; exp(-dt/tau_m) is 0.951229424501" alpha.h5 --rule eprop -o new.h5
damage scale "f.attrs['s_o'] = 0.5"
fails 3 "lsnn: scale.h5: attribute 's_o' is 0.5; expected 1 or 1 - kappa = 0.0487705754993" scale.h5 --rule eprop -o new.h5
damage variant "f.attrs['variant'] = 'lsnn2019'"
fails 3 "lsnn: variant.h5: attribute 'variant' is 'lsnn2019'; expected one of eprop2020, lsnn2018paper, lsnn2018code" \
    variant.h5 --rule eprop -o new.h5
damage shape "del f['in/w_t']; f['in/w_t'] = numpy.ones(49)"
fails 3 "lsnn: shape.h5: /in/w_t has shape 49; expected 50" shape.h5 --rule eprop -o new.h5
damage format "del f.attrs['format']"
fails 3 "lsnn: format.h5: not an oracle case: the root has no attribute 'format'" format.h5 --rule eprop -o new.h5
damage large "f.attrs['T'] = 9999999"
fails 3 "lsnn: large.h5: the case is too large: at most 67108864 values of a variable are replayed" large.h5 --rule eprop -o new.h5
[[ ! -e new.h5 ]] || { echo "a failed replay left its output"; failures=$((failures + 1)); }
exit $((failures > 0))
