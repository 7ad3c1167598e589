# A file's symbols start with its name, a plug-in shows nothing but itself.
set -euo pipefail
[[ $SANITIZE == 0 ]] || exit 77 # the sanitizers add symbols of their own

wrong=0
n=0
while read -r object symbol; do
    name=${object##*/}
    name=${name%.c.o}
    symbol=${symbol%%.*} # clones for a processor have its name behind a dot
    n=$((n + 1))
    case $object in
    */sim/app/*) allowed="^(lsnn_|${name}_|${name%%_*}_|verb_${name}\$|verb_resume\$|main\$)" ;;
    */sim/*) allowed="^(lsnn_|${name}_|${name}\$|${name%%_*}_)" ;;
    */registry.c.o | */version.c.o | */report_page.c.o) allowed="^${name}_" ;;
    *) allowed="^lsnn_" ;;
    esac
    if [[ ! $symbol =~ $allowed ]]; then
        echo "$object defines $symbol: it should be static, or start with ${name}_ or lsnn_"
        wrong=1
    fi
done < <(find "$BUILD"/CMakeFiles/lsnn_*.dir -name '*.c.o' -exec nm -A --defined-only --extern-only {} + |
    sed -E 's/^([^:]+):[0-9a-f]* +[A-Za-z] +/\1 /')
((n > 100)) || { echo "only $n symbols found: this test looks in the wrong place"; exit 1; }

exit $wrong
