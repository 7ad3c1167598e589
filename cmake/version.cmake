# version.c: what `lsnn --version` and the result files say about the binary. The commit is looked up at each build.
string(TOUPPER "${CMAKE_BUILD_TYPE}" build_type)
get_target_property(flags lsnn_flags INTERFACE_COMPILE_OPTIONS)
list(FILTER flags EXCLUDE REGEX "^(-W|\\$)")
list(JOIN flags " " flags)
string(STRIP "${CMAKE_C_FLAGS} ${CMAKE_C_FLAGS_${build_type}} ${flags}" flags)

set(LSNN_VERSION_SOURCE ${PROJECT_BINARY_DIR}/version.c)
add_custom_target(lsnn_version
    COMMAND ${CMAKE_COMMAND} -D SOURCE=${PROJECT_SOURCE_DIR} -D OUT=${LSNN_VERSION_SOURCE}
            -D NUMBER=${PROJECT_VERSION} -D COMPILER=${CMAKE_C_COMPILER_ID}\ ${CMAKE_C_COMPILER_VERSION}
            -D FLAGS=${flags} -D BUILD_TYPE=${CMAKE_BUILD_TYPE} -P ${PROJECT_SOURCE_DIR}/cmake/write_version.cmake
    BYPRODUCTS ${LSNN_VERSION_SOURCE}
    COMMENT "Looking up the commit"
    VERBATIM)
set_source_files_properties(${LSNN_VERSION_SOURCE} PROPERTIES INCLUDE_DIRECTORIES ${PROJECT_SOURCE_DIR}/sim/base)
