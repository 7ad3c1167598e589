# What is installed can be embedded.
set -euo pipefail
[[ $SANITIZE == 0 ]] || exit 77 # the embedding program would need the sanitizers too
exec "$SOURCE/tests/embed/check" "$BUILD"
