# How every source is compiled. Results have to be the same bits for every compiler and processor: so no contraction of
# a*b+c, never -ffast-math, and no -march (functions that profit have clones for newer processors).
add_library(lsnn_flags INTERFACE)
target_compile_options(lsnn_flags INTERFACE
    -ffp-contract=off
    -fno-math-errno -fno-trapping-math # let loops with sqrt and comparisons vectorise; they change no result
    -Wall -Wextra -Wshadow -Wstrict-prototypes
    $<$<C_COMPILER_ID:Clang>:-Wno-pass-failed> # an instrumented loop may well not be vectorised
    $<$<BOOL:${LSNN_WERROR}>:-Werror>)
target_compile_definitions(lsnn_flags INTERFACE _GNU_SOURCE $<$<BOOL:${LSNN_DOUBLE}>:LSNN_DOUBLE>)
target_link_libraries(lsnn_flags INTERFACE OpenMP::OpenMP_C m)

if(LSNN_SANITIZE OR LSNN_FUZZ)
    set(sanitizers -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
    if(LSNN_FUZZ)
        if(NOT CMAKE_C_COMPILER_ID MATCHES Clang)
            message(FATAL_ERROR "LSNN_FUZZ needs clang (-DCMAKE_C_COMPILER=clang), not ${CMAKE_C_COMPILER_ID}")
        endif()
        list(APPEND sanitizers -fsanitize=fuzzer-no-link)
    endif()
    target_compile_options(lsnn_flags INTERFACE ${sanitizers})
    target_compile_definitions(lsnn_flags INTERFACE LSNN_SANITIZED)
    target_link_options(lsnn_flags INTERFACE ${sanitizers})
endif()

# Resolvers run before the sanitizers are set up; and clang before 18 gives a static clone a global resolver and a global
# clone no symbol of its plain name, so that the program does not link.
if(LSNN_SANITIZE OR LSNN_FUZZ OR CMAKE_C_COMPILER_ID MATCHES Clang)
    target_compile_definitions(lsnn_flags INTERFACE LSNN_NO_CLONES)
endif()

find_program(CCACHE_PROGRAM ccache)
mark_as_advanced(CCACHE_PROGRAM)
if(CCACHE_PROGRAM AND NOT CMAKE_C_COMPILER_LAUNCHER)
    set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()
