# The same with a shared liblsnn.
set -euo pipefail
[[ $REAL == float ]] || exit 77 # once is enough
{
    cmake -S "$SOURCE" -B build -G Ninja -DCMAKE_C_COMPILER="$CC" -DBUILD_SHARED_LIBS=ON -DLSNN_TESTS=OFF &&
        cmake --build build -j 1
} >log 2>&1 || { cat log; exit 1; }
exec "$SOURCE/tests/embed/check" "$PWD/build"
