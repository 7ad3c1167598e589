# A shared liblsnn exports its interface and nothing else, and can be embedded too.
set -euo pipefail
[[ $REAL == float ]] || exit 77 # once is enough
{
    cmake -S "$SOURCE" -B build -G Ninja -DCMAKE_C_COMPILER="$CC" -DBUILD_SHARED_LIBS=ON -DLSNN_TESTS=OFF &&
        cmake --build build -j 1
} >log 2>&1 || { cat log; exit 1; }

exported=$(nm --dynamic --defined-only build/liblsnn.so | awk '{print $3}')
if grep -v '^lsnn_' <<<"$exported"; then
    echo "liblsnn exports the symbols above"
    exit 1
fi
missing=$(comm -13 <(sort <<<"$exported") \
    <(grep -oh '^LSNN_API .*' "$SOURCE"/include/lsnn.h | grep -o 'lsnn_[a-z_]*(' | tr -d '(' | sort -u))
[[ -z $missing ]] || { echo "liblsnn does not export:" "$missing"; exit 1; }

exec "$SOURCE/tests/embed/check" "$PWD/build"
